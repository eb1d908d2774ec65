package dev.transload.mq.tck;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Notices that a count has not changed for too long. Used by one thread at a time. */
final class Standstill {

    private final Duration longest;
    private final LongSupplier nanos;
    private boolean begun;
    private long count;
    private long since;

    /**
     * @param longest how long a count may stay as it is
     * @param nanos a clock as {@link System#nanoTime} is one
     */
    Standstill(Duration longest, LongSupplier nanos) {
        this.longest = longest;
        this.nanos = nanos;
    }

    /** Takes the count as it is now; whether it has been so for longer than it may. */
    boolean at(long now) {
        long time = nanos.getAsLong();
        if (!begun || count != now) {
            begun = true;
            count = now;
            since = time;
        }
        return time - since > longest.toNanos();
    }
}
