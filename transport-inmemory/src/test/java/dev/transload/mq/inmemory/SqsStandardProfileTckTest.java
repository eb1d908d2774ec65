package dev.transload.mq.inmemory;

import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit in virtual time, with the limits of SQS standard queues. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.inmemory.SqsStandardProfileTckTest$Provider")
class SqsStandardProfileTckTest {

    public static final class Provider extends VirtualTimeProvider {
        public Provider() {
            super("inmemory-as-sqs-standard", Profile.SQS_STANDARD);
        }
    }
}
