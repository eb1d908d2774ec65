package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.ORDERED;
import static dev.transload.mq.tck.Feature.SEND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.Outbound;
import dev.transload.mq.Outcome;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

/** Batches: what is sent together is told of apart, and stays in order. */
@TckGroup("Batches")
final class BatchCases {

    private static final int ROUNDS = 8;
    private static final int CUT_BATCH = 10_000;

    @TckCase(
            id = "BAT-02",
            value =
                    "a batch that is cut short tells of every message: those sent arrived, the others can be sent again",
            tier = Tier.T1,
            check = "is every result of the batch that of its own message, and does no failed one arrive all the same?",
            proves = SEND)
    void partialFailure(Tck t) {
        Queue<String> queue = t.queue();
        Map<String, AtomicInteger> arrived = new ConcurrentHashMap<>();
        AtomicReference<Runnable> cut = new AtomicReference<>(() -> {});
        t.client()
                .subscribe(
                        queue,
                        delivery -> {
                            arrived.computeIfAbsent(delivery.id(), id -> new AtomicInteger())
                                    .incrementAndGet();
                            cut.getAndSet(() -> {}).run();
                        },
                        QueueCases.concurrency(2));
        for (int round = 0; round < ROUNDS; round++) {
            MqClient sender = t.newClient(builder -> builder.maxOutstandingSends(50));
            sender.send(queue, "before", SendOptions.id("before " + round));
            String before = "before " + round;
            t.until("the client is at work", () -> arrived.containsKey(before));
            String prefix = "b" + round + "-";
            List<Outbound<String>> batch = IntStream.range(0, CUT_BATCH)
                    .mapToObj(i -> new Outbound<>("m", SendOptions.id(prefix + i)))
                    .toList();
            CompletableFuture<Void> closed = new CompletableFuture<>();
            cut.set(() -> {
                sender.close(Duration.ofSeconds(20));
                closed.complete(null);
            });
            List<SendResult> results = sender.sendAll(queue, batch);
            t.until("the client is closed", closed::isDone);
            assertThat(results.stream().map(SendResult::id))
                    .as("results are in the order of the batch")
                    .containsExactlyElementsOf(batch.stream()
                            .map(outbound -> outbound.options().settings().id())
                            .toList());
            if (results.stream().anyMatch(SendResult::sent) && !results.stream().allMatch(SendResult::sent)) {
                judge(t, queue, results, arrived);
                return;
            }
        }
        throw new Inconclusive("no batch was cut short in " + ROUNDS + " rounds");
    }

    private static void judge(
            Tck t, Queue<String> queue, List<SendResult> results, Map<String, AtomicInteger> arrived) {
        List<Outbound<String>> again = new ArrayList<>();
        Set<String> certain = new HashSet<>();
        for (SendResult result : results) {
            if (result.sent()) {
                certain.add(result.id());
                continue;
            }
            assertThat(result.error()).isInstanceOf(ClientClosedException.class);
            if (result.failure().orElseThrow().outcome() == Outcome.NOT_SENT) {
                assertThat(arrived.keySet()).as("was said not to be sent").doesNotContain(result.id());
                again.add(new Outbound<>("again", SendOptions.id(result.id())));
                certain.add(result.id());
            }
        }
        assertThat(t.client().sendAll(queue, again)).allMatch(SendResult::sent);
        t.until("every message arrives", () -> arrived.keySet().containsAll(certain));
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(-1) == 0);
        assertThat(arrived.values()).as("times a message arrived").allMatch(times -> times.get() == 1);
        t.evidence();
    }

    @TckCase(
            id = "BAT-04",
            value = "a batch with a message that is too large is refused before any of it is sent",
            check = "is the whole batch checked before its first message goes out?",
            proves = {SEND, Feature.LIMITS})
    void oneTooLarge(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        List<Outbound<String>> batch = new ArrayList<>(QueueCases.texts(20));
        batch.add(15, new Outbound<>("large", SendOptions.header("h", "x".repeat(2 << 20))));
        t.refused(MessageTooLargeException.class, () -> t.client().sendAll(queue, batch), queue.name(), "headers");

        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("fence");
    }

    @TckCase(
            id = "BAT-05",
            value = "a batch of more bytes than a broker takes in one go arrives whole",
            tier = Tier.T1,
            check = "is a batch split where its sum, not its count, is over the broker's limit?",
            proves = SEND,
            draws = true)
    void largeInSum(Tck t) {
        int size = Math.min(Declared.payload(t), 256 * 1024);
        Random random = t.random();
        Queue<byte[]> queue = t.queue(byte[].class);
        Seen<byte[]> seen = t.seen();
        t.client().subscribe(queue, seen);
        Map<String, byte[]> sent = new HashMap<>();
        List<Outbound<byte[]>> batch = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            byte[] body = new byte[size];
            random.nextBytes(body);
            sent.put("m" + i, body);
            batch.add(new Outbound<>(body, SendOptions.id("m" + i)));
        }
        assertThat(t.client().sendAll(queue, batch)).allMatch(SendResult::sent);

        seen.awaitExactly(40);
        assertThat(seen.ids()).doesNotHaveDuplicates();
        assertThat(seen.calls()).allSatisfy(call -> assertThat(call.payload()).isEqualTo(sent.get(call.id())));
    }

    @TckCase(
            id = "BAT-06",
            value = "order by key is kept inside batches and from one batch to the next, whatever their sizes",
            tier = Tier.T1,
            check = "may two parts of a batch, or two batches, be on their way at once and overtake?",
            proves = {ORDERED, SEND})
    void orderAcrossBatches(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, QueueCases.concurrency(8));
        int number = 0;
        for (int size : new int[] {1, 10, 11, 499, 1500, 3}) {
            List<Outbound<String>> batch = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                batch.add(new Outbound<>(Integer.toString(number), SendOptions.key("key-" + number % 5)));
                number++;
            }
            assertThat(t.client().sendAll(queue, batch)).allMatch(SendResult::sent);
        }

        seen.awaitExactly(number);
        for (int k = 0; k < 5; k++) {
            String key = "key-" + k;
            assertThat(seen.calls().stream()
                            .filter(call -> key.equals(call.key()))
                            .map(call -> Integer.valueOf(call.payload())))
                    .as(key)
                    .hasSizeGreaterThan(400)
                    .isSorted();
        }
    }
}
