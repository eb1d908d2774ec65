package dev.transload.mq.inmemory;

import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit in virtual time, with the limits of Redis. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.inmemory.RedisProfileTckTest$Provider")
class RedisProfileTckTest {

    public static final class Provider extends VirtualTimeProvider {
        public Provider() {
            super("inmemory-as-redis", Profile.REDIS);
        }
    }
}
