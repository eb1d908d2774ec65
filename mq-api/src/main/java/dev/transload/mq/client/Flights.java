package dev.transload.mq.client;

import dev.transload.mq.TransportException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Operations under way, so many at once; the first failure ends the row. One thread begins them, any thread ends them.
 */
final class Flights implements AutoCloseable {

    private final int most;
    private final Semaphore free;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Flights(int most) {
        this.most = most;
        this.free = new Semaphore(most);
    }

    /** Waits for room; throws if an earlier operation has failed. */
    void begin(String what) {
        acquire(1, what);
    }

    /** Ends one operation. */
    void end(@Nullable Throwable cause) {
        if (cause != null) {
            failure.compareAndSet(null, cause);
        }
        free.release();
    }

    /** Waits until all have ended; throws if one has failed. */
    void awaitAll(String what) {
        acquire(most, what);
        free.release(most);
    }

    private void acquire(int permits, String what) {
        try {
            if (!free.tryAcquire(permits, 2 * Waits.ANSWER.toMillis(), TimeUnit.MILLISECONDS)) {
                throw TransportException.unknown(
                        "cannot " + what + ": no answer within " + Waits.ANSWER.multipliedBy(2), null);
            }
        } catch (InterruptedException e) {
            throw Waits.interrupted(what, e);
        }
        Throwable cause = failure.get();
        if (cause != null) {
            free.release(permits);
            throw Waits.failure(what, cause);
        }
    }

    /** Waits until all have ended, however they ended; not for long, and not at all once interrupted. */
    @Override
    public void close() {
        try {
            if (free.tryAcquire(most, Waits.ANSWER.toMillis(), TimeUnit.MILLISECONDS)) {
                free.release(most);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
