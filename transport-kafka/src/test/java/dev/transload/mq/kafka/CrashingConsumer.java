package dev.transload.mq.kafka;

import dev.transload.mq.Delivery;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.util.concurrent.CountDownLatch;

/** A consumer in a JVM of its own, that a test kills or that a message kills. Tells what it does line by line. */
final class CrashingConsumer {

    static final String KILLER = "killer";

    /** Attempts in all that its subscription allows. */
    static final int MAX_ATTEMPTS = 2;

    private CrashingConsumer() {}

    /**
     * Consumes until the process ends.
     *
     * @param arguments {@code hold} or {@code handle}, the broker's URI, the queue, and how many handlers there are
     */
    public static void main(String[] arguments) throws InterruptedException {
        MqClient mq = MqClient.connect(arguments[1]);
        mq.subscribe(
                Queue.of(arguments[2], String.class),
                arguments[0].equals("hold") ? CrashingConsumer::hold : CrashingConsumer::handle,
                SubscribeOptions.builder()
                        .concurrency(Integer.parseInt(arguments[3]))
                        .prefetch(100)
                        .retry(RetryPolicy.immediate(MAX_ATTEMPTS))
                        .build());
        say("subscribed");
        new CountDownLatch(1).await();
    }

    private static void hold(Delivery<String> delivery) throws InterruptedException {
        say("holds " + delivery.id());
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            say("interrupted " + delivery.id());
            throw e;
        }
    }

    private static void handle(Delivery<String> delivery) {
        if (delivery.payload().equals(KILLER)) {
            say("killed by " + delivery.id());
            Runtime.getRuntime().halt(137);
        }
        say("handled " + delivery.id());
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
