package dev.transload.mq.examples;

import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import java.io.IOException;
import java.time.Duration;

/** A work queue: sign-ups send e-mails, workers deliver them, what cannot be delivered is kept. */
public final class WelcomeEmails {

    static final Queue<Email> EMAILS = Queue.of("email-queue", Email.class);

    private WelcomeEmails() {}

    /** Sends one and returns its id. */
    public static String signedUp(MqClient mq, String address) {
        return mq.send(EMAILS, new Email(address, "Welcome", "Glad you are here!")); // returns when the broker has it
    }

    /** Delivers them, eight at a time. */
    public static Subscription deliver(MqClient mq, Mailer mailer, IdempotencyStore store) {
        return mq.subscribe(
                EMAILS,
                delivery -> mailer.send(delivery.payload()), // returning acks, throwing retries
                SubscribeOptions.builder()
                        .concurrency(8)
                        .retry(RetryPolicy.exponential(3, Duration.ofSeconds(1))) // 3 attempts in all
                        .idempotency(Idempotency.byMessageId(store))
                        .build()); // dead letters: email-queue.dlq
    }

    /** What sends an e-mail for real. */
    @FunctionalInterface
    public interface Mailer {

        /** Sends it, or throws. */
        void send(Email email) throws IOException;
    }
}
