package dev.transload.mq.sqs;

import dev.transload.mq.fixtures.SqsVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on ElasticMQ, which has no SNS: topics are refused there. Not a part of the build yet: not all cases hold. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.sqs.ElasticMqTck$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1")
class ElasticMqTck {

    public static final class Provider extends SqsTckProvider {
        public Provider() {
            super(SqsVersion.ELASTICMQ);
        }
    }
}
