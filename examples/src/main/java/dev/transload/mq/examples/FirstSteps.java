package dev.transload.mq.examples;

import dev.transload.mq.Queue;
import dev.transload.mq.client.MqClient;
import java.util.concurrent.CountDownLatch;

/** The smallest whole program: sends a message, receives it, and leaves. */
public final class FirstSteps {

    private FirstSteps() {}

    /** Runs on the broker that the first argument names. */
    public static void main(String[] args) throws InterruptedException {
        Queue<Email> emails = Queue.of("email-queue", Email.class);
        CountDownLatch received = new CountDownLatch(1);

        try (MqClient mq = MqClient.connect(args[0])) { // "inmemory:", "rabbitmq://user:password@host", "redis://host"
            mq.subscribe(emails, delivery -> {
                System.out.println("welcome, " + delivery.payload().to());
                received.countDown();
            });
            mq.send(emails, new Email("user@example.com", "Welcome", "Glad you are here!"));
            received.await();
        }
    }
}
