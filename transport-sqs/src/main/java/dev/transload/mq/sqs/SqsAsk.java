package dev.transload.mq.sqs;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
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
    private final Set<Runnable> cancels = ConcurrentHashMap.newKeySet();
    private volatile Contact contact = Contact.NONE;
    private volatile boolean over;

    SqsAsk(SqsClients clients, Worker worker) {
        this.clients = clients;
        this.worker = worker;
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
        return asked(what, () -> request.apply(clients.sqs()));
    }

    /** One request to SNS. */
    <T> CompletableFuture<T> sns(String what, Function<SnsAsyncClient, CompletableFuture<T>> request) {
        return asked(what, () -> request.apply(clients.sns()));
    }

    /** One request to SQS about messages; no answer to it is told at once. */
    <T> CompletableFuture<T> messages(String what, Function<SqsAsyncClient, CompletableFuture<T>> request) {
        return asked(what, () -> request.apply(clients.messages()));
    }

    /** One request to SNS that publishes; no answer to it is told at once. */
    <T> CompletableFuture<T> publish(String what, Function<SnsAsyncClient, CompletableFuture<T>> request) {
        return asked(what, () -> request.apply(clients.publishing()));
    }

    private interface Request<T> {
        CompletableFuture<T> make();
    }

    private <T> CompletableFuture<T> asked(String what, Request<T> request) {
        CompletableFuture<T> answered = new CompletableFuture<>();
        CompletableFuture<T> made;
        try {
            made = over ? CompletableFuture.failedFuture(Worker.closed(what)) : request.make();
        } catch (RuntimeException e) {
            made = CompletableFuture.failedFuture(e);
        }
        CompletableFuture<T> asked = made;
        Runnable cancel = () -> asked.cancel(true);
        cancels.add(cancel);
        if (over) {
            cancel.run();
        }
        told(asked.whenComplete((answer, failure) -> {
            cancels.remove(cancel);
            boolean handed = worker.run(() -> answered(what, answered, answer, failure));
            if (!handed) {
                answered.completeExceptionally(Worker.closed(what));
            }
        }));
        return answered;
    }

    private <T> void answered(
            String what,
            CompletableFuture<T> answered,
            T answer,
            @org.jspecify.annotations.Nullable Throwable failure) {
        if (failure == null) {
            contact.answered();
            answered.complete(answer);
            return;
        }
        MessagingException told = SqsErrors.operation(what, failure);
        if (told instanceof ConnectionLostException) {
            contact.unanswered(told);
        } else {
            contact.answered();
        }
        answered.completeExceptionally(told);
    }

    /**
     * Asks nothing more, and gives up what is under way: a connection that is closed under a request would be told of by
     * Netty as an error that nobody handled.
     */
    void giveUp() {
        over = true;
        cancels.forEach(Runnable::run);
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
