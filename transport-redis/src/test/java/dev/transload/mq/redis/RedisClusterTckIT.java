package dev.transload.mq.redis;

import dev.transload.mq.fixtures.RedisCluster;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.RunMqTck;
import dev.transload.mq.tck.TckBroker;
import org.junit.platform.suite.api.ConfigurationParameter;

/** The kit on a cluster of three primaries; cases with faults have one node, which a proxy stands before. */
@RunMqTck
@ConfigurationParameter(key = "mqtck.provider", value = "dev.transload.mq.redis.RedisClusterTckIT$Provider")
@ConfigurationParameter(key = "mqtck.tiers", value = "T0,T1,T2")
class RedisClusterTckIT {

    public static final class Provider extends RedisTckProvider {

        private final RedisCluster cluster = RedisCluster.start(RedisVersion.V8);

        public Provider() {
            super(RedisVersion.V8, SideDoors.ofCluster(RedisVersion.V8));
        }

        @Override
        public String name() {
            return super.name() + "-cluster";
        }

        @Override
        public String image() {
            return cluster.nodes().get(0).image();
        }

        @Override
        public TckBroker broker() {
            return TckBroker.at(cluster.uri() + "?" + OneNodeCluster.OPTION);
        }

        @Override
        RedisControl startControl(RedisVersion which) {
            return RedisControl.startCluster(which);
        }

        @Override
        public void stop() {
            super.stop();
            cluster.close();
        }
    }
}
