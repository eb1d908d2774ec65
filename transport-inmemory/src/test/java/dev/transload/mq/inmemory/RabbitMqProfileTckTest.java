package dev.transload.mq.inmemory;

import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit in virtual time, with the limits of RabbitMQ. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.inmemory.RabbitMqProfileTckTest$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
class RabbitMqProfileTckTest {

    public static final class Provider extends VirtualTimeProvider {
        public Provider() {
            super("inmemory-as-rabbitmq", Profile.RABBITMQ);
        }
    }
}
