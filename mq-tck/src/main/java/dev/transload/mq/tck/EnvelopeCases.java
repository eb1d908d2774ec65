package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.ENVELOPE;
import static dev.transload.mq.tck.Feature.SECURITY;
import static dev.transload.mq.tck.Feature.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.Group;
import dev.transload.mq.Message;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

/** What is sent is what arrives. */
@TckGroup("Envelope fidelity")
final class EnvelopeCases {

    @TckCase(
            id = "ENV-01",
            value = "a payload of all byte values arrives byte for byte",
            check = "does the payload pass through text on its way?",
            proves = ENVELOPE)
    void everyByteValue(Tck t) {
        byte[] body = new byte[768];
        for (int i = 0; i < body.length; i++) {
            body[i] = (byte) i;
        }

        assertThat(roundTrip(t, body)).isEqualTo(body);
    }

    @TckCase(
            id = "ENV-02",
            value = "an empty payload and one of a single byte arrive as they are",
            check = "is an empty body mistaken for none?",
            proves = ENVELOPE)
    void emptyAndSingleByte(Tck t) {
        assertThat(roundTrip(t, new byte[0])).isEmpty();
        assertThat(roundTrip(t, new byte[] {0})).containsExactly(0);
    }

    @TckCase(
            id = "ENV-03",
            value = "headers arrive as exactly the map that was sent",
            check = "which headers of its own does the transport leave among the application's?",
            proves = ENVELOPE)
    void headersAreExact(Tck t) {
        Map<String, String> headers = new HashMap<>(Map.of("tenant", "blue", "Trace-Id", "7", "empty", ""));

        assertThat(sendText(t, SendOptions.headers(headers)).message().headers())
                .isEqualTo(headers);
        assertThat(sendText(t, SendOptions.none()).message().headers()).isEmpty();
    }

    @TckCase(
            id = "ENV-04",
            value = "header names keep their case, and those outside the grammar are refused by name",
            tier = Tier.T1,
            check = "does the broker fold the case of header names?",
            proves = {ENVELOPE, SECURITY})
    void headerNames(Tck t) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String name : List.of("A", "a", "x.y", "x-y", "x_y", "0digit", "z".repeat(255))) {
            headers.put(name, name.substring(0, 1));
        }
        assertThat(sendText(t, SendOptions.headers(headers)).message().headers())
                .isEqualTo(headers);

        for (String bad :
                List.of("", " ", "with space", "new\nline", "ünïcode", "z".repeat(256), "nul\0", "a=b", "a,b")) {
            t.refused(IllegalArgumentException.class, () -> SendOptions.header(bad, "v"), "header name");
        }
    }

    @TckCase(
            id = "ENV-05",
            value = "header values of any text arrive unchanged",
            check = "is a header value escaped, trimmed or cut on its way?",
            proves = ENVELOPE)
    void headerValues(Tck t) {
        List<String> values = List.of(
                "",
                " leading and trailing ",
                "\uD83D\uDE80 beyond the basic plane",
                "e\u0301 combining",
                "\u202Eright to left\u202C \u05D0",
                "line\r\nbreak",
                "nul\0inside",
                "tab\there",
                "%2B+%=&\"quotes\" 'single' `back`",
                "{\"json\": [1, null]}",
                "<xml>&amp;</xml>",
                "x".repeat(4096));
        Map<String, String> headers = new LinkedHashMap<>();
        for (int i = 0; i < values.size(); i++) {
            headers.put("h" + i, values.get(i));
        }

        assertThat(sendText(t, SendOptions.headers(headers)).message().headers())
                .isEqualTo(headers);
    }

    @TckCase(
            id = "ENV-06",
            value = "text that no encoding can carry is refused, with the name and the place",
            check = "is text checked before it is encoded?",
            proves = {ENVELOPE, SECURITY})
    void loneSurrogates(Tck t) {
        t.refused(IllegalArgumentException.class, () -> SendOptions.header("name", "ab\uD800"), "name", "2");
        t.refused(IllegalArgumentException.class, () -> SendOptions.key("a\uDC00"), "key", "1");
        t.refused(IllegalArgumentException.class, () -> SendOptions.id("\uD800"), "id", "0");
    }

    @TckCase(
            id = "ENV-08",
            value = "a null header name or value is refused by name",
            check = "is null found when the option is set?",
            proves = {ENVELOPE, SECURITY})
    void nullHeaders(Tck t) {
        t.refused(NullPointerException.class, () -> SendOptions.header(Nulls.of(), "v"), "header name");
        t.refused(NullPointerException.class, () -> SendOptions.header("h", Nulls.of()), "header value");
        t.refused(NullPointerException.class, () -> SendOptions.headers(Nulls.of()), "headers");
        Map<String, String> withNull = new HashMap<>();
        withNull.put("h", Nulls.of());
        t.refused(NullPointerException.class, () -> SendOptions.headers(withNull), "header value");
    }

    @TckCase(
            id = "ENV-09",
            value = "a given id is kept, and ids that are not given are made and differ",
            check = "is an id made where one was given, or one that is not unique?",
            proves = ENVELOPE)
    void ids(Tck t) {
        Seen.Call<String> named = sendText(t, SendOptions.id("order/123 \u00FC"));
        assertThat(named.id()).isEqualTo("order/123 \u00FC");
        assertThat(named.message().idAssigned()).isFalse();

        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        List<Outbound<String>> batch =
                IntStream.range(0, 500).mapToObj(i -> Outbound.of("m" + i)).toList();
        Set<String> sent = new HashSet<>();
        t.client().sendAll(queue, batch).forEach(result -> sent.add(result.id()));
        seen.awaitExactly(500);
        assertThat(sent).hasSize(500).doesNotContain("");
        assertThat(new HashSet<>(seen.ids())).isEqualTo(sent);
    }

    @TckCase(
            id = "ENV-11",
            value = "type, content type, correlation id, reply address and priority arrive, or stay absent",
            check = "is an absent property given a default on its way?",
            proves = ENVELOPE)
    void properties(Tck t) {
        Message all = sendText(
                        t,
                        SendOptions.type("order.placed")
                                .contentType("text/plain; charset=utf-16")
                                .correlationId("c-\u00E9")
                                .replyTo("somewhere"))
                .message();
        assertThat(all.type()).isEqualTo("order.placed");
        assertThat(all.contentType()).isEqualTo("text/plain; charset=utf-16");
        assertThat(all.correlationId()).isEqualTo("c-\u00E9");
        assertThat(all.replyTo()).isEqualTo("somewhere");

        Message none = sendText(t, SendOptions.none()).message();
        assertThat(none.type()).isNull();
        assertThat(none.correlationId()).isNull();
        assertThat(none.replyTo()).isNull();
        assertThat(none.key()).isNull();
        assertThat(none.priority()).isEqualTo(Message.NO_PRIORITY);
        assertThat(none.ttl()).isZero();
    }

    @TckCase(
            id = "ENV-12",
            value = "the time of the send arrives to the millisecond",
            check = "is the time kept in seconds, or taken from the broker?",
            proves = ENVELOPE)
    void timestamp(Tck t) {
        long before = t.clock().millis();
        Message message = sendText(t, SendOptions.none()).message();

        assertThat(message.timestamp()).isBetween(before, t.clock().millis());
    }

    @TckCase(
            id = "ENV-13",
            value = "header names that brokers or Transload use themselves are refused",
            check = "may an application set a header that the broker or Transload reads?",
            proves = {ENVELOPE, SECURITY})
    void reservedHeaders(Tck t) {
        for (String name : List.of(
                "mq-attempt",
                "MQ-Anything",
                "x-death",
                "x-delivery-count",
                "kafka_offset",
                "JMSXDeliveryCount",
                "AWSTraceHeader")) {
            t.refused(IllegalArgumentException.class, () -> SendOptions.header(name, "v"), name);
        }
    }

    @TckCase(
            id = "ENV-15",
            value =
                    "what a handler does to a payload or its headers shows neither on the next attempt nor in another group",
            check =
                    "is the payload that a handler gets its own, or the one that is retried, set aside and given to others?",
            proves = {ENVELOPE, TOPIC})
    void handlerMayChangeWhatItGets(Tck t) {
        Topic<byte[]> topic = t.remove(Topic.of(t.name(), byte[].class));
        Seen<byte[]> other = t.seen();
        MqClient mq = t.client();
        mq.subscribe(topic.group("other"), other).close();
        List<byte[]> came = new CopyOnWriteArrayList<>();
        Group<byte[]> spoiling = topic.group("spoiling");
        mq.subscribe(
                spoiling,
                t.seen(delivery -> {
                    came.add(delivery.payload().clone());
                    Arrays.fill(delivery.payload(), (byte) 9);
                    spoil(delivery.message().headers());
                    throw new Boom("always");
                }),
                SubscribeOptions.builder().retry(RetryPolicy.immediate(2)).build());
        mq.send(topic, new byte[] {1, 2, 3}, SendOptions.header("h", "as sent"));

        DeadLetters dead = mq.deadLetters(spoiling);
        t.until("it is set aside", () -> dead.count() == 1);
        mq.subscribe(topic.group("other"), other);
        assertThat(came).containsExactly(new byte[] {1, 2, 3}, new byte[] {1, 2, 3});
        assertThat(other.await(1).payload()).containsExactly(1, 2, 3);
        Message letter = dead.browse(1).get(0).message();
        assertThat(letter.body()).containsExactly(1, 2, 3);
        for (Message message : List.of(letter, other.call(0).message())) {
            assertThat(message.headers()).containsEntry("h", "as sent");
        }
    }

    private static void spoil(Map<String, String> headers) {
        try {
            headers.put("h", "spoilt");
        } catch (UnsupportedOperationException immutable) {
            // as it may be
        }
    }

    @TckCase(
            id = "ENV-16",
            value = "what a sender changes after the send does not change the message",
            check = "does the transport keep the caller's array or map after the send returned?",
            proves = ENVELOPE)
    void senderMayReuseItsObjects(Tck t) {
        Queue<byte[]> queue = t.queue(byte[].class);
        Map<String, String> headers = new HashMap<>(Map.of("h", "before"));
        byte[] body = {1, 2, 3};
        t.client().send(queue, body, SendOptions.headers(headers));
        Arrays.fill(body, (byte) 9);
        headers.put("h", "after");

        Seen<byte[]> seen = t.seen();
        t.client().subscribe(queue, seen);
        assertThat(seen.await(1).payload()).containsExactly(1, 2, 3);
        assertThat(seen.call(0).message().headers()).containsEntry("h", "before");
    }

    @TckCase(
            id = "ENV-17",
            value = "keys arrive unchanged: absent, short, unicode, longest",
            check = "is the key kept where no order is asked for, and in its full length?",
            proves = ENVELOPE)
    void keys(Tck t) {
        for (String key : List.of("k", "\u00FC\u4E2D\uD83D\uDE80", "with space/and:colon", "x".repeat(255))) {
            assertThat(sendText(t, SendOptions.key(key)).key()).isEqualTo(key);
        }
        assertThat(sendText(t, SendOptions.none()).key()).isNull();
        t.refused(IllegalArgumentException.class, () -> SendOptions.key(""), "key");
        t.refused(IllegalArgumentException.class, () -> SendOptions.key("x".repeat(256)), "key", "255", "256");
    }

    @TckCase(
            id = "ENV-18",
            value = "payloads around the sizes of frames and chunks arrive whole",
            tier = Tier.T1,
            check = "is a body cut or joined at the size of a frame or a chunk?",
            proves = ENVELOPE,
            draws = true)
    void sizes(Tck t) {
        Queue<byte[]> queue = t.queue(byte[].class);
        Seen<byte[]> seen = t.seen();
        t.client().subscribe(queue, seen);
        Map<String, byte[]> sent = new HashMap<>();
        Random random = t.random();
        for (int size : new int[] {1, 1024, 4095, 4096, 4097, 65_534, 65_536, 131_071, 131_072, 131_073, 200 * 1024}) {
            byte[] body = new byte[Math.min(size, Declared.payload(t))];
            random.nextBytes(body);
            sent.put(t.client().send(queue, body), body);
        }

        seen.awaitExactly(sent.size());
        assertThat(seen.calls()).allSatisfy(call -> assertThat(call.payload()).isEqualTo(sent.get(call.id())));
    }

    @TckCase(
            id = "ENV-23",
            value = "envelopes drawn at random arrive equal in every part",
            check = "which combination of properties is written or read wrongly?",
            proves = ENVELOPE,
            draws = true)
    void randomEnvelopes(Tck t) {
        Queue<byte[]> queue = t.queue(byte[].class);
        Seen<byte[]> seen = t.seen();
        MqClient mq = t.client();
        mq.subscribe(queue, seen);
        Random random = t.random();
        Map<String, Outbound<byte[]>> sent = new HashMap<>();
        List<Outbound<byte[]>> batch = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            byte[] body = new byte[random.nextInt(300)];
            random.nextBytes(body);
            SendOptions.Settings options = SendOptions.id("m" + i);
            for (int h = random.nextInt(6); h > 0; h--) {
                options = options.header("h" + h, text(random, 40));
            }
            if (random.nextBoolean()) {
                options = options.key("k" + random.nextInt(9));
            }
            if (random.nextBoolean()) {
                options = options.type("type-" + random.nextInt(9)).correlationId("c" + random.nextInt(9));
            }
            Outbound<byte[]> outbound = new Outbound<>(body, options);
            sent.put("m" + i, outbound);
            batch.add(outbound);
        }
        assertThat(mq.sendAll(queue, batch)).allMatch(result -> result.sent());

        seen.awaitExactly(200);
        assertThat(seen.calls()).allSatisfy(call -> {
            Outbound<byte[]> outbound = Objects.requireNonNull(sent.get(call.id()), call.id());
            assertThat(call.payload()).isEqualTo(outbound.payload());
            assertThat(call.message().headers())
                    .isEqualTo(outbound.options().settings().headers());
            assertThat(call.key()).isEqualTo(outbound.options().settings().key());
            assertThat(call.message().type())
                    .isEqualTo(outbound.options().settings().type());
            assertThat(call.message().correlationId())
                    .isEqualTo(outbound.options().settings().correlationId());
        });
    }

    private static String text(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most); i > 0; i--) {
            int c = random.nextInt(10) == 0 ? 0x1F300 + random.nextInt(200) : random.nextInt(0x800);
            text.appendCodePoint(c);
        }
        return text.toString();
    }

    private static byte[] roundTrip(Tck t, byte[] body) {
        Queue<byte[]> queue = t.queue(byte[].class);
        Seen<byte[]> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.client().send(queue, body);
        return seen.await(1).payload();
    }

    private static Seen.Call<String> sendText(Tck t, SendOptions options) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.client().send(queue, "x", options);
        return seen.await(1);
    }
}
