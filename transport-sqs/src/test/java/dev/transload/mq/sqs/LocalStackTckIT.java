package dev.transload.mq.sqs;

import dev.transload.mq.fixtures.SqsVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/**
 * The kit on LocalStack, with SNS for topics. LocalStack does one thing at a time, so with more cases at once each of them
 * only waits longer.
 */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.sqs.LocalStackTckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
@ConfigurationParameter(key = "junit.jupiter.execution.parallel.config.fixed.parallelism", value = "3")
class LocalStackTckIT {

    public static final class Provider extends SqsTckProvider {
        public Provider() {
            super(SqsVersion.LOCALSTACK);
        }
    }
}
