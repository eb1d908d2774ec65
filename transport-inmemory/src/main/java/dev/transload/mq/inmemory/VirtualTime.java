package dev.transload.mq.inmemory;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time that stands still until it is moved on. Tasks run on the thread that moves it, in order of their time and, at
 * one time, in the order they were scheduled. Thread-safe.
 */
final class VirtualTime implements BrokerTime {

    private static final Logger LOG = LoggerFactory.getLogger(VirtualTime.class);

    private final Work work;
    private final Instant start;
    private final ReentrantLock advancing = new ReentrantLock();
    private final Lock lock = new ReentrantLock();
    private final DueQueue<Runnable> timeline = new DueQueue<>();
    private volatile long elapsed;

    VirtualTime(Instant start, Duration bound) {
        this.start = start;
        this.work = new Work(bound);
    }

    @Override
    public boolean virtual() {
        return true;
    }

    @Override
    public long millis() {
        return start.toEpochMilli() + elapsed / 1_000_000;
    }

    @Override
    public long nanos() {
        return elapsed;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        lock.lock();
        try {
            DueQueue.Due<Runnable> due = timeline.add(after(delay), task);
            return () -> cancel(due);
        } finally {
            lock.unlock();
        }
    }

    private void cancel(DueQueue.Due<Runnable> due) {
        lock.lock();
        try {
            timeline.remove(due);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void workBegan() {
        work.began();
    }

    @Override
    public void workEnded() {
        work.ended();
    }

    @Override
    public void awaitIdle() {
        advance(Duration.ZERO);
    }

    @Override
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time cannot go back, was told to advance by " + by);
        }
        if (advancing.isHeldByCurrentThread()) {
            throw new IllegalStateException("inmemory: a task of the timeline cannot move time on");
        }
        advancing.lock();
        try {
            long target = after(by);
            work.awaitNone();
            for (Runnable task = next(target); task != null; task = next(target)) {
                run(task);
                work.awaitNone();
            }
            elapsed = target;
        } finally {
            advancing.unlock();
        }
    }

    private @Nullable Runnable next(long target) {
        lock.lock();
        try {
            long at = timeline.next();
            Runnable task = timeline.poll(target);
            if (task != null) {
                elapsed = Math.max(elapsed, at);
            }
            return task;
        } finally {
            lock.unlock();
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a timer task failed", e);
        }
    }

    private long after(Duration delay) {
        try {
            return Math.addExact(elapsed, Math.max(0, delay.toNanos()));
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE - 1; // some 292 years ahead
        }
    }

    @Override
    public void start() {
        // the timeline is always there
    }

    @Override
    public void stop() {
        // there is no thread
    }
}
