package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.spi.Place.Role;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.util.JedisClusterCRC16;

class RedisKeysTest {

    @ParameterizedTest
    @ValueSource(strings = {"email-queue", "orders--billing", "{tenant}:jobs", "{x", "\u00fc"})
    void allKeysOfAPlaceAreInOneSlot(String stream) {
        int slot = JedisClusterCRC16.getSlot(Bytes.of(stream));
        assertThat(RedisKeys.lanes(stream, 3))
                .allSatisfy(key -> assertThat(JedisClusterCRC16.getSlot(key)).isEqualTo(slot));
        assertThat(JedisClusterCRC16.getSlot(RedisKeys.shape(stream))).isEqualTo(slot);
        assertThat(JedisClusterCRC16.getSlot(RedisKeys.later(stream))).isEqualTo(slot);
        assertThat(JedisClusterCRC16.getSlot(RedisKeys.due(stream))).isEqualTo(slot);
        assertThat(JedisClusterCRC16.getSlot(RedisKeys.owners(stream))).isEqualTo(slot);
    }

    @Test
    void theFirstLaneHasThePlacesOwnName() {
        assertThat(Bytes.text(RedisKeys.lane("orders", 0))).isEqualTo("orders");
        assertThat(Bytes.text(RedisKeys.lane("orders", 2))).isEqualTo("{orders}:2");
    }

    @Test
    void aKeyHasOneLaneAndKeysAreSpread() {
        Set<Integer> lanes = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            int lane = RedisKeys.lane("key-" + i, 8, Role.QUEUE);
            assertThat(RedisKeys.lane("key-" + i, 8, Role.QUEUE)).isEqualTo(lane);
            lanes.add(lane);
        }
        assertThat(lanes).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(RedisKeys.lane("any", 1, Role.QUEUE)).isZero();
    }
}
