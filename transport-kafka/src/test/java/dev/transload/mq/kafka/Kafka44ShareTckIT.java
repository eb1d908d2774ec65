package dev.transload.mq.kafka;

import dev.transload.mq.fixtures.KafkaVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on Kafka 4.4 with share groups, without load and faults, see ADR 0017. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.kafka.Kafka44ShareTckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0")
class Kafka44ShareTckIT {

    public static final class Provider extends KafkaTckProvider {
        public Provider() {
            super(KafkaVersion.V4_4, "-share", "?queues=share");
        }
    }
}
