package dev.transload.mq.kafka;

import dev.transload.mq.fixtures.KafkaVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on Kafka 3.9. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.kafka.Kafka39TckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
class Kafka39TckIT {

    public static final class Provider extends KafkaTckProvider {
        public Provider() {
            super(KafkaVersion.V3_9);
        }
    }
}
