package dev.transload.mq.kafka;

import dev.transload.mq.fixtures.KafkaVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on Kafka 4.4 with share groups. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.kafka.Kafka44ShareTckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
class Kafka44ShareTckIT {

    public static final class Provider extends KafkaTckProvider {
        public Provider() {
            super(KafkaVersion.V4_4, "-share", "?queues=share");
        }
    }
}
