package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.RetryPolicy;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryScheduleTest {

    @Test
    void anExponentialWaitDoublesUpToItsBound() {
        RetrySchedule schedule = new RetrySchedule(RetryPolicy.builder()
                .maxAttempts(10)
                .exponential(Duration.ofSeconds(1))
                .maxDelay(Duration.ofSeconds(5))
                .build());

        assertThat(schedule.delayAfter(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(schedule.delayAfter(2)).isEqualTo(Duration.ofSeconds(2));
        assertThat(schedule.delayAfter(3)).isEqualTo(Duration.ofSeconds(4));
        assertThat(schedule.delayAfter(4)).isEqualTo(Duration.ofSeconds(5));
        assertThat(schedule.delayAfter(1000)).isEqualTo(Duration.ofSeconds(5));
        assertThat(schedule.delayAfter(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void aFixedWaitStaysTheSame() {
        RetrySchedule schedule = new RetrySchedule(RetryPolicy.fixed(3, Duration.ofMillis(250)));

        assertThat(schedule.delayAfter(1)).isEqualTo(Duration.ofMillis(250));
        assertThat(schedule.delayAfter(2)).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void noWaitIsNone() {
        assertThat(new RetrySchedule(RetryPolicy.immediate(5)).delayAfter(4)).isZero();
    }

    @Test
    void aWaitBelowAMillisecondIsOne() {
        assertThat(new RetrySchedule(RetryPolicy.fixed(2, Duration.ofNanos(1))).delayAfter(1))
                .isEqualTo(Duration.ofMillis(1));
    }

    @Test
    void explicitWaitsAreTakenInTurnAndTheLastOneStays() {
        RetrySchedule schedule =
                new RetrySchedule(RetryPolicy.delays(Duration.ofSeconds(3), Duration.ZERO, Duration.ofDays(2)));

        assertThat(schedule.delayAfter(1)).isEqualTo(Duration.ofSeconds(3));
        assertThat(schedule.delayAfter(2)).isZero();
        assertThat(schedule.delayAfter(3)).isEqualTo(Duration.ofDays(2));
        assertThat(schedule.delayAfter(9)).isEqualTo(Duration.ofDays(2));
    }

    @Test
    void jitterAddsAtMostItsShare() {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(5)
                .fixed(Duration.ofSeconds(10))
                .jitter(0.1)
                .build();

        assertThat(new RetrySchedule(policy, () -> 0).delayAfter(1)).isEqualTo(Duration.ofSeconds(10));
        assertThat(new RetrySchedule(policy, () -> Math.nextDown(1.0)).delayAfter(1))
                .isBetween(Duration.ofMillis(10_999), Duration.ofMillis(11_000));
    }

    @Test
    void zeroFailuresHaveNoWait() {
        RetrySchedule schedule = new RetrySchedule(RetryPolicy.defaults());

        assertThatThrownBy(() -> schedule.delayAfter(0)).hasMessage("failures must be at least 1, was 0");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aWaitIsNeverAboveTheLongestThePolicyNames(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            RetryPolicy policy = RetryPolicy.builder()
                    .maxAttempts(2 + random.nextInt(999))
                    .exponential(Duration.ofMillis(random.nextInt(100_000)), 1 + random.nextDouble() * 9)
                    .maxDelay(Duration.ofMillis(100_000 + random.nextInt(10_000_000)))
                    .jitter(random.nextDouble())
                    .build();
            RetrySchedule schedule = new RetrySchedule(policy);
            Duration longest = policy.longestDelay().orElse(Duration.ZERO);

            int failures = 1 + random.nextInt(policy.maxAttempts() - 1);
            assertThat(schedule.delayAfter(failures))
                    .as("%s after %d failures", policy, failures)
                    .isBetween(Duration.ZERO, longest.plusMillis(1));
        }
    }
}
