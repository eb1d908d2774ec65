package dev.transload.mq.sqs;

import dev.transload.mq.ClientClosedException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which a client decides what to ask next: answers of the service, orders of the engine and timers are
 * taken in turn, so that no state of the transport needs a lock. Nothing on it waits.
 */
final class Worker implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final ScheduledThreadPoolExecutor thread;

    Worker(String clientId) {
        this.thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "mq-sqs-worker-" + clientId);
            made.setDaemon(true);
            return made;
        });
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs a task in its turn; does nothing after the end. */
    @Override
    public void execute(Runnable task) {
        run(task);
    }

    /** Runs a task in its turn; returns false after the end. */
    boolean run(Runnable task) {
        try {
            thread.execute(guarded(task));
            return true;
        } catch (RejectedExecutionException e) {
            LOG.trace("sqs: closed", e);
            return false;
        }
    }

    /** Runs tasks in their turn, and after the end where they are handed over. */
    Executor orHere() {
        return task -> {
            if (!run(task)) {
                task.run();
            }
        };
    }

    /** Runs a task in its turn after a while, unless the end comes first. */
    void later(long millis, Runnable task) {
        try {
            ScheduledFuture<?> scheduled = thread.schedule(guarded(task), millis, TimeUnit.MILLISECONDS);
            LOG.trace("sqs: scheduled {}", scheduled);
        } catch (RejectedExecutionException e) {
            LOG.trace("sqs: closed", e);
        }
    }

    private static Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                LOG.error("sqs: a step of the client failed", e);
                if (e instanceof Error fatal && !(e instanceof AssertionError)) {
                    throw fatal;
                }
            }
        };
    }

    /** Takes no more tasks; those handed over run. */
    void end() {
        thread.shutdown();
    }

    static ClientClosedException closed(String what) {
        return new ClientClosedException("sqs: closed, cannot " + what, null);
    }
}
