package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
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

    @ParameterizedTest
    @ValueSource(strings = {"orders", "{tenant}:orders", "a{b", "orders.eu"})
    void onAClusterAGroupsOwnKeysAreInTheSlotOfItsTopic(String topic) {
        Place group = new Place(Role.GROUP, topic + "--billing", topic, "billing", Shape.PLAIN, false);
        String own = RedisKeys.clusterStream(group);
        assertThat(JedisClusterCRC16.getSlot(own)).isEqualTo(JedisClusterCRC16.getSlot(topic));
        assertThat(JedisClusterCRC16.getSlot(RedisKeys.due(own))).isEqualTo(JedisClusterCRC16.getSlot(topic));
        assertThat(own).endsWith("--billing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobs", "{tenant}:jobs"})
    void onAClusterLevelsOfPriorityAreInTheSlotOfTheirQueue(String queue) {
        for (int level = 0; level < 10; level++) {
            Place place = Place.of(Role.PRIORITY_LANE, queue + "--p" + level, Shape.PLAIN);
            String stream = RedisKeys.clusterStream(place);
            assertThat(JedisClusterCRC16.getSlot(stream)).isEqualTo(JedisClusterCRC16.getSlot(queue));
            assertThat(stream).endsWith("--p" + level);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a}b", "{}x", "}"})
    void onAClusterANameIsRefusedWhoseKeysWouldNotBeTogether(String name) {
        assertThatThrownBy(() -> RedisKeys.clusterStream(Place.of(Role.QUEUE, name, Shape.PLAIN)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
        assertThat(RedisKeys.clusterStream(Place.of(Role.REPLY, name, Shape.PLAIN)))
                .isEqualTo(name);
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
