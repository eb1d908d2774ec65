package dev.transload.mq.client;

import dev.transload.mq.spi.TimeSource;

/**
 * The time of day at a moment of the monotonic clock. It is read again when the last reading is a tenth of a millisecond
 * old, for a reading takes a fiftieth of the time of a send, and every send reads the other clock as it is.
 *
 * <p>Thread-safe.
 */
final class WallClock {

    private static final long FRESH_NANOS = 100_000;

    private final TimeSource time;
    private volatile Reading last;

    private record Reading(long nanos, long millis) {}

    WallClock(TimeSource time) {
        this.time = time;
        this.last = read(time.nanos());
    }

    /**
     * Milliseconds since 1970, at most a tenth of a millisecond old.
     *
     * @param nanos what {@link TimeSource#nanos} says now
     */
    long millis(long nanos) {
        Reading reading = last;
        if (nanos - reading.nanos >= FRESH_NANOS) {
            reading = read(nanos);
            last = reading;
        }
        return reading.millis;
    }

    private Reading read(long nanos) {
        return new Reading(nanos, time.millis());
    }
}
