package dev.transload.mq.redis;

import static org.awaitility.Awaitility.await;

import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;

/** Makes servers that are a cluster of one node, which has all slots: one that stands behind a proxy, for example. */
final class OneNodeCluster {

    /** What a URI needs. */
    static final String OPTION = "cluster=true";

    private OneNodeCluster() {}

    static RedisBroker.Builder builder(RedisVersion version) {
        return RedisBroker.builder(version).setting("cluster-enabled", "yes");
    }

    /** Gives a new node all slots, and has it tell clients where it is, after a restart too. */
    static void form(RedisBroker node, String host, int port, int tlsPort) {
        node.command("CONFIG", "SET", "cluster-announce-ip", host, "cluster-announce-port", String.valueOf(port));
        node.command("CONFIG", "SET", "cluster-announce-tls-port", String.valueOf(tlsPort));
        node.command("CONFIG", "REWRITE");
        node.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        await("the node serves its slots")
                .until(() -> node.command("CLUSTER", "INFO").contains("cluster_state:ok"));
    }
}
