package dev.transload.mq.kafka;

import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on Kafka. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.kafka.KafkaTckProvider")
class KafkaTckIT {}
