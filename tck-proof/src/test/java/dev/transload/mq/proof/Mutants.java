package dev.transload.mq.proof;

import dev.transload.mq.client.AttemptMutants;
import dev.transload.mq.spi.Incoming;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All mutants. */
final class Mutants {

    /** Breaks nothing, but stands between engine and broker as the broken ones do. */
    static final Mutant HEALTHY = Mutant.transport("healthy", "nothing is wrong", Mutant.Truthful::new);

    /** Breaks nothing either: its broker does not tell when it stored a message, which the SPI leaves to the transport. */
    static final Mutant TELLS_NO_TIME = Mutant.transport("tells-no-time", "nothing is wrong", () -> new Twist() {
        @Override
        long storedAt(Incoming real) {
            return -1;
        }
    });

    /** Breaks nothing, and remembers what was done. */
    static final Mutant WATCHED = Mutant.transport("watched", "nothing is wrong", Watched::new);

    private static final List<Mutant> RIGHT = List.of(HEALTHY, TELLS_NO_TIME, WATCHED);

    private static final Map<String, Mutant> ALL = all();

    private Mutants() {}

    static List<Mutant> list() {
        return List.copyOf(ALL.values());
    }

    static Mutant get(String id) {
        return Stream.concat(RIGHT.stream(), ALL.values().stream())
                .filter(mutant -> mutant.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no mutant " + id));
    }

    private static Map<String, Mutant> all() {
        List<Mutant> every = new ArrayList<>();
        every.addAll(EnvelopeMutants.all());
        every.addAll(SendMutants.all());
        every.addAll(DelayMutants.all());
        every.addAll(SettleMutants.all());
        every.addAll(PlaceMutants.all());
        every.addAll(DeclarationMutants.all());
        every.addAll(LoadMutants.all());
        every.addAll(dev.transload.mq.inmemory.BrokerMutants.all());
        every.addAll(AttemptMutants.all());
        every.addAll(dev.transload.mq.client.DeadLetterMutants.all());
        every.addAll(dev.transload.mq.client.FlowMutants.all());
        every.addAll(dev.transload.mq.client.RefusalMutants.all());
        every.addAll(dev.transload.mq.client.RequestMutants.all());
        every.addAll(dev.transload.mq.client.SendingMutants.all());
        every.addAll(dev.transload.mq.client.RoutingMutants.all());
        every.addAll(FaultMutants.all());
        every.addAll(dev.transload.mq.inmemory.BrokerFaultMutants.all());
        every.addAll(dev.transload.mq.client.EngineFaultMutants.all());
        Map<String, Mutant> byId = new LinkedHashMap<>();
        for (Mutant mutant : every) {
            if (byId.putIfAbsent(mutant.id(), mutant) != null) {
                throw new IllegalStateException("two mutants are called " + mutant.id());
            }
        }
        return byId;
    }
}
