package dev.transload.mq.kafka;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The one lock of a member of a consumer group, and the news that threads wait for under it. Completions and sinks are
 * called without it.
 *
 * <p>Thread-safe.
 */
final class MemberLock {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    void run(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    <T> T get(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** Wakes all who wait. With the lock held. */
    void signalAll() {
        changed.signalAll();
    }

    /** Waits for news, at most so long, and returns what is left of it. With the lock held; callers look again. */
    @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
    long await(long nanos) throws InterruptedException {
        return changed.awaitNanos(nanos);
    }
}
