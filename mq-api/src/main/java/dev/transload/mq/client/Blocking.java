package dev.transload.mq.client;

import dev.transload.mq.MessagingException;
import dev.transload.mq.TransportException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits on the caller's thread for what a transport does, for a bounded time of the system's clock. */
final class Blocking {

    /** How long one question to a broker may take. */
    static final Duration ANSWER = Duration.ofSeconds(30);

    private Blocking() {}

    /**
     * The result of a future, within {@link #ANSWER}.
     *
     * @param what what is waited for, such as {@code depth of emails}
     * @throws MessagingException what the future failed with, or that it took too long; an interrupt is restored
     */
    static <T> T get(CompletableFuture<T> future, String what) {
        return get(future, what, ANSWER);
    }

    static <T> T get(CompletableFuture<T> future, String what, Duration most) {
        try {
            return future.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw interrupted(what, e);
        } catch (TimeoutException e) {
            throw TransportException.unknown(what + ": no answer within " + most.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause(), what);
        }
    }

    /** Restores the flag; the caller throws the result. */
    static MessagingException interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        return TransportException.unknown(what + ": interrupted", e);
    }

    /** Throws errors and what callers know; wraps the rest. */
    static RuntimeException failed(Throwable cause, String what) {
        Throwable inner = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        if (inner instanceof RuntimeException known) {
            return known;
        }
        if (inner instanceof Error error) {
            throw error;
        }
        return TransportException.permanent(what + " failed", inner);
    }
}
