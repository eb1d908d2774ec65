package dev.transload.mq.inmemory;

import java.time.Duration;

/** Durations as nanoseconds, none of them beyond 146 years, so that sums with a clock do not overflow. */
final class Nanos {

    private static final Duration MOST = Duration.ofNanos(Long.MAX_VALUE / 2);

    private Nanos() {}

    static long of(Duration duration) {
        return duration.compareTo(MOST) > 0 ? MOST.toNanos() : duration.toNanos();
    }

    static String text(long nanos) {
        return Duration.ofNanos(nanos).toString().substring(2).toLowerCase(java.util.Locale.ROOT);
    }
}
