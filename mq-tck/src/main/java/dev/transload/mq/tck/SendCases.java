package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.LIMITS;
import static dev.transload.mq.tck.Feature.SECURITY;
import static dev.transload.mq.tck.Feature.SEND;
import static dev.transload.mq.tck.Feature.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.CodecException;
import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Explanation;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.Outbound;
import dev.transload.mq.Outcome;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.Topology;
import dev.transload.mq.client.MqClient;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/** Sending: what a returned send promises, and what is refused before anything is sent. */
@TckGroup("Sending")
final class SendCases {

    @TckCase(
            id = "SND-01",
            value = "what one client has sent, a client that connects later receives",
            tier = Tier.T1,
            check = "is a send confirmed before the broker has it?",
            proves = SEND)
    void sentIsAtTheBroker(Tck t) {
        Queue<String> queue = t.queue();
        String id;
        try (MqClient sender = t.newClient()) {
            id = sender.send(queue, "hello");
        }

        Seen<String> seen = t.seen();
        t.newClient().subscribe(queue, seen);
        assertThat(seen.await(1).id()).isEqualTo(id);
        assertThat(seen.call(0).payload()).isEqualTo("hello");
    }

    @TckCase(
            id = "SND-02",
            value = "a send to a queue that does not exist and may not be made fails and names it",
            tier = Tier.T1,
            check = "is what reaches no queue returned by the broker and told?",
            proves = SEND)
    void missingQueue(Tck t) {
        for (Topology topology : List.of(Topology.ASSERT, Topology.NONE)) {
            MqClient mq = t.newClient(builder -> builder.topology(topology));
            Queue<String> missing = Queue.of(t.name(), String.class);
            DestinationNotFoundException e =
                    t.refused(DestinationNotFoundException.class, () -> mq.send(missing, "x"), missing.name());
            assertThat(e.retryable()).isFalse();
            assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
        }
    }

    @TckCase(
            id = "SND-04",
            value = "a null message, destination or option and a blank name are refused by name",
            check = "is null found before anything is encoded or declared?",
            proves = {SEND, SECURITY})
    void nulls(Tck t) {
        MqClient mq = t.client();
        Queue<String> queue = Queue.of(t.name(), String.class);
        t.refused(NullPointerException.class, () -> mq.send(queue, Nulls.of()), "payload");
        t.refused(NullPointerException.class, () -> mq.send(Nulls.<Queue<String>>of(), "x"), "destination");
        t.refused(NullPointerException.class, () -> mq.send(queue, "x", Nulls.of()), "options");
        t.refused(NullPointerException.class, () -> mq.sendAsync(queue, Nulls.of()), "payload");
        t.refused(NullPointerException.class, () -> mq.sendAsync(Nulls.<Queue<String>>of(), "x"), "destination");
        t.refused(NullPointerException.class, () -> mq.sendAll(queue, Nulls.of()), "messages");
        t.refused(NullPointerException.class, () -> mq.sendAll(Nulls.<Queue<String>>of(), List.of()), "destination");
        t.refused(NullPointerException.class, () -> Outbound.of(Nulls.of()), "payload");
        t.refused(IllegalArgumentException.class, () -> Queue.of(" ", String.class), "queue name", "blank");
        t.refused(IllegalArgumentException.class, () -> Topic.of("", String.class), "topic name", "blank");
    }

    @TckCase(
            id = "SND-05",
            value = "a send after close fails at once, in every form",
            check = "does a closed client wait for a connection?",
            proves = SEND)
    void sendAfterClose(Tck t) {
        Queue<String> queue = t.queue();
        MqClient mq = t.newClient();
        mq.send(queue, "before");
        mq.close();

        t.refused(ClientClosedException.class, () -> mq.send(queue, "x"));
        t.refused(ClientClosedException.class, () -> joined(mq, queue));
        t.refused(ClientClosedException.class, () -> mq.subscribe(queue, delivery -> {}));
    }

    // A future that fails and a call that throws are both fine.
    private static void joined(MqClient mq, Queue<String> queue) throws Throwable {
        try {
            mq.sendAsync(queue, "x").get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    @TckCase(
            id = "SND-11",
            value = "many threads send at once: each message arrives exactly once, unchanged",
            proves = SEND,
            draws = true,
            tier = Tier.T1,
            check = "is a buffer or a channel shared by threads that send?")
    void manyThreads(Tck t) {
        Queue<String> queue = t.queue();
        MqClient mq = t.client();
        Traffic traffic = t.traffic(queue);
        long drawn = t.random().nextLong();
        t.together(64, sender -> {
            Random random = new Random(drawn + sender);
            for (int i = 0; i < 100; i++) {
                traffic.sendNow(mq, "sender-" + sender, null, sender + "/" + i + " ".repeat(random.nextInt(300)));
            }
        });

        traffic.consume(
                t.newClient(), queue, SubscribeOptions.builder().concurrency(8).build(), delivery -> {});
        traffic.drain(mq);
        Verdict verdict = t.history().assertSound(t.judge(queue).atLeast(6_400, 0));
        assertThat(verdict.measures().get(0).confirmed()).isEqualTo(6_401);
        assertThat(verdict.measures().get(0).deliveries()).isEqualTo(6_401);
    }

    @TckCase(
            id = "SND-15",
            value = "a handler may send to its own queue and to others",
            check = "does a handler wait for a confirm that its own thread has to read?",
            proves = SEND)
    void sendFromHandler(Tck t) {
        Queue<String> in = t.queue();
        Queue<String> out = t.queue();
        MqClient mq = t.client();
        Seen<String> forwarded = t.seen();
        mq.subscribe(out, forwarded);
        Seen<String> seen = t.seen(delivery -> {
            mq.send(out, delivery.payload());
            if (delivery.payload().equals("first")) {
                mq.send(in, "second");
            }
        });
        mq.subscribe(in, seen);
        mq.send(in, "first");

        forwarded.awaitExactly(2);
        assertThat(seen.payloads()).containsExactly("first", "second");
    }

    @TckCase(
            id = "SND-23",
            value = "a topic nobody subscribes to accepts messages and keeps none",
            check = "is a topic without groups taken for a queue that is missing?",
            proves = {SEND, TOPIC})
    void topicWithoutGroups(Tck t) {
        Topic<String> topic = t.topic();
        MqClient mq = t.client();
        mq.send(topic, "before anyone came");

        Seen<String> seen = t.seen();
        mq.subscribe(topic.group("late"), seen);
        mq.send(topic, "after");
        seen.awaitExactly(1);
        assertThat(seen.payloads()).containsExactly("after");
    }

    @TckCase(
            id = "BAT-01",
            value = "a batch reports every message in its order, and all arrive",
            check = "does a batch split where a result or a message falls between two parts?",
            proves = SEND)
    void batch(Tck t) {
        Queue<String> queue = t.queue();
        MqClient mq = t.client();
        Seen<String> seen = t.seen();
        mq.subscribe(queue, seen);
        List<Outbound<String>> batch = IntStream.range(0, 1200)
                .mapToObj(i -> new Outbound<>("m" + i, SendOptions.id("b" + i)))
                .toList();
        List<SendResult> results = mq.sendAll(queue, batch);

        assertThat(results).allMatch(SendResult::sent);
        assertThat(results.stream().map(SendResult::id))
                .containsExactlyElementsOf(
                        IntStream.range(0, 1200).mapToObj(i -> "b" + i).toList());
        seen.awaitExactly(1200);
        assertThat(new HashSet<>(seen.ids())).hasSize(1200);
    }

    @TckCase(
            id = "BAT-03",
            value = "an empty batch is done at once",
            check = "is something declared or sent for nothing?",
            proves = SEND)
    void emptyBatch(Tck t) {
        Queue<String> queue = t.queue();
        assertThat(t.client().sendAll(queue, List.of())).isEmpty();
        assertThat(t.client().admin().exists(queue))
                .as("nothing was made for it")
                .isFalse();
        t.evidence();
    }

    @TckCase(
            id = "LIM-01",
            value = "a payload of the declared size is accepted, arrives, and can be dead-lettered",
            tier = Tier.T1,
            check = "does the declared limit count what Transload adds?",
            proves = LIMITS,
            draws = true)
    void payloadAtTheLimit(Tck t) {
        int most = Math.min(payloadLimit(t), 1 << 20);
        byte[] body = new byte[most];
        t.random().nextBytes(body);
        Queue<byte[]> queue = t.queue(byte[].class);
        Seen<byte[]> seen = t.seen(delivery -> delivery.deadLetter("at the limit"));
        t.client().subscribe(queue, seen);
        t.client().send(queue, body);

        assertThat(seen.await(1).payload()).isEqualTo(body);
        t.until("the dead letter is there", () -> t.client().deadLetters(queue).count() == 1);
        assertThat(t.client().deadLetters(queue).browse(1).get(0).message().body())
                .isEqualTo(body);
    }

    @TckCase(
            id = "LIM-02",
            value = "one byte over is refused before anything is sent, with both numbers, and the next send works",
            check = "is the size checked before the transport is called?",
            proves = LIMITS)
    void payloadOverTheLimit(Tck t) {
        int most = payloadLimit(t);
        Queue<byte[]> queue = t.queue(byte[].class);
        Seen<byte[]> seen = t.seen();
        t.client().subscribe(queue, seen);
        if (most <= 64 << 20) {
            byte[] tooLarge = new byte[most + 1];
            MessageTooLargeException e = t.refused(
                    MessageTooLargeException.class,
                    () -> t.client().send(queue, tooLarge),
                    Integer.toString(most),
                    Integer.toString(most + 1));
            assertThat(e.limit()).isEqualTo(most);
            assertThat(e.size()).isEqualTo(most + 1L);
        }
        t.client().send(queue, new byte[] {1});
        assertThat(seen.await(1).payload()).containsExactly(1);
    }

    @TckCase(
            id = "LIM-04",
            value = "a hundred headers arrive; more than the declared number or size is refused",
            tier = Tier.T1,
            check = "are names and values of headers counted in bytes of UTF-8?",
            proves = LIMITS)
    void headerLimits(Tck t) {
        Map<String, String> hundred = new LinkedHashMap<>();
        for (int i = 0; i < 100; i++) {
            hundred.put("header-" + i, "value " + i);
        }
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.client().send(queue, "x", SendOptions.headers(hundred));
        assertThat(seen.await(1).message().headers()).isEqualTo(hundred);

        Map<String, String> tooMany = new LinkedHashMap<>();
        for (int i = 0; i < 1001; i++) {
            tooMany.put("h" + i, "v");
        }
        t.refused(
                IllegalArgumentException.class,
                () -> t.client().send(queue, "x", SendOptions.headers(tooMany)),
                "headers",
                "1001");
        String huge = "x".repeat(2 << 20);
        t.refused(
                MessageTooLargeException.class,
                () -> t.client().send(queue, "x", SendOptions.header("h", huge)),
                "headers");
    }

    @TckCase(
            id = "LIM-10",
            value = "the product names all its limits",
            check = "which limit does the transport not declare?",
            proves = LIMITS)
    void limitsAreComplete(Tck t) {
        assertThat(t.explanation().limits())
                .extracting(Explanation.Limit::name)
                .contains("payload, bytes", "headers, bytes", "headers", "name, characters", "delay", "retention");
        assertThat(t.explanation().limits())
                .allSatisfy(limit -> assertThat(limit.value()).isNotBlank());
        t.evidence();
    }

    @TckCase(
            id = "SND-24",
            value = "one name with two shapes is refused, naming both",
            check = "is the shape compared with the one this client used before?",
            proves = SEND)
    void twoShapes(Tck t) {
        Queue<String> plain = t.queue();
        t.client().send(plain, "x");
        t.refused(
                DestinationMismatchException.class,
                () -> t.client().send(plain.priorities(3), "x"),
                plain.name(),
                "priorities");
    }

    /** A payload that fails while it is written. */
    record Unwritable(String text) {
        @Override
        public String text() {
            throw new IllegalStateException("not to be read");
        }
    }

    @TckCase(
            id = "SND-25",
            value = "a payload that its codec cannot encode is refused and not sent",
            check = "is the payload encoded before anything is declared?",
            proves = SEND)
    void encodingFails(Tck t) {
        Queue<Unwritable> queue = t.queue(Unwritable.class);
        Unwritable itself = new Unwritable("x");
        t.refused(CodecException.class, () -> t.client().send(queue, itself), queue.name());
        assertThat(t.client().admin().exists(queue))
                .as("nothing was made for it")
                .isFalse();
    }

    @TckCase(
            id = "SND-26",
            value = "asynchronous sends complete with the ids of what arrives",
            check = "is a future completed with the id of its own message?",
            proves = SEND)
    void asynchronousSends(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        List<CompletableFuture<String>> sends = IntStream.range(0, 300)
                .mapToObj(i -> t.client().sendAsync(queue, "m" + i))
                .toList();
        List<String> ids = sends.stream()
                .map(send -> t.ended("the send ends", send).join())
                .toList();

        seen.awaitExactly(300);
        assertThat(seen.ids()).containsExactlyInAnyOrderElementsOf(ids);
    }

    private static int payloadLimit(Tck t) {
        return t.explanation().limits().stream()
                .filter(limit -> limit.name().equals("payload, bytes"))
                .map(limit -> Integer.valueOf(limit.value().replaceAll(", ordered.*|,", "")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("explain() names no limit of payloads"));
    }
}
