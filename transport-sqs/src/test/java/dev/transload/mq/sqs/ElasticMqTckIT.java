package dev.transload.mq.sqs;

import dev.transload.mq.fixtures.SqsVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on ElasticMQ, which has no SNS: topics are refused there. A second opinion. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.sqs.ElasticMqTckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
@ConfigurationParameter(key = "junit.jupiter.execution.parallel.config.fixed.parallelism", value = "3")
class ElasticMqTckIT {

    public static final class Provider extends SqsTckProvider {
        public Provider() {
            super(SqsVersion.ELASTICMQ);
        }
    }
}
