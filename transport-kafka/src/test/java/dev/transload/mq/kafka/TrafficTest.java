package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrafficTest {

    private final Traffic traffic = new Traffic("jobs");

    private List<Integer> turns(int messages) {
        return Stream.generate(() -> traffic.turn(4)).limit(messages).toList();
    }

    @Test
    void fewMessagesGoToAllPartitions() {
        assertThat(turns(4)).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void whileManyAreOnTheWayEachPartitionGetsSomeInARow() {
        traffic.onTheWay.set(1_000);

        List<Integer> turns = turns(512);

        long changes = Stream.iterate(1, i -> i + 1)
                .limit(511)
                .filter(i -> !turns.get(i).equals(turns.get(i - 1)))
                .count();
        assertThat(changes).isBetween(7L, 9L);
        assertThat(turns).contains(0, 1, 2, 3);
    }

    @Test
    void theOnlyPartitionIsLeftToTheClient() {
        assertThat(traffic.turn(1)).isNull();
    }

    @Test
    void itIsStuckWhenNothingComesBackBetweenTwoLooks() {
        traffic.onTheWay.set(3);
        assertThat(traffic.looksStuck()).as("it may have been sent just now").isFalse();
        assertThat(traffic.looksStuck()).isTrue();

        traffic.progressed();
        assertThat(traffic.looksStuck()).isFalse();
        assertThat(traffic.looksStuck()).isTrue();
    }

    @Test
    void itIsNotStuckWhenNothingWasOnItsWayBefore() {
        assertThat(traffic.looksStuck()).isFalse();
        traffic.waiting.set(1);

        assertThat(traffic.looksStuck()).isFalse();
        assertThat(traffic.looksStuck()).isTrue();
        traffic.waiting.set(0);
        assertThat(traffic.looksStuck()).isFalse();
    }
}
