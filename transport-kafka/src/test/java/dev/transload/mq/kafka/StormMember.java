package dev.transload.mq.kafka;

import dev.transload.mq.Delivery;
import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A consumer of an ordered queue, in a JVM of its own or in this one. Tells what it does line by line. */
final class StormMember implements AutoCloseable {

    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private final Consumer<String> say;
    private final MqClient mq;

    private StormMember(String uri, String queue, Consumer<String> say) {
        this.say = say;
        this.mq = MqClient.connect(uri);
        mq.subscribe(
                Queue.of(queue, String.class).ordered(),
                this::handle,
                SubscribeOptions.builder().concurrency(8).prefetch(200).build());
        say.accept("subscribed");
    }

    /**
     * Consumes until the process ends.
     *
     * @param arguments the broker's URI and the queue
     */
    public static void main(String[] arguments) throws InterruptedException {
        try (StormMember member = new StormMember(arguments[0], arguments[1], StormMember::print)) {
            new CountDownLatch(1).await();
            member.say.accept("never said");
        }
    }

    /** Consumes in this JVM, until it is closed. */
    static StormMember here(String uri, String queue, ConcurrentLinkedQueue<String> lines) {
        return new StormMember(uri, queue, lines::add);
    }

    private void handle(Delivery<String> delivery) {
        say.accept(StormLedger.line("begin", delivery));
        LockSupport.parkNanos(WORK_NANOS);
        say.accept(StormLedger.line("end", delivery));
    }

    private static void print(String line) {
        System.out.println(line);
        System.out.flush();
    }

    @Override
    public void close() {
        mq.close(Duration.ofSeconds(10));
    }
}
