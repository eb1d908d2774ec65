package dev.transload.mq.client;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes ids of messages: UUID version 7 of RFC 9562, in time order within the process.
 *
 * <p>By method 1 of its section 6.2: 48 bits of milliseconds, then a counter of 18 bits, then random bits. The counter
 * starts each millisecond at a random value below its half; one that runs over moves the time on. Thread-safe, without
 * a lock.
 */
final class Uuids {

    private static final int COUNTER_BITS = 18;
    private static final int SEED_BITS = COUNTER_BITS - 1;
    private static final int COUNTER_LOW_BITS = COUNTER_BITS - 12;
    private static final int RANDOM_BITS = 62 - COUNTER_LOW_BITS;
    private static final long RANDOM_MASK = (1L << RANDOM_BITS) - 1;
    private static final long MAX_MILLIS = (1L << (63 - COUNTER_BITS)) - 1;

    /** A clock further back than this was set back, and is followed. */
    private static final long FOLLOW_BACK = 10_000L << COUNTER_BITS;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    /** Sets processes apart that start from the same seed at the same time, such as copies of a machine. */
    private static final long SALT = new SecureRandom().nextLong();

    private static final AtomicLong LAST = new AtomicLong();

    private Uuids() {}

    /**
     * A new id for a moment in milliseconds since 1970. It sorts after every id made before it in this process, unless
     * the clock was set back by more than 10 s in between.
     */
    static String v7(long millis) {
        long stamp = nextStamp(Math.min(Math.max(0, millis), MAX_MILLIS));
        long counter = stamp & ((1L << COUNTER_BITS) - 1);
        long random = mix(stamp * GOLDEN + SALT) ^ ThreadLocalRandom.current().nextLong();
        long high = (stamp >>> COUNTER_BITS) << 16 | 0x7000L | counter >>> COUNTER_LOW_BITS;
        long low = 1L << 63 | (counter & ((1L << COUNTER_LOW_BITS) - 1)) << RANDOM_BITS | (random & RANDOM_MASK);
        return new UUID(high, low).toString();
    }

    private static long nextStamp(long millis) {
        while (true) {
            long last = LAST.get();
            long next = last + 1; // within a millisecond
            if (last >>> COUNTER_BITS != millis) {
                long fresh =
                        millis << COUNTER_BITS | ThreadLocalRandom.current().nextInt(1 << SEED_BITS);
                next = fresh > last || fresh < last - FOLLOW_BACK ? fresh : next;
            }
            if (LAST.compareAndSet(last, next)) {
                return next;
            }
        }
    }

    /** The finisher of SplitMix64. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
