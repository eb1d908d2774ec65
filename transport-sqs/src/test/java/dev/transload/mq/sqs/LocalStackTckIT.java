package dev.transload.mq.sqs;

import dev.transload.mq.fixtures.SqsVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/**
 * The kit on LocalStack, with SNS for topics: the quick cases, and those with faults. LocalStack does one thing at a time, so
 * with more cases at once each of them only waits longer; for the same reason load (T1) is left to whoever has the time.
 */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.sqs.LocalStackTckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T2")
@ConfigurationParameter(key = "junit.jupiter.execution.parallel.config.fixed.parallelism", value = "3")
class LocalStackTckIT {

    public static final class Provider extends SqsTckProvider {
        public Provider() {
            super(SqsVersion.LOCALSTACK);
        }
    }
}
