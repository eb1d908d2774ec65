package dev.transload.mq.redis;

import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on Redis 8. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.redis.Redis8TckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
class Redis8TckIT {

    public static final class Provider extends RedisTckProvider {
        public Provider() {
            super(RedisVersion.V8);
        }
    }
}
