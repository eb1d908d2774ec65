package dev.transload.mq.spi;

import java.time.Duration;

/**
 * Time and timers, so that tests can put a virtual clock in their place.
 *
 * <p>Thread-safe.
 */
public interface TimeSource {

    /** Milliseconds since 1970, for stamps. */
    long millis();

    /** A monotonic clock in nanoseconds, for spans. */
    long nanos();

    /** Runs a task once, on a timer thread, where it must not block. */
    Timer schedule(Duration delay, Runnable task);

    /**
     * Work has begun that may send, settle or schedule. A virtual clock stands still until as many {@link #workEnded}
     * calls have come. Never blocks; may be called under a lock.
     */
    default void workBegan() {}

    /** Work has ended, with everything it sent or scheduled handed over. Never blocks; may be called under a lock. */
    default void workEnded() {}

    /** A scheduled task. */
    interface Timer {

        /** Takes the task back if it has not begun. */
        void cancel();
    }
}
