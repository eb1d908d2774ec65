package dev.transload.mq.tck;

import dev.transload.mq.Delivery;
import dev.transload.mq.Health;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * {@link Traffic} on queues that goes on all the time, so that a fault meets some of it: numbered messages with keys in
 * turn, of which some fail at first, and always so many sends under way. The case's own thread sends, whenever it waits
 * by {@link #until}. At the end {@link #judge} finds what must not be. Used by one thread, but for its handler.
 */
final class Load {

    /** Enough that a fault meets some, few enough that sending never blocks. */
    private static final int UNDER_WAY = 64;

    /** The same where each look at the time is a step of it. */
    private static final int UNDER_WAY_VIRTUALLY = 16;

    private static final int FAIL_EVERY = 47;

    /** A cut or a crash counts as an attempt on some brokers. */
    private static final int ATTEMPTS = 100;

    private final Tck tck;
    private final MqClient sender;
    private final int keys;
    private final int underWay;
    private final List<Stream> streams = new ArrayList<>();

    /** Messages to one queue. */
    private static final class Stream {
        private final Queue<String> queue;
        private final Traffic traffic;
        private int number;

        Stream(Queue<String> queue, Traffic traffic) {
            this.queue = queue;
            this.traffic = traffic;
        }
    }

    /** Messages to some queues, with so many keys in turn. */
    @SafeVarargs
    Load(Tck tck, MqClient sender, int keys, Queue<String>... queues) {
        this.tck = tck;
        this.sender = sender;
        this.keys = keys;
        int atOnce = tck.broker().time().isPresent() ? UNDER_WAY_VIRTUALLY : UNDER_WAY;
        this.underWay = atOnce / queues.length;
        for (Queue<String> queue : queues) {
            streams.add(new Stream(queue, tck.traffic(queue)));
        }
    }

    /** Has a client consume the messages of all queues. */
    List<Traffic.Worker> consume(MqClient mq) {
        return streams.stream()
                .map(stream -> consume(mq, stream.queue, stream.traffic))
                .toList();
    }

    /** What is sent to one of the queues. */
    Traffic traffic(Queue<String> queue) {
        return streams.stream()
                .filter(stream -> stream.queue.equals(queue))
                .findFirst()
                .orElseThrow()
                .traffic;
    }

    private static Traffic.Worker consume(MqClient mq, Queue<String> queue, Traffic traffic) {
        return traffic.consume(
                mq,
                queue,
                SubscribeOptions.builder()
                        .concurrency(4)
                        .retry(RetryPolicy.fixed(ATTEMPTS, Duration.ofMillis(20)))
                        .build(),
                Load::handle);
    }

    private static void handle(Delivery<String> delivery) {
        boolean fails = Integer.parseInt(delivery.payload()) % FAIL_EVERY == 1;
        if (fails && delivery.attempt() == 1 && !delivery.redelivered()) {
            throw new Boom("fails at first");
        }
    }

    private void topUp() {
        for (Stream each : streams) {
            while (each.traffic.underWay() < underWay) {
                int number = each.number++;
                each.traffic.send(sender, "sender", "key" + number % keys, Integer.toString(number));
            }
        }
    }

    /** Goes on sending until something is so. */
    void until(String what, BooleanSupplier condition) {
        tck.until(what, () -> {
            topUp();
            return condition.getAsBoolean();
        });
    }

    /** Goes on until so many more are confirmed and as many handled, of each queue. */
    void more(int messages) {
        Map<Stream, Long> sends = new HashMap<>();
        Map<Stream, Long> calls = new HashMap<>();
        for (Stream each : streams) {
            sends.put(each, each.traffic.confirmed() + messages);
            calls.put(each, each.traffic.calls() + messages);
        }
        until(
                messages + " more messages are confirmed and handled",
                () -> streams.stream()
                        .allMatch(each -> each.traffic.confirmed() >= of(sends, each)
                                && each.traffic.calls() >= of(calls, each)));
    }

    private static long of(Map<Stream, Long> counts, Stream stream) {
        return counts.getOrDefault(stream, 0L);
    }

    /** Goes on for a while. */
    void during(Duration span) {
        long end = tck.millis() + span.toMillis();
        until("the load went on for " + span, () -> tck.millis() >= end);
    }

    /** Goes on until a client has its connection back after so many losses, and some time more. */
    void untilBack(MqClient mq, Reconnects reconnects, int losses) {
        until(
                "the client is back",
                () -> reconnects.lost() >= losses
                        && reconnects.whole()
                        && mq.health().status() == Health.Status.UP);
        more(100);
        tck.history().recovered();
        more(100);
    }

    /** How many sends ended with the word that the broker does not have the message. */
    long notSent() {
        return streams.stream().mapToLong(each -> each.traffic.notSent()).sum();
    }

    /** How many sends ended without a word about the message. */
    long unknown() {
        return streams.stream().mapToLong(each -> each.traffic.unknown()).sum();
    }

    /** Waits until all that was confirmed is settled, then finds what must not be. */
    Verdict judge() {
        streams.forEach(each -> each.traffic.drain(sender));
        tck.history().recovered();
        return tck.history()
                .assertSound(streams.stream()
                        .map(each -> tck.judge(each.queue)
                                .attempts(ATTEMPTS)
                                .atLeast(200, each.queue.shape().ordered() ? 5 : 0)
                                .needing(Judge.Need.FAULTS, Judge.Need.REDELIVERIES))
                        .toArray(Judge[]::new));
    }
}
