package dev.transload.mq.inmemory;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The system's time, with one daemon timer thread while the broker has clients. Thread-safe. */
final class RealTime implements BrokerTime {

    private static final Logger LOG = LoggerFactory.getLogger(RealTime.class);

    private final String threadName;
    private final Work work;
    private final Lock lock = new ReentrantLock();
    private @Nullable ScheduledThreadPoolExecutor timer;

    RealTime(String threadName, Duration bound) {
        this.threadName = threadName;
        this.work = new Work(bound);
    }

    @Override
    public boolean virtual() {
        return false;
    }

    @Override
    public long millis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        lock.lock();
        try {
            if (timer == null) {
                return () -> {}; // no client is left to care
            }
            long nanos;
            try {
                nanos = Math.max(0, delay.toNanos());
            } catch (ArithmeticException e) {
                nanos = Long.MAX_VALUE >> 1;
            }
            Future<?> future = timer.schedule(() -> run(task), nanos, TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException e) {
            return () -> {};
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
        work.awaitNone();
    }

    @Override
    public void advance(Duration by) {
        throw new IllegalStateException("inmemory: this broker runs in real time, which cannot be moved on");
    }

    @Override
    public void start() {
        lock.lock();
        try {
            if (timer == null) {
                timer = new ScheduledThreadPoolExecutor(1, task -> {
                    Thread thread = new Thread(task, threadName);
                    thread.setDaemon(true);
                    return thread;
                });
                timer.setRemoveOnCancelPolicy(true);
                timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            if (timer != null) {
                timer.shutdown(); // not now: this may be called on its thread
                timer = null;
            }
        } finally {
            lock.unlock();
        }
    }
}
