package dev.transload.mq.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many deliveries may still be handed out, and the bell by which a receiver's thread is called when it waits here.
 *
 * <p>Thread-safe.
 */
final class Credit {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded. */
    private int left;
    /** Guarded: whether there is something to look at. */
    private boolean called;
    /** Guarded: whether that is something else than credit. */
    private boolean other;
    /** Guarded: for how much credit the thread waits; less does not wake it. */
    private int wanted;

    /** Lets more deliveries go out, and calls the thread. */
    void add(int more) {
        lock.lock();
        try {
            left += more;
            called = true;
            if (left >= wanted) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    int left() {
        lock.lock();
        try {
            return left;
        } finally {
            lock.unlock();
        }
    }

    void used(int deliveries) {
        lock.lock();
        try {
            left -= deliveries;
        } finally {
            lock.unlock();
        }
    }

    /** Calls the thread. */
    void call() {
        lock.lock();
        try {
            called = true;
            other = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for that much credit, but not for long, nor if called for something else; returns how much there is. */
    int gather(int most, long nanos) throws InterruptedException {
        lock.lock();
        try {
            wanted = most;
            long rest = nanos;
            while (rest > 0 && left < most && !other) {
                rest = changed.awaitNanos(rest);
            }
            return left;
        } finally {
            wanted = 0;
            other = false;
            lock.unlock();
        }
    }

    /** Waits to be called, but not for long; returns at once if it was called since it waited last. */
    void await(long millis) throws InterruptedException {
        lock.lock();
        try {
            long rest = TimeUnit.MILLISECONDS.toNanos(millis);
            while (rest > 0 && !called) {
                rest = changed.awaitNanos(rest);
            }
            called = false;
        } finally {
            lock.unlock();
        }
    }
}
