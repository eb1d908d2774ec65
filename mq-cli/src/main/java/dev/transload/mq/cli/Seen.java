package dev.transload.mq.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What handlers saw, in the order they saw it, for a story that waits for it. Thread-safe.
 *
 * @param <E> what was seen
 */
final class Seen<E> {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Lock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final List<E> all = new ArrayList<>();

    void add(E one) {
        lock.lock();
        try {
            all.add(one);
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What was seen so far. */
    List<E> soFar() {
        lock.lock();
        try {
            return List.copyOf(all);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until so many were seen, and returns all there are then.
     *
     * @param what completes the sentence "… did not happen within 30 s"
     */
    List<E> await(int count, String what) {
        lock.lock();
        try {
            long left = PATIENCE.toNanos();
            while (all.size() < count) {
                if (left <= 0) {
                    throw new StoryException(what + " did not happen within " + PATIENCE.toSeconds() + " s: saw "
                            + all.size() + " of " + count);
                }
                left = grown.awaitNanos(left);
            }
            return List.copyOf(all);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoryException("interrupted while waiting: " + what);
        } finally {
            lock.unlock();
        }
    }

    /** Milliseconds between two readings of {@link System#nanoTime}, never rounded up. */
    static long millis(long fromNanos, long toNanos) {
        return TimeUnit.NANOSECONDS.toMillis(toNanos - fromNanos);
    }
}
