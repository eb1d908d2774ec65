package dev.transload.mq.inmemory;

import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit in virtual time. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.inmemory.VirtualTimeTckTest$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
class VirtualTimeTckTest {

    public static final class Provider extends VirtualTimeProvider {
        public Provider() {
            super("inmemory-virtual", Profile.NONE);
        }
    }
}
