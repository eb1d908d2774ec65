package dev.transload.mq.client;

import dev.transload.mq.MessagingException;
import dev.transload.mq.TransportException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

/** Waits of a caller for a transport's future: bounded, and with the failure itself instead of a wrapper. */
final class Waits {

    /** How long one question to a broker may take. */
    static final Duration ANSWER = Duration.ofSeconds(30);

    private Waits() {}

    /** Returns the value within {@link #ANSWER}, or throws what the future failed with. */
    static <V> V join(String what, CompletableFuture<V> future) {
        return join(what, future, ANSWER);
    }

    /** Returns the value, or throws what the future failed with. */
    static <V> V join(String what, CompletableFuture<V> future, Duration most) {
        try {
            return future.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failure(what, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw TransportException.unknown("cannot " + what + ": no answer within " + most, null);
        } catch (InterruptedException e) {
            throw interrupted(what, e);
        }
    }

    /** Restores the flag and returns what is to be thrown. */
    static MessagingException interrupted(String what, InterruptedException e) {
        Thread.currentThread().interrupt();
        return TransportException.unknown("interrupted: " + what, e);
    }

    /** Goes on when the future has ended, on the thread that ended it; one of the two arguments is null. */
    @SuppressWarnings("FutureReturnValueIgnored") // the callback is the end of the chain and never throws
    static <V> void whenDone(CompletableFuture<V> future, BiConsumer<V, Throwable> then) {
        future.whenComplete(then);
    }

    /** The failure as it is to be thrown. */
    static RuntimeException failure(String what, Throwable cause) {
        Throwable real = cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
        if (real instanceof MessagingException || real instanceof IllegalArgumentException) {
            return (RuntimeException) real;
        }
        return TransportException.unknown("cannot " + what, real);
    }
}
