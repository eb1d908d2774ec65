package dev.transload.mq.sqs;

import dev.transload.mq.ClientClosedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which a client decides what to ask next: answers of the service, orders of the engine and timers are
 * taken in turn, so that no state of the transport needs a lock. Nothing on it waits.
 *
 * <p>Thread-safe. What comes while the thread is busy is one task of the executor's, however much it is.
 */
final class Worker implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int ROUNDS = 8;

    private final ScheduledThreadPoolExecutor thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Runnable rounds = this::rounds;
    /** Guarded: tasks in their order. */
    private List<Runnable> waiting = new ArrayList<>();
    /** Guarded: empty, for what comes during the next round. */
    private List<Runnable> spare = new ArrayList<>();
    /** Guarded: whether the thread runs them, or will. */
    private boolean summoned;
    /** Guarded: whether no more are taken. */
    private boolean over;

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
        lock.lock();
        try {
            if (over) {
                return false;
            }
            waiting.add(task);
            if (!summoned) {
                summoned = true;
                thread.execute(rounds);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    // A round is what was handed over before it began; after some of them timers that are due have their turn.
    private void rounds() {
        boolean again;
        int left = ROUNDS;
        do {
            List<Runnable> round;
            lock.lock();
            try {
                round = waiting;
                waiting = spare;
            } finally {
                lock.unlock();
            }
            round.forEach(Worker::runLogged);
            round.clear();
            lock.lock();
            try {
                spare = round;
                summoned = !waiting.isEmpty();
                left--;
                again = summoned && (left > 0 || over); // at the end there are no timers, and nobody to be summoned
                if (summoned && !again) {
                    thread.execute(rounds);
                }
            } finally {
                lock.unlock();
            }
        } while (again);
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
            ScheduledFuture<?> scheduled = thread.schedule(() -> runLogged(task), millis, TimeUnit.MILLISECONDS);
            LOG.trace("sqs: scheduled {}", scheduled);
        } catch (RejectedExecutionException e) {
            LOG.trace("sqs: closed", e);
        }
    }

    private static void runLogged(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("sqs: a step of the client failed", e);
        }
    }

    /** Takes no more tasks; those handed over run. */
    void end() {
        lock.lock();
        try {
            over = true;
            thread.shutdown();
        } finally {
            lock.unlock();
        }
    }

    static ClientClosedException closed(String what) {
        return new ClientClosedException("sqs: closed, cannot " + what, null);
    }
}
