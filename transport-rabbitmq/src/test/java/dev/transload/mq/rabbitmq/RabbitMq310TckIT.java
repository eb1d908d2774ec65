package dev.transload.mq.rabbitmq;

import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on RabbitMQ 3.10. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.rabbitmq.RabbitMq310TckIT$Provider")
class RabbitMq310TckIT {

    public static final class Provider extends RabbitMqTckProvider {
        public Provider() {
            super(RabbitMqVersion.V3_10);
        }
    }
}
