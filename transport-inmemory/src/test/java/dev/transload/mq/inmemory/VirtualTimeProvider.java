package dev.transload.mq.inmemory;

import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.BrokerKind;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;
import dev.transload.mq.tck.TckTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** Gives each case of the kit a broker of its own whose time is virtual. */
abstract class VirtualTimeProvider implements MqTckProvider {

    /** Shorter than a case waits, so that one whose handler blocks can look again. */
    private static final Duration PATIENCE = Duration.ofMillis(100);

    private final String name;
    private final Profile profile;

    VirtualTimeProvider(String name, Profile profile) {
        this.name = name;
        this.profile = profile;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public BrokerKind kind() {
        return BrokerKind.IN_PROCESS;
    }

    @Override
    public TckBroker broker() {
        return new VirtualBroker(open());
    }

    @Override
    public Optional<BrokerControl> control() {
        InMemoryBroker broker = open();
        return Optional.of(new InMemoryControl(broker, new VirtualBroker(broker)));
    }

    private InMemoryBroker open() {
        return InMemoryBroker.builder().profile(profile).patience(PATIENCE).build();
    }

    private record VirtualBroker(InMemoryBroker broker) implements TckBroker, TckTime {

        @Override
        public String uri() {
            return broker.uri();
        }

        @Override
        public Optional<TckTime> time() {
            return Optional.of(this);
        }

        @Override
        public void advance(Duration by) {
            broker.advance(by);
        }

        @Override
        public Clock clock() {
            return broker.clock();
        }

        @Override
        public void close() {
            broker.close();
        }
    }
}
