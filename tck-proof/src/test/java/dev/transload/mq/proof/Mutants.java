package dev.transload.mq.proof;

import dev.transload.mq.client.AttemptMutants;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All mutants. */
final class Mutants {

    /** Breaks nothing, but stands between engine and broker as the broken ones do. */
    static final Mutant HEALTHY = Mutant.transport("healthy", "nothing is wrong", Mutant.Truthful::new);

    private static final Map<String, Mutant> ALL = all();

    private Mutants() {}

    static List<Mutant> list() {
        return List.copyOf(ALL.values());
    }

    static Mutant get(String id) {
        Mutant mutant = id.equals(HEALTHY.id()) ? HEALTHY : ALL.get(id);
        if (mutant == null) {
            throw new IllegalArgumentException("there is no mutant " + id);
        }
        return mutant;
    }

    private static Map<String, Mutant> all() {
        List<Mutant> every = new ArrayList<>();
        every.addAll(EnvelopeMutants.all());
        every.addAll(SendMutants.all());
        every.addAll(SettleMutants.all());
        every.addAll(PlaceMutants.all());
        every.addAll(dev.transload.mq.inmemory.BrokerMutants.all());
        every.addAll(AttemptMutants.all());
        every.addAll(dev.transload.mq.client.DeadLetterMutants.all());
        every.addAll(dev.transload.mq.client.FlowMutants.all());
        every.addAll(dev.transload.mq.client.RequestMutants.all());
        every.addAll(dev.transload.mq.client.SendingMutants.all());
        Map<String, Mutant> byId = new LinkedHashMap<>();
        for (Mutant mutant : every) {
            if (byId.putIfAbsent(mutant.id(), mutant) != null) {
                throw new IllegalStateException("two mutants are called " + mutant.id());
            }
        }
        return byId;
    }
}
