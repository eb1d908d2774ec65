package dev.transload.mq.rabbitmq;

import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on RabbitMQ 4.3. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.rabbitmq.RabbitMq43TckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
class RabbitMq43TckIT {

    public static final class Provider extends RabbitMqTckProvider {
        public Provider() {
            super(RabbitMqVersion.V4_3);
        }
    }
}
