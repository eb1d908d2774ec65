package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StandstillTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final Standstill standstill = new Standstill(Duration.ofNanos(10), nanos::get);

    @Test
    void aCountThatChangesNeverStandsStill() {
        for (int count = 0; count < 10; count++) {
            assertThat(standstill.at(count)).isFalse();
            nanos.addAndGet(10);
        }
    }

    @Test
    void aCountThatStaysAsItIsForLongerThanItMayStandsStill() {
        standstill.at(3);
        nanos.addAndGet(10);
        assertThat(standstill.at(3)).isFalse();
        nanos.addAndGet(1);
        assertThat(standstill.at(3)).isTrue();
    }

    @Test
    void aCountThatGoesDownHasChangedToo() {
        standstill.at(3);
        nanos.addAndGet(11);
        assertThat(standstill.at(2)).isFalse();
    }
}
