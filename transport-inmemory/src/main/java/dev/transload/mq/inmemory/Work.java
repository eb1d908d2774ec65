package dev.transload.mq.inmemory;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Counts what is running, and waits until nothing is. Thread-safe. */
final class Work {

    private final Duration bound;
    private final AtomicLong running = new AtomicLong();
    private final Lock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();

    /** Gives up waiting after that time. */
    Work(Duration bound) {
        this.bound = bound;
    }

    void began() {
        running.incrementAndGet();
    }

    void ended() {
        if (running.decrementAndGet() == 0) {
            lock.lock();
            try {
                idle.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits until nothing is running, in real time. */
    void awaitNone() {
        if (running.get() == 0) {
            return;
        }
        long deadline = System.nanoTime() + bound.toNanos();
        lock.lock();
        try {
            while (running.get() != 0) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    throw new IllegalStateException("inmemory: still busy after " + bound + ": " + running.get()
                            + " handlers, timers or sends have not ended; a handler may be blocked, or wait for time"
                            + " that only this thread could move on");
                }
                idle.await(left, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("inmemory: interrupted while waiting for handlers to end", e);
        } finally {
            lock.unlock();
        }
    }
}
