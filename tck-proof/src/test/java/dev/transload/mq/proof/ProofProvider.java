package dev.transload.mq.proof;

import dev.transload.mq.inmemory.InMemoryBroker;
import dev.transload.mq.tck.BrokerKind;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;
import dev.transload.mq.tck.TckTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Gives each case an in-memory broker of its own, behind the mutant that is being looked at. */
public final class ProofProvider implements MqTckProvider {

    static final String NAME = "mutant";

    /** Shorter than a case waits, so that one whose handler blocks can look again. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private static volatile Mutant current = Mutants.HEALTHY;

    private static volatile boolean inRealTime;

    private final Mutant mutant = current;
    private final boolean realTime = inRealTime;

    /** Says which mutant the next run of the kit meets, and whether its clock goes by itself. */
    static void show(Mutant next, boolean realTime) {
        current = next;
        inRealTime = realTime;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public BrokerKind kind() {
        return BrokerKind.IN_PROCESS;
    }

    @Override
    public TckBroker broker() {
        InMemoryBroker.Builder builder = InMemoryBroker.builder().profile(mutant.profile());
        InMemoryBroker broker = realTime
                ? builder.realTime().build()
                : builder.patience(PATIENCE).build();
        String uri = mutant.layer() == Mutant.Layer.TRANSPORT
                ? MutantTransportProvider.uri(mutant, broker.uri())
                : broker.uri();
        return new TckBroker() {
            @Override
            public String uri() {
                return uri;
            }

            @Override
            public Optional<TckTime> time() {
                return realTime ? Optional.empty() : Optional.of(new Moved(broker));
            }

            @Override
            public void close() {
                broker.close();
            }
        };
    }

    private record Moved(InMemoryBroker broker) implements TckTime {
        @Override
        public void advance(Duration by) {
            broker.advance(by);
        }

        @Override
        public Clock clock() {
            return broker.clock();
        }
    }
}
