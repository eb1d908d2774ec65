package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeliveryCountTest {

    @Test
    void aFirstDeliveryIsTheFirst() {
        assertThat(DeliveryCount.of(1, 0)).isEqualTo(new DeliveryCount(0, 0));
        assertThat(DeliveryCount.of(1, 0).deliveries()).isOne();
    }

    @Test
    void failuresAndStartsAreOneNumberAtTheServer() {
        DeliveryCount count = new DeliveryCount(3, 2);
        assertThat(count.pending()).isEqualTo(3_003);
        assertThat(DeliveryCount.of(count.pending(), 0)).isEqualTo(count);
        assertThat(count.deliveries()).isEqualTo(6);
    }

    @Test
    void whatWasWrittenWithTheEntryCountsUntilThePendingListSaysMore() {
        DeliveryCount count = new DeliveryCount(2, 1);
        assertThat(DeliveryCount.of(1, count.written())).isEqualTo(count);
        assertThat(DeliveryCount.of(count.failed(3).pending(), count.written())).isEqualTo(new DeliveryCount(3, 1));
    }

    @Test
    void aStartThatIsNotHeardOfAgainCountsAndStartsNeverBecomeFailures() {
        DeliveryCount count = DeliveryCount.of(1, 0);
        for (int i = 0; i < 2_000; i++) {
            count = count.started();
        }
        assertThat(count.failures()).isZero();
        assertThat(DeliveryCount.of(count.pending(), 0)).isEqualTo(count);
    }

    @Test
    void whatAnyoneMayHaveWrittenIsNoMistakeOfOurs() {
        assertThat(DeliveryCount.of(Long.MAX_VALUE, 0).deliveries()).isPositive();
    }
}
