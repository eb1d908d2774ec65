package dev.transload.mq.inmemory;

import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.BrokerKind;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.RunMqTck;
import dev.transload.mq.tck.TckBroker;
import java.util.Optional;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit in real time, on one broker for all cases. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.inmemory.InMemoryTckTest$RealTimeProvider")
class InMemoryTckTest {

    public static final class RealTimeProvider implements MqTckProvider {

        private final InMemoryBroker broker =
                InMemoryBroker.builder().realTime().build();

        @Override
        public String name() {
            return "inmemory";
        }

        @Override
        public BrokerKind kind() {
            return BrokerKind.IN_PROCESS;
        }

        @Override
        public TckBroker broker() {
            return TckBroker.at(broker.uri());
        }

        @Override
        public Optional<BrokerControl> control() {
            InMemoryBroker own = InMemoryBroker.builder().realTime().build();
            return Optional.of(new InMemoryControl(own, new TckBroker() {
                @Override
                public String uri() {
                    return own.uri();
                }

                @Override
                public void close() {
                    own.close();
                }
            }));
        }

        @Override
        public void stop() {
            broker.close();
        }
    }
}
