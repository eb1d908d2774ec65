package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerInfoTest {

    private static final Map<String, String> REDIS = Map.of("redis_version", "8.0.6");
    private static final Map<String, String> APPENDS = Map.of("aof_enabled", "1");
    private static final Map<String, String> ALONE = Map.of("connected_slaves", "0");

    private static final Confirmation NOTHING = new Confirmation(0, false, 1_000);

    @Test
    void whatASendWaitsForIsNamedFirstAndNotWarnedOf() {
        ServerInfo info = ServerInfo.of(
                REDIS, APPENDS, Map.of("connected_slaves", "2"), new Confirmation(1, true, 50), "everysec", "", "");
        assertThat(info.durability()).startsWith("on the server's disk and that of 1 replica, which a send waits for");
        assertThat(info.warnings()).isEmpty();
    }

    @Test
    void valkeyGoesByItsOwnVersionAndNotByTheOneItPretendsToHave() {
        Map<String, String> valkey =
                Map.of("redis_version", "7.2.4", "server_name", "valkey", "valkey_version", "9.1.2");
        assertThat(ServerInfo.of(valkey, APPENDS, ALONE, NOTHING, "always", "", "noeviction"))
                .hasToString("Valkey 9.1.2");
        assertThat(ServerInfo.of(REDIS, APPENDS, ALONE, NOTHING, "always", "", "noeviction"))
                .hasToString("Redis 8.0.6");
    }

    @Test
    void aServerThatWritesEverythingToDiskAtOnceIsWarnedOfNothing() {
        ServerInfo info = ServerInfo.of(REDIS, APPENDS, ALONE, NOTHING, "always", "", "noeviction");
        assertThat(info.durability()).contains("disk").contains("always").contains("no replica");
        assertThat(info.warnings()).isEmpty();
    }

    @Test
    void aClusterIsWhatItsPrimariesAre() {
        Map<String, String> one = Map.of("connected_slaves", "1");
        ServerInfo cluster = ServerInfo.ofCluster(List.of(
                ServerInfo.of(REDIS, APPENDS, one, NOTHING, "always", "", "noeviction"),
                ServerInfo.of(REDIS, APPENDS, one, NOTHING, "always", "", "noeviction"),
                ServerInfo.of(REDIS, APPENDS, ALONE, NOTHING, "everysec", "", "noeviction")));
        assertThat(cluster).hasToString("Redis Cluster 8.0.6");
        assertThat(cluster.durability())
                .contains("appendfsync always")
                .contains(" or ")
                .contains("appendfsync everysec")
                .endsWith("a destination is on one of 3 primaries");
        assertThat(cluster.warnings())
                .hasSize(3)
                .anyMatch(w -> w.contains("failover"))
                .anyMatch(w -> w.contains("everysec"))
                .anyMatch(w -> w.contains("no replica"));
    }

    @Test
    void whatIsWeakIsSaidAloud() {
        assertThat(ServerInfo.of(REDIS, APPENDS, ALONE, NOTHING, "everysec", "", "noeviction")
                        .warnings())
                .singleElement()
                .asString()
                .contains("everysec");
        ServerInfo memory =
                ServerInfo.of(REDIS, Map.of(), Map.of("connected_slaves", "2"), NOTHING, "", "3600 1", "allkeys-lru");
        assertThat(memory.durability()).contains("memory").contains("2 replicas");
        assertThat(memory.warnings()).hasSize(3).anyMatch(w -> w.contains("allkeys-lru"));
    }
}
