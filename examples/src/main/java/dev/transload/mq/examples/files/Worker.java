package dev.transload.mq.examples.files;

import dev.transload.mq.ClientClosedException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread on which a client does its work, in the order it was asked to: a file system blocks, and the SPI must
 * not. Since nothing else touches a client's state, there is no lock.
 */
final class Worker {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final ScheduledThreadPoolExecutor thread;

    Worker(String clientId) {
        // With the client's id in its name, the kit finds a thread that is left behind.
        thread =
                new ScheduledThreadPoolExecutor(1, task -> {
                    Thread made = new Thread(task, "mq-files-" + clientId + "-1");
                    made.setDaemon(true);
                    return made;
                }) {
                    @Override
                    protected void terminated() {
                        ended.complete(null);
                    }
                };
        thread.setRemoveOnCancelPolicy(true);
    }

    /** Runs a task soon; false if the client is closed. */
    boolean run(Runnable task) {
        return later(0, task) != null;
    }

    /** Runs a task after so many milliseconds; null if the client is closed. */
    @Nullable
    Future<?> later(long millis, Runnable task) {
        try {
            return thread.schedule(() -> guarded(task), millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return null;
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("files: a task failed", e);
        }
    }

    /** Asks a question whose answer needs the disk. */
    <T extends @Nullable Object> CompletableFuture<T> ask(String what, Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        boolean asked = run(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception e) {
                answer.completeExceptionally(Failures.of(what, e));
            }
        });
        if (!asked) {
            answer.completeExceptionally(closed());
        }
        return answer;
    }

    static ClientClosedException closed() {
        return new ClientClosedException("files: the client is closed", null);
    }

    /** Ends the thread when it has done what it was asked to; whoever has a timer cancels it first. */
    void end() {
        thread.shutdown();
    }

    /** Completes when the thread has ended. */
    CompletableFuture<Void> ended() {
        return ended.copy();
    }
}
