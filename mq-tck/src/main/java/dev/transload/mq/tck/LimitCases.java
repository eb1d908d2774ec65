package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.LIMITS;
import static dev.transload.mq.tck.Feature.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.Message;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The most of everything at once: declared limits are true, and a large backlog stays at the broker. */
@TckGroup("Limits at their limit")
final class LimitCases {

    /** Held by cases that need or measure much memory. */
    private static final String MEMORY = "mqtck.memory";

    /** No larger payload is tried, whatever is declared: the JVM holds several copies. */
    private static final int LARGEST = 16 << 20;

    private static final int MOST_GROWTH = 64 << 20;

    @TckCase(
            id = "LIM-03",
            value =
                    "the largest payload with the most and largest headers and properties arrives, also as a dead letter",
            tier = Tier.T1,
            check = "does the declared limit leave room for the failure record and for what Transload writes itself?",
            proves = LIMITS,
            draws = true)
    @ResourceLock(MEMORY)
    void everythingAtItsLimit(Tck t) {
        byte[] body = new byte[Math.min(Declared.payload(t), LARGEST)];
        t.random().nextBytes(body);
        Map<String, String> headers = headers(Declared.headers(t), Declared.headerBytes(t));
        String longest = "\u4E2D".repeat(255);
        SendOptions.Settings options = SendOptions.id(longest)
                .key(longest)
                .type(longest)
                .correlationId(longest)
                .contentType("x".repeat(255))
                .headers(headers);
        Queue<byte[]> queue = t.queue(byte[].class);
        AtomicBoolean mended = new AtomicBoolean();
        String cause = "\uD83D\uDE80".repeat(100_000);
        Seen<byte[]> seen = t.seen(delivery -> {
            if (!mended.get()) {
                throw new Boom(cause);
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.immediate(2))
                                .build());
        t.client().send(queue, body, options);

        seen.await(2);
        t.until("it is a dead letter", () -> t.client().deadLetters(queue).count() == 1);
        DeadLetter letter = t.client().deadLetters(queue).browse(1).get(0);
        assertThat(letter.message().body()).isEqualTo(body);
        assertThat(letter.failure().type()).isEqualTo("Boom");
        mended.set(true);
        t.client().deadLetters(queue).redrive(Redrive.all());
        seen.awaitExactly(3);
        List<Message> all =
                new ArrayList<>(seen.calls().stream().map(Seen.Call::message).toList());
        all.add(letter.message());
        assertThat(all).allSatisfy(message -> {
            assertThat(message.headers()).isEqualTo(headers);
            assertThat(List.of(
                            message.id(),
                            String.valueOf(message.key()),
                            String.valueOf(message.type()),
                            String.valueOf(message.correlationId())))
                    .containsOnly(longest);
            assertThat(message.contentType()).hasSize(255);
        });
        assertThat(seen.payloads()).allSatisfy(payload -> assertThat(payload).isEqualTo(body));
    }

    /** As many headers as may be, of as many bytes as may be, names and values together. */
    private static Map<String, String> headers(int count, int bytes) {
        Map<String, String> headers = new LinkedHashMap<>();
        int left = bytes;
        for (int i = 0; i < count; i++) {
            String name = "h" + i;
            int share = left / (count - i) - name.length();
            headers.put(name, "v".repeat(share));
            left -= name.length() + share;
        }
        assertThat(left).as("bytes of headers that are not used").isZero();
        return headers;
    }

    @TckCase(
            id = "FLW-02",
            value = "a slow consumer keeps no more of a large backlog in memory than its prefetch",
            tier = Tier.T1,
            check = "does the transport ask for more than its credit, or buffer what it did not ask for?",
            proves = {QUEUE, LIMITS})
    @ResourceLock(MEMORY)
    void backlogStaysAtTheBroker(Tck t) {
        int size = Math.min(Declared.payload(t), 64 * 1024);
        int messages = 2 * MOST_GROWTH / size;
        int prefetch = 8;
        Queue<byte[]> queue = t.queue(byte[].class);
        for (int sent = 0; sent < messages; sent += 64) {
            List<Outbound<byte[]>> batch = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                batch.add(Outbound.of(new byte[size]));
            }
            assertThat(t.client().sendAll(queue, batch)).allMatch(SendResult::sent);
        }
        t.until("all are there", () -> t.client().admin().depth(queue).orElse(0) == messages);
        long before = usedMemory();

        Held<byte[]> slow = t.held();
        Subscription subscription = t.client()
                .subscribeAsync(
                        queue,
                        slow,
                        SubscribeOptions.builder().prefetch(prefetch).build());
        for (int i = 1; i <= 20; i++) {
            slow.await(i).succeed();
        }
        slow.await(21);
        t.until(
                "handled messages are gone",
                () -> t.client().admin().depth(queue).orElse(0) <= messages - 20);
        t.elapse(java.time.Duration.ofSeconds(1));
        assertThat(t.client().admin().depth(queue).orElse(0))
                .as("messages that wait at the broker")
                .isGreaterThanOrEqualTo(messages - 20 - prefetch);
        // What other cases hold at the moment goes again, what a buffer holds does not.
        long most = before + MOST_GROWTH + (long) prefetch * size;
        t.until("the heap holds no more than " + most + " bytes, and no backlog", () -> usedMemory() < most);
        CountDownLatch closed = new CountDownLatch(1);
        new Thread(() -> {
                    subscription.close(java.time.Duration.ofMillis(100));
                    closed.countDown();
                })
                .start();
        t.until("the subscription is closed", () -> closed.getCount() == 0);
    }

    private static long usedMemory() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
