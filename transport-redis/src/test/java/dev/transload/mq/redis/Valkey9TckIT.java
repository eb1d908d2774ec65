package dev.transload.mq.redis;

import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.RunMqTck;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on Valkey 9. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.redis.Valkey9TckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
class Valkey9TckIT {

    public static final class Provider extends RedisTckProvider {
        public Provider() {
            super(RedisVersion.VALKEY_9);
        }
    }
}
