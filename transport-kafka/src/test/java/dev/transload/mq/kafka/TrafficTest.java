package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TrafficTest {

    private final Traffic traffic = new Traffic("jobs");

    private List<Integer> turns(int messages) {
        return Stream.generate(() -> traffic.takes(4)).limit(messages).toList();
    }

    private void take(int messages) {
        for (int i = 0; i < messages; i++) {
            traffic.takes(4);
        }
    }

    @Test
    void fewMessagesGoToAllPartitions() {
        assertThat(turns(4)).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void whileManyAreOnTheWayEachPartitionGetsSomeInARow() {
        take(1_000);

        List<Integer> turns = turns(512);

        long changes = Stream.iterate(1, i -> i + 1)
                .limit(511)
                .filter(i -> !turns.get(i).equals(turns.get(i - 1)))
                .count();
        assertThat(changes).isBetween(7L, 9L);
        assertThat(turns).contains(0, 1, 2, 3);
    }

    @Test
    void onceTheyHaveComeBackTheNextGoToAllPartitionsAgain() {
        take(1_000);
        for (int i = 0; i < 990; i++) {
            traffic.returns();
        }

        assertThat(turns(4)).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void whatWasNotTakenIsNotOnTheWay() {
        take(1_000);
        for (int i = 0; i < 990; i++) {
            traffic.refuses();
        }

        assertThat(turns(4)).containsExactlyInAnyOrder(0, 1, 2, 3);
    }

    @Test
    void theOnlyPartitionIsLeftToTheClient() {
        assertThat(traffic.takes(1)).isNull();
    }

    @Test
    void whatIsOnItsWayToTheOnlyPartitionCountsOnceThereAreMore() {
        for (int i = 0; i < 1_000; i++) {
            traffic.takes(1);
        }

        assertThat(turns(8).stream().distinct()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void itIsStuckWhenNothingComesBackBetweenTwoLooks() {
        assertThat(traffic.looksStuck(true))
                .as("it may have been sent just now")
                .isFalse();
        assertThat(traffic.looksStuck(true)).isTrue();

        traffic.returns();
        assertThat(traffic.looksStuck(true)).isFalse();
        assertThat(traffic.looksStuck(true)).isTrue();
    }

    @Test
    void itIsNotStuckWhenNothingWasOnItsWayBefore() {
        assertThat(traffic.looksStuck(false)).isFalse();
        traffic.waiting.set(1);

        assertThat(traffic.looksStuck(false)).isFalse();
        assertThat(traffic.looksStuck(false)).isTrue();
        traffic.waiting.set(0);
        assertThat(traffic.looksStuck(false)).isFalse();
    }
}
