package dev.transload.mq.kafka;

import dev.transload.mq.Delivery;
import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A consumer of an ordered queue in a JVM of its own. Tells what it does line by line, and closes when told to. */
final class StormMember {

    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(3);

    private StormMember() {}

    /**
     * Consumes until it is told {@code close} or the process ends.
     *
     * @param arguments the broker's URI and the queue
     */
    public static void main(String[] arguments) throws IOException {
        MqClient mq = MqClient.connect(arguments[0]);
        mq.subscribe(
                Queue.of(arguments[1], String.class).ordered(),
                StormMember::handle,
                SubscribeOptions.builder().concurrency(8).prefetch(200).build());
        say("subscribed");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (!"close".equals(in.readLine())) {
            say("only close is understood");
        }
        mq.close(Duration.ofSeconds(10));
        say("closed");
    }

    private static void handle(Delivery<String> delivery) {
        String what = delivery.message().key() + " " + delivery.payload() + " ";
        say("begin " + what + System.nanoTime());
        LockSupport.parkNanos(WORK_NANOS);
        say("end " + what + System.nanoTime());
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
