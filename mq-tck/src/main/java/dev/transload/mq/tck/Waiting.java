package dev.transload.mq.tck;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a case waits. Where its broker has virtual time, that moves on meanwhile, step by step, and real time passes only for
 * other threads. Thread-safe.
 */
final class Waiting {

    private static final Duration STEP = Duration.ofMillis(100);
    private static final long PACE_MILLIS = 2;
    private static final Duration SOON = Duration.ofSeconds(10);

    private final TckRun run;
    private final Supplier<@Nullable TckTime> virtual;
    private final Semaphore calls = new Semaphore(0);

    /**
     * @param virtual the virtual time of the broker, null where it has none
     */
    Waiting(TckRun run, Supplier<@Nullable TckTime> virtual) {
        this.run = run;
        this.virtual = virtual;
    }

    /** A handler was called: who waits looks at once. */
    void called() {
        calls.release();
    }

    /** Waits until something is so. Fails after the longest wait. */
    void until(String what, BooleanSupplier condition) {
        until(what, run.longestWait(), condition);
    }

    /** The same; fails when a count has not changed for the longest wait, or after four of them. */
    void until(String what, BooleanSupplier condition, LongSupplier progress) {
        Standstill standstill = new Standstill(run.longestWait(), System::nanoTime);
        until(what, run.longestWait().multipliedBy(4), () -> {
            if (condition.getAsBoolean()) {
                return true;
            }
            if (standstill.at(progress.getAsLong())) {
                throw new AssertionError("nothing has changed for " + run.longestWait() + ": " + what);
            }
            return false;
        });
    }

    private void until(String what, Duration atMost, BooleanSupplier condition) {
        TckTime time = virtual.get();
        if (time == null) {
            await(what)
                    .atMost(atMost)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(condition::getAsBoolean);
            return;
        }
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw late(what, atMost);
            }
            step(time, STEP);
            pause();
        }
    }

    private static AssertionError late(String what, Duration after) {
        return new AssertionError("it did not happen within " + after + ": " + what);
    }

    /** Whether something becomes so in the time that it takes where it works, several times over. */
    boolean soon(BooleanSupplier condition) {
        TckTime time = virtual.get();
        long deadline = System.nanoTime() + SOON.multipliedBy(run.slowness()).toNanos();
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            if (time != null) {
                step(time, STEP);
            }
            pause();
        }
        return condition.getAsBoolean();
    }

    /** Waits for a future's value or failure, which is the caller's to judge. Fails after the longest wait. */
    <T> CompletableFuture<T> ended(String what, CompletableFuture<T> future) {
        if (virtual.get() != null) {
            until(what, future::isDone);
            return future;
        }
        try {
            future.get(run.longestWait().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            return future;
        } catch (TimeoutException e) {
            throw late(what, run.longestWait());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        return future;
    }

    /** Lets time pass. */
    void elapse(Duration span) {
        TckTime time = virtual.get();
        if (time == null) {
            await("time passes").pollDelay(span).atMost(span.plusSeconds(60)).until(() -> true);
            return;
        }
        until("handlers let time pass", () -> step(time, span));
    }

    // Handlers that run hold virtual time; then real time goes on, and the next try may succeed.
    private static boolean step(TckTime time, Duration by) {
        try {
            time.advance(by);
            return true;
        } catch (IllegalStateException handlersRun) {
            return false;
        }
    }

    // Real time for other threads of the case; ends early when a handler is called.
    private void pause() {
        try {
            calls.drainPermits();
            calls.tryAcquire(PACE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted", e);
    }
}
