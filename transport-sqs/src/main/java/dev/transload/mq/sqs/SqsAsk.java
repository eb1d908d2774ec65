package dev.transload.mq.sqs;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.services.sns.SnsAsyncClient;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/**
 * Asks both services. Answers arrive on the worker, failures in the words of {@link SqsErrors}; that none came is told to
 * {@link Contact}.
 *
 * <p>Thread-safe.
 */
final class SqsAsk {

    private static final Logger LOG = LoggerFactory.getLogger(SqsAsk.class);

    private final SqsClients clients;
    private final Worker worker;
    private final LongSupplier nanos;
    private final Duration timeout;
    private final long sweepMillis;
    private final Set<Asked<?>> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private volatile Contact contact = Contact.NONE;
    private volatile boolean over;

    /**
     * @param nanos the monotonic clock
     * @param timeout how long a request about messages may take, tried again or not; those of the other clients have it
     *     from the SDK
     */
    SqsAsk(SqsClients clients, Worker worker, LongSupplier nanos, Duration timeout) {
        this.clients = clients;
        this.worker = worker;
        this.nanos = nanos;
        this.timeout = timeout;
        this.sweepMillis = Math.min(1_000, Math.max(10, timeout.toMillis() / 8));
    }

    /** From now on this one is told whether the service answers. */
    void tell(Contact listener) {
        this.contact = listener;
    }

    SqsClients clients() {
        return clients;
    }

    Worker worker() {
        return worker;
    }

    /** One request to SQS. */
    <T> CompletableFuture<T> sqs(String what, Function<SqsAsyncClient, CompletableFuture<T>> request) {
        return asked(what, Duration.ZERO, () -> request.apply(clients.sqs()));
    }

    /** One request to SNS. */
    <T> CompletableFuture<T> sns(String what, Function<SnsAsyncClient, CompletableFuture<T>> request) {
        return asked(what, Duration.ZERO, () -> request.apply(clients.sns()));
    }

    /** One request to SQS about messages; no answer to it is told at once. */
    <T> CompletableFuture<T> messages(String what, Function<SqsAsyncClient, CompletableFuture<T>> request) {
        return messages(what, Duration.ZERO, request);
    }

    /** Like {@link #messages(String, Function)}, for a request that the service answers when it wants to, at most so late. */
    <T> CompletableFuture<T> messages(
            String what, Duration wait, Function<SqsAsyncClient, CompletableFuture<T>> request) {
        return asked(what, timeout.plus(wait), () -> request.apply(clients.messages()));
    }

    /** One request to SNS that publishes; no answer to it is told at once. */
    <T> CompletableFuture<T> publish(String what, Function<SnsAsyncClient, CompletableFuture<T>> request) {
        return asked(what, timeout, () -> request.apply(clients.publishing()));
    }

    private interface Request<T> {
        CompletableFuture<T> make();
    }

    private <T> CompletableFuture<T> asked(String what, Duration limit, Request<T> request) {
        Asked<T> asked = new Asked<>(what, limit.isZero() ? Long.MAX_VALUE : nanos.getAsLong() + limit.toNanos());
        CompletableFuture<T> made;
        try {
            made = over ? CompletableFuture.failedFuture(Worker.closed(what)) : request.make();
        } catch (RuntimeException e) {
            made = CompletableFuture.failedFuture(e);
        }
        asked.made = made;
        open.add(asked);
        if (over) {
            asked.giveUp();
        }
        told(made.whenComplete(asked));
        if (!limit.isZero()) {
            sweepLater();
        }
        return asked;
    }

    /**
     * A request that was made; it is completed on the worker.
     *
     * <p>It is its own listener and the task that tells of it, for there is one with each request.
     */
    private final class Asked<T> extends CompletableFuture<T> implements BiConsumer<T, Throwable>, Runnable {
        private final String what;
        /** By the monotonic clock; the greatest value for none. */
        private final long deadline;

        private @Nullable CompletableFuture<T> made;
        private @Nullable T answer;
        private @Nullable Throwable failure;
        private volatile boolean late;

        Asked(String what, long deadline) {
            this.what = what;
            this.deadline = deadline;
        }

        boolean isLate(long now) {
            return deadline != Long.MAX_VALUE && now - deadline > 0;
        }

        void giveUp() {
            requireNonNull(made).cancel(true);
        }

        /** The answer, or why there is none; on a thread of the SDK. */
        @Override
        public void accept(T came, Throwable cause) {
            open.remove(this);
            answer = came;
            failure = cause;
            if (!worker.run(this)) {
                tell(Contact.NONE);
            }
        }

        @Override
        public void run() {
            tell(contact);
        }

        private void tell(Contact contact) {
            if (failure == null) {
                contact.answered();
                complete(answer);
                return;
            }
            MessagingException told = late
                    ? new ConnectionLostException("sqs: no answer in time, cannot " + what, Outcome.UNKNOWN, failure)
                    : SqsErrors.operation(what, failure);
            if (told instanceof ConnectionLostException) {
                contact.unanswered(told);
            } else {
                contact.answered();
            }
            completeExceptionally(told);
        }
    }

    // One look at all of them from time to time costs less than a timer for each.
    private void sweepLater() {
        if (sweeping.compareAndSet(false, true)) {
            worker.later(sweepMillis, this::sweep);
        }
    }

    private void sweep() {
        sweeping.set(false);
        boolean more = false;
        for (Asked<?> asked : open) {
            if (asked.isLate(nanos.getAsLong())) {
                asked.late = true;
                asked.giveUp();
            }
            more |= asked.deadline != Long.MAX_VALUE;
        }
        if (more) {
            sweepLater();
        }
    }

    /**
     * Asks nothing more, and gives up what is under way: a connection that is closed under a request would be told of by
     * Netty as an error that nobody handled.
     */
    void giveUp() {
        over = true;
        open.forEach(Asked::giveUp);
    }

    /** The end of a chain: whatever it came to has been told within it. */
    static void told(CompletableFuture<?> chain) {
        LOG.trace("sqs: {}", chain);
    }

    /** Whether the service answered the last time it was asked. */
    boolean isUp() {
        return contact.isUp();
    }

    /** What is told to whoever asks for something while the service does not answer. */
    ConnectionLostException down(String what) {
        return new ConnectionLostException("sqs: not connected, cannot " + what, Outcome.NOT_SENT, null);
    }
}
