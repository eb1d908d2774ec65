package dev.transload.mq.client;

import dev.transload.mq.RetryPolicy;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * The waits of a retry policy. Whole milliseconds, rounded up, so that a wait asked for is never none. Thread-safe.
 */
final class RetrySchedule {

    private final IntervalFunction waits;
    private final double jitter;
    private final DoubleSupplier random;

    RetrySchedule(RetryPolicy policy) {
        this(policy, () -> ThreadLocalRandom.current().nextDouble());
    }

    /**
     * @param random numbers from 0 to below 1, thread-safe
     */
    RetrySchedule(RetryPolicy policy, DoubleSupplier random) {
        this.waits = waits(policy);
        this.jitter = policy.jitter();
        this.random = random;
    }

    private static IntervalFunction waits(RetryPolicy policy) {
        List<Duration> delays = policy.delays();
        if (!delays.isEmpty()) {
            return failures -> millis(delays.get(Math.min(failures, delays.size()) - 1));
        }
        long initial = millis(policy.initialDelay());
        if (initial == 0) {
            return failures -> 0L;
        }
        if (policy.multiplier() == 1) {
            return IntervalFunction.of(initial);
        }
        long most = Math.max(initial, millis(policy.maxDelay()));
        return IntervalFunction.ofExponentialBackoff(initial, policy.multiplier(), most);
    }

    /**
     * How long to wait before the next attempt, jitter included.
     *
     * @param failures attempts that have failed, at least 1
     */
    Duration delayAfter(int failures) {
        if (failures < 1) {
            throw new IllegalArgumentException("failures must be at least 1, was " + failures);
        }
        long wait = waits.apply(Math.min(failures, RetryPolicy.MAX_ATTEMPTS));
        return Duration.ofMillis(wait + (long) (wait * jitter * random.getAsDouble()));
    }

    private static long millis(Duration duration) {
        return duration.plusNanos(999_999).toMillis();
    }
}
