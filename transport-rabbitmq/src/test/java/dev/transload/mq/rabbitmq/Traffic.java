package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.Destination;
import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqListener;
import dev.transload.mq.Outcome;
import dev.transload.mq.SendOptions;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Load on a destination, written down in a {@link Ledger}: numbered messages from any number of senders, and a handler.
 * As a listener it knows the connection. Thread-safe.
 */
final class Traffic implements MqListener {

    final Ledger ledger = new Ledger();
    final AtomicInteger reconnecting = new AtomicInteger();
    final AtomicInteger reconnected = new AtomicInteger();
    final List<Throwable> subscriptionsFailed = new CopyOnWriteArrayList<>();
    final ConcurrentLinkedQueue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    /** How sends failed: the message's id and why, in the order they ended. */
    final ConcurrentLinkedQueue<String> failedSends = new ConcurrentLinkedQueue<>();

    private final ConcurrentLinkedQueue<CompletableFuture<?>> sends = new ConcurrentLinkedQueue<>();
    private final Destination<String> destination;
    private final int failEvery;

    /**
     * Traffic on a destination.
     *
     * @param failEvery every so manieth message fails at its first attempt; 0 for none
     */
    Traffic(Destination<String> destination, int failEvery) {
        this.destination = destination;
        this.failEvery = failEvery;
    }

    /** Sends messages {@code from} to {@code to - 1} of a sender, with its name as the key. */
    void send(MqClient client, String sender, int from, int to) {
        for (int i = from; i < to; i++) {
            send(client, sender, i);
        }
    }

    /** Sends one message; what becomes of it goes to the ledger. Returns false if it was refused at once. */
    boolean send(MqClient client, String sender, int number) {
        String id = sender + "-" + number;
        ledger.sending(id, destination.shape().ordered() ? sender : null);
        try {
            sends.add(client.sendAsync(
                            destination,
                            Integer.toString(number),
                            SendOptions.key(sender).id(id))
                    .handle((sent, failure) -> end(id, failure)));
            return true;
        } catch (RuntimeException refused) {
            end(id, refused);
            return false;
        }
    }

    private boolean end(String id, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause != null) {
            failedSends.add(id + " " + cause);
        }
        if (cause == null) {
            ledger.confirmed(id);
        } else if (!(cause instanceof MessagingException known)) {
            ledger.unknown(id);
            unexpected.add(cause);
        } else if (known.outcome() == Outcome.UNKNOWN) {
            ledger.unknown(id);
        } else {
            ledger.notSent(id);
        }
        return true;
    }

    /** Handles a delivery. */
    void handle(Delivery<String> delivery) {
        String id = delivery.id();
        ledger.started(id);
        if (failEvery > 0
                && !delivery.redelivered()
                && delivery.attempt() == 1
                && Integer.parseInt(delivery.payload()) % failEvery == 0) {
            ledger.failed(id);
            throw new IllegalStateException("fails at first");
        }
        ledger.done(id);
    }

    /** Waits until every send has ended. */
    void awaitSendsEnded(Duration most) {
        await("every send ends").atMost(most).until(() -> sends.stream().allMatch(CompletableFuture::isDone));
    }

    /** Waits until all that was confirmed is handled, and finds nothing wrong with how. */
    void awaitSound(Duration most) {
        awaitSendsEnded(most);
        await("every confirmed message is handled")
                .atMost(most)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(
                        () -> assertThat(ledger.settled()).as(ledger.toString()).isTrue());
        assertSound();
    }

    void assertSound() {
        assertThat(unexpected).as("failures of sends that are not of ours").isEmpty();
        List<String> violations = ledger.violations();
        assertThat(violations).as("%s of %s", violations, ledger).isEmpty();
    }

    @Override
    public void deadLettered(String source, Message message, Failure failure) {
        ledger.setAside(message.id());
    }

    @Override
    public void reconnecting(String why) {
        reconnecting.incrementAndGet();
    }

    @Override
    public void reconnected() {
        reconnected.incrementAndGet();
    }

    @Override
    public void subscriptionFailed(String source, Throwable cause) {
        subscriptionsFailed.add(cause);
    }
}
