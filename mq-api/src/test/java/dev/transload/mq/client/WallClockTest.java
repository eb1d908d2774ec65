package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WallClockTest {

    private final ManualTime time = new ManualTime();
    private final WallClock clock = new WallClock(time);

    private long millis() {
        return clock.millis(time.nanos());
    }

    @Test
    void itFollowsTheClockBehindItToATenthOfAMillisecond() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(millis()).isBetween(time.millis() - 1, time.millis());
            time.advance(Duration.ofNanos(99_999));
        }
        time.advance(Duration.ofNanos(100_000));

        assertThat(millis()).isEqualTo(time.millis());
    }

    @Test
    void aReadingIsSharedByThoseWhoAskSoonAfter() {
        time.advance(Duration.ofNanos(999_999));
        long before = millis();

        time.advance(Duration.ofNanos(1));

        assertThat(time.millis()).isEqualTo(before + 1);
        assertThat(millis()).isEqualTo(before);
    }
}
