package dev.transload.mq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    @Test
    void theLongestDelayIsThatBeforeTheLastAttempt() {
        assertThat(RetryPolicy.exponential(4, Duration.ofSeconds(1)).longestDelay())
                .contains(Duration.ofSeconds(4));
        assertThat(RetryPolicy.exponential(2, Duration.ofSeconds(1)).longestDelay())
                .contains(Duration.ofSeconds(1));
        assertThat(RetryPolicy.fixed(9, Duration.ofSeconds(3)).longestDelay()).contains(Duration.ofSeconds(3));
        assertThat(RetryPolicy.delays(Duration.ofSeconds(9), Duration.ofSeconds(1))
                        .longestDelay())
                .contains(Duration.ofSeconds(9));
    }

    @Test
    void theLongestDelayIsBoundedAndHasJitterOnTop() {
        RetryPolicy policy = RetryPolicy.builder()
                .maxAttempts(1000)
                .exponential(Duration.ofSeconds(1), 10)
                .maxDelay(Duration.ofMinutes(10))
                .jitter(0.5)
                .build();

        assertThat(policy.longestDelay()).contains(Duration.ofMinutes(15));
    }

    @Test
    void aPolicyThatNeverWaitsHasNoLongestDelay() {
        assertThat(RetryPolicy.none().longestDelay()).isEmpty();
        assertThat(RetryPolicy.immediate(1000).longestDelay()).isEmpty();
        assertThat(RetryPolicy.exponential(1, Duration.ofSeconds(1)).longestDelay())
                .isEmpty();
        assertThat(RetryPolicy.exponential(1000, Duration.ZERO).longestDelay()).isEmpty();
    }

    @Test
    void aFirstDelayBelowAMillisecondGrowsLikeAnyOther() {
        assertThat(RetryPolicy.exponential(40, Duration.ofNanos(1)).longestDelay())
                .contains(Duration.ofHours(1));
    }

    @Test
    void typesDecideByTheFailureOrItsCauseAndNeverRetryGoesFirst() {
        RetryPolicy policy = RetryPolicy.builder()
                .retryOn(IOException.class)
                .neverRetry(IllegalArgumentException.class)
                .build();

        assertThat(policy.retries(new UncheckedIOException(new IOException()))).isTrue();
        assertThat(policy.retries(new IllegalStateException())).isFalse();
        assertThat(policy.retries(new IOException(new IllegalArgumentException())))
                .isFalse();
        assertThat(RetryPolicy.defaults().retries(new StackOverflowError())).isTrue();
    }

    @Test
    void aFailureThatCausesItselfIsLookedAtOnce() {
        Exception first = new Exception("first");
        Exception second = new Exception("second", first);
        first.initCause(second);

        assertThat(RetryPolicy.builder().retryOn(IOException.class).build().retries(first))
                .isFalse();
    }
}
