package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.util.JedisClusterCRC16;

class SlotsTest {

    private static final HostAndPort ASKED = new HostAndPort("asked", 1);
    private static final byte[] KEY = Bytes.of("orders");
    private static final long SLOT = JedisClusterCRC16.getSlot(KEY);

    private static List<?> range(long first, long last, String host, long port) {
        byte[] id = Bytes.of("id");
        return List.of(
                first,
                last,
                List.of(Bytes.of(host), port, id, List.of()),
                List.of(Bytes.of("replica"), port, id, List.of()));
    }

    @Test
    void aKeyIsThePrimarysThatHasItsSlot() {
        Slots slots = Slots.of(List.of(range(0, SLOT - 1, "a", 1), range(SLOT, 16_383, "b", 2)), ASKED);

        assertThat(slots.owner(KEY)).isEqualTo(new HostAndPort("b", 2));
        assertThat(slots.owner(Bytes.of("{orders}--billing"))).isEqualTo(new HostAndPort("b", 2));
        assertThat(slots.primaries()).containsExactly(new HostAndPort("a", 1), new HostAndPort("b", 2));
        assertThat(slots.areComplete()).isTrue();
    }

    @Test
    void aSlotThatNobodyHasIsMissed() {
        Slots slots = Slots.of(List.of(range(0, SLOT - 1, "a", 1), range(SLOT + 1, 16_383, "b", 2)), ASKED);

        assertThat(slots.owner(KEY)).isNull();
        assertThat(slots.areComplete()).isFalse();
    }

    @Test
    void aNodeThatDoesNotKnowItsAddressIsTheOneThatWasAsked() {
        assertThat(Slots.of(List.of(range(0, 16_383, "", 7)), ASKED).primaries())
                .containsExactly(new HostAndPort("asked", 7));
        assertThat(Slots.of(List.of(range(0, 16_383, "?", 7)), ASKED).primaries())
                .containsExactly(new HostAndPort("asked", 7));
    }

    @Test
    void aSlotThatMovesLeavesTheOthersWhereTheyAre() {
        Slots slots = Slots.of(List.of(range(0, 16_383, "a", 1)), ASKED);

        Slots moved = slots.with((int) SLOT, new HostAndPort("b", 2));

        assertThat(moved.owner(KEY)).isEqualTo(new HostAndPort("b", 2));
        assertThat(moved.owner(Bytes.of("others"))).isEqualTo(new HostAndPort("a", 1));
        assertThat(slots.owner(KEY)).isEqualTo(new HostAndPort("a", 1));
    }
}
