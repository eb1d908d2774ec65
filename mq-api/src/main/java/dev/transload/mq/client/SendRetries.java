package dev.transload.mq.client;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.TimeSource;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Decides what becomes of a send of which a try failed: it is tried again, after a wait or after its destination has been
 * declared once more, until its time is over.
 *
 * <p>Without state of its own; a send's is in the send. Thread-safe.
 */
final class SendRetries {

    /** 20 ms doubling to 2 s, each wait spread by half; the send timeout is what ends the tries. */
    private static final Retry RETRY = Retry.of(
            "transload-send",
            RetryConfig.custom()
                    .maxAttempts(1_000_000)
                    .intervalFunction(IntervalFunction.ofExponentialRandomBackoff(20L, 2.0, 0.5, 2_000L))
                    .retryOnException(e -> e instanceof MessagingException m && m.retryable())
                    .build());

    private final TimeSource time;
    private final SendNews news;
    private final Declarations declarations;
    private final Duration sendTimeout;
    private final Host host;

    /** Carries out what was decided. */
    interface Host {

        /** The send goes again after the wait, unless it ends before. */
        void tryAgain(PendingSend send, Duration wait);

        /** The send has failed for good, and once it has ended is told why; returns false if it has ended otherwise. */
        boolean fail(PendingSend send, Function<PendingSend, MessagingException> why);
    }

    SendRetries(TimeSource time, SendNews news, Declarations declarations, Duration sendTimeout, Host host) {
        this.time = time;
        this.news = news;
        this.declarations = declarations;
        this.sendTimeout = sendTimeout;
        this.host = host;
    }

    /** A try failed. */
    void failed(PendingSend send, Throwable cause) {
        MessagingException failure = cause instanceof MessagingException m
                ? m
                : TransportException.unknown("send to " + send.to().name() + " failed", cause);
        send.lastFailure = failure;
        if (failure.outcome() == Outcome.UNKNOWN) {
            send.maybeSent = true;
        }
        send.inFlight = false;
        if (failure instanceof DestinationNotFoundException && send.tries == 1 && declarations.forget(send.to())) {
            declareAgain(send, failure);
            return;
        }
        if (send.retries == null) {
            send.retries = RETRY.asyncContext();
        }
        long wait = send.retries.onError(failure);
        if (wait < 0) {
            host.fail(send, ended -> told(ended, failure));
        } else if (time.nanos() + TimeUnit.MILLISECONDS.toNanos(wait) >= send.deadlineNanos) {
            host.fail(send, this::timeout);
        } else {
            news.retried(send);
            host.tryAgain(send, Duration.ofMillis(wait));
        }
    }

    private void declareAgain(PendingSend send, MessagingException failure) {
        Waits.whenDone(declarations.declared(send.to()), (done, e) -> {
            if (e == null) {
                host.tryAgain(send, Duration.ZERO);
            } else {
                host.fail(send, ended -> told(ended, failure));
            }
        });
    }

    /** What its caller is told of a send whose time is over. */
    SendTimeoutException timeout(PendingSend send) {
        return new SendTimeoutException(send.to().name(), sendTimeout, send.soFar(), send.lastFailure);
    }

    // That the last try was refused does not tell that an earlier one was.
    private static MessagingException told(PendingSend send, MessagingException failure) {
        if (failure.outcome() == send.soFar()) {
            return failure;
        }
        String message = failure.getMessage() + "; an earlier try may have arrived";
        if (failure instanceof DestinationNotFoundException) {
            return new DestinationNotFoundException(message, Outcome.UNKNOWN, failure);
        }
        if (failure instanceof AuthenticationException) {
            return new AuthenticationException(message, Outcome.UNKNOWN, failure);
        }
        if (failure instanceof ClientClosedException) {
            return new ClientClosedException(message, Outcome.UNKNOWN, failure);
        }
        return TransportException.permanent(message, Outcome.UNKNOWN, failure);
    }
}
