package dev.transload.mq.proof;

import dev.transload.mq.inmemory.InMemoryBroker;
import dev.transload.mq.tck.BrokerControl;
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

    private static volatile Stage currentStage = Stage.VIRTUAL;

    private final Mutant mutant = current;
    private final Stage stage = currentStage;

    /** Says which mutant the next run of the kit meets, and in what surroundings. */
    static void show(Mutant next, Stage stage) {
        current = next;
        currentStage = stage;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public BrokerKind kind() {
        return stage.wired() ? BrokerKind.REAL : BrokerKind.IN_PROCESS;
    }

    @Override
    public TckBroker broker() {
        InMemoryBroker broker = open();
        return seen(broker, broken(broker.uri()));
    }

    @Override
    public Optional<BrokerControl> control() {
        InMemoryBroker broker = open();
        Wire wire = stage.wired() ? Wire.to(broker) : null;
        String uri = wire == null ? broker.uri() : wire.uri();
        return Optional.of(new ProofControl(broker, seen(broker, broken(uri)), uri, wire));
    }

    private InMemoryBroker open() {
        InMemoryBroker.Builder builder = InMemoryBroker.builder().profile(mutant.profile());
        return stage.realTime()
                ? builder.realTime().build()
                : builder.patience(PATIENCE).build();
    }

    private String broken(String uri) {
        return mutant.layer() == Mutant.Layer.TRANSPORT ? MutantTransportProvider.uri(mutant, uri) : uri;
    }

    private TckBroker seen(InMemoryBroker broker, String uri) {
        return new TckBroker() {
            @Override
            public String uri() {
                return uri;
            }

            @Override
            public Optional<TckTime> time() {
                return stage.realTime() ? Optional.empty() : Optional.of(new Moved(broker));
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
