package dev.transload.mq.inmemory;

import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit in virtual time, with the limits of SQS FIFO queues. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.inmemory.SqsFifoProfileTckTest$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
class SqsFifoProfileTckTest {

    public static final class Provider extends VirtualTimeProvider {
        public Provider() {
            super("inmemory-as-sqs-fifo", Profile.SQS_FIFO);
        }
    }
}
