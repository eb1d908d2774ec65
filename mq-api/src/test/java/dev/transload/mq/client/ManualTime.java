package dev.transload.mq.client;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** A clock that moves only when a test says so; due tasks run on the thread that moves it. */
final class ManualTime implements TimeSource {

    /** How often work has begun. */
    final AtomicInteger begun = new AtomicInteger();
    /** Work that has begun and has not ended. */
    final AtomicInteger work = new AtomicInteger();

    private final Lock lock = new ReentrantLock();
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong((Task t) -> t.due).thenComparingLong(t -> t.number));
    private final long startMillis;
    private long nanos;
    private long scheduled;

    ManualTime() {
        this(1_700_000_000_000L);
    }

    ManualTime(long startMillis) {
        this.startMillis = startMillis;
    }

    @Override
    public long millis() {
        return startMillis + nanos() / 1_000_000;
    }

    @Override
    public long nanos() {
        lock.lock();
        try {
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        lock.lock();
        try {
            Task entry = new Task(nanos + Math.max(0, delay.toNanos()), scheduled++, task);
            tasks.add(entry);
            return () -> cancel(entry);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void workBegan() {
        begun.incrementAndGet();
        work.incrementAndGet();
    }

    @Override
    public void workEnded() {
        work.decrementAndGet();
    }

    private void cancel(Task task) {
        lock.lock();
        try {
            tasks.remove(task);
        } finally {
            lock.unlock();
        }
    }

    /** Moves the clock; tasks see the time at which they are due. */
    void advance(Duration by) {
        long end = nanos() + by.toNanos();
        while (true) {
            Task next = takeDue(end);
            if (next == null) {
                return;
            }
            next.run.run();
        }
    }

    private Task takeDue(long end) {
        lock.lock();
        try {
            Task next = tasks.peek();
            if (next == null || next.due > end) {
                nanos = end;
                return null;
            }
            tasks.remove(next);
            nanos = Math.max(nanos, next.due);
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Tasks that wait for their time. */
    int waiting() {
        lock.lock();
        try {
            return tasks.size();
        } finally {
            lock.unlock();
        }
    }

    private record Task(long due, long number, Runnable run) {}
}
