package dev.transload.mq.tck;

import dev.transload.mq.Queue;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How long a message that waits for nothing takes through the broker, measured over and over while a case waits for one
 * that does: what a busy machine adds to a delay, it adds to this too.
 *
 * <p>One thread sends a message every tenth of a second to a queue of its own; handlers note how long each took. In
 * virtual time nothing is measured, since nothing takes time there. Thread-safe.
 */
final class Pace implements AutoCloseable {

    private static final long EVERY_MILLIS = 100;

    private final AtomicLong worstNanos = new AtomicLong();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "mq-tck-pace");
        thread.setDaemon(true);
        return thread;
    });

    /** Starts to measure, on the client of the case. */
    Pace(Tck t) {
        if (t.broker().time().isPresent()) {
            return;
        }
        Queue<Long> queue = t.queue(Long.class);
        t.client().subscribe(queue, delivery -> note(delivery.payload()));
        var unused = timer.scheduleWithFixedDelay(
                () -> {
                    long start = System.nanoTime();
                    t.client().send(queue, start);
                    note(start);
                },
                0,
                EVERY_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void note(long startNanos) {
        worstNanos.accumulateAndGet(System.nanoTime() - startNanos, Math::max);
    }

    /** The longest that a message took so far. */
    Duration worst() {
        return Duration.ofNanos(worstNanos.get());
    }

    /** Ends the measurement. */
    @Override
    public void close() {
        timer.shutdownNow();
    }
}
