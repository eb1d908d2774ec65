package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.SECURITY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Codec;
import dev.transload.mq.CodecException;
import dev.transload.mq.Delivery;
import dev.transload.mq.Failure;
import dev.transload.mq.Health;
import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.MqListener;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Hostile content: whatever is in a message is data, and stays data. */
@TckGroup("Hostile content")
final class HostileCases {

    private static final SubscribeOptions ONCE =
            SubscribeOptions.builder().retry(RetryPolicy.none()).build();

    private static final int DAMAGED = 2_000;

    /** What is asked for. */
    record Order(String number, int amount, List<String> lines) {}

    /** A payload with room for anything. */
    record Anything(Object value) {}

    /** Takes notice of being brought to life by a decoder. */
    static final class Gadget implements Serializable {
        private static final long serialVersionUID = 1L;
        private static final AtomicInteger INSTANCES = new AtomicInteger();

        Gadget() {
            INSTANCES.incrementAndGet();
        }

        private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
            in.defaultReadObject();
            INSTANCES.incrementAndGet();
        }
    }

    @TckCase(
            id = "SEC-05",
            value =
                    "hostile text in headers, payloads and exceptions is data: no log line is forged, nothing is altered",
            check = "is text that others can choose written to the log as it is, line ends included?",
            proves = SECURITY)
    @ResourceLock(Resources.SYSTEM_OUT)
    @ResourceLock(Resources.SYSTEM_ERR)
    void hostileText(Tck t) {
        String mark = "FORGED" + t.name().replaceAll("[^a-z0-9]", "");
        String hostile = "x\r\n" + mark + " [main] ERROR all is lost\u001B[31m\u0085" + mark + "\u2028" + mark
                + " {{7*7}} ${jndi:ldap://localhost/a} ../../../etc/passwd %n%s";
        Queue<String> queue = t.queue();
        IdempotencyStore shaky = new ShakyStore(new InMemoryIdempotencyStore(t.clock()), hostile);
        try (LogTap log = new LogTap()) {
            MqClient mq = t.newClient(builder -> builder.listener(new HostileListener(hostile)));
            Seen<String> seen = t.seen(delivery -> {
                if (delivery.payload().equals(hostile)) {
                    throw new Boom(hostile);
                }
            });
            mq.subscribe(
                    queue,
                    seen,
                    ONCE.toBuilder().idempotency(Idempotency.byMessageId(shaky)).build());
            mq.send(queue, hostile, SendOptions.header("h", hostile));
            t.until("it is a dead letter", () -> mq.deadLetters(queue).count() == 1);
            t.fence(queue, seen);

            var letter = mq.deadLetters(queue).browse(1).get(0);
            assertThat(letter.message().headers()).isEqualTo(Map.of("h", hostile));
            assertThat(new String(letter.message().body(), StandardCharsets.UTF_8))
                    .isEqualTo(hostile);
            assertThat(letter.failure().message())
                    .startsWith("x")
                    .contains(mark)
                    .doesNotContain("\u001B");
            assertThat(log.lines())
                    .as("lines of the log")
                    .noneMatch(line -> line.startsWith(mark))
                    .noneMatch(line -> line.contains(mark) && line.indexOf('\u001B') >= 0);
        }
        for (String bad : List.of("a\nb", "a\r", "a\u001Bb", "\0")) {
            t.refused(IllegalArgumentException.class, () -> SendOptions.id(bad), "id");
            t.refused(IllegalArgumentException.class, () -> SendOptions.key(bad), "key");
            t.refused(IllegalArgumentException.class, () -> SendOptions.none().correlationId(bad), "correlationId");
            t.refused(IllegalArgumentException.class, () -> SendOptions.type(bad), "type");
        }
    }

    private record HostileListener(String text) implements MqListener {
        @Override
        public void delivered(Delivery<?> delivery) {
            throw new Boom(text);
        }
    }

    /** Fails at first, with a text that is not its own. */
    private record ShakyStore(IdempotencyStore store, String text, AtomicBoolean mended) implements IdempotencyStore {

        ShakyStore(IdempotencyStore store, String text) {
            this(store, text, new AtomicBoolean());
        }

        @Override
        public Claim begin(String key, String owner, Duration lease) {
            if (!mended.getAndSet(true)) {
                throw new IllegalStateException(text);
            }
            return store.begin(key, owner, lease);
        }

        @Override
        public boolean renew(String key, String token, Duration lease) {
            return store.renew(key, token, lease);
        }

        @Override
        public boolean complete(String key, String token, Duration retention) {
            throw new IllegalStateException(text);
        }

        @Override
        public boolean abandon(String key, String token) {
            throw new IllegalStateException(text);
        }
    }

    @TckCase(
            id = "SEC-06",
            value = "damaged payloads, drawn at random, are decoded or dead-lettered as undecodable and harm nothing",
            check = "which input gets past the decoder's own exception?",
            proves = SECURITY,
            draws = true)
    void damagedPayloads(Tck t) {
        Random random = t.random();
        Codec<Order> codec = Codec.of(Order.class);
        Codec<String> text = Codec.of(String.class);
        List<byte[]> seeds = seeds(codec);
        long slowest = 0;
        for (int i = 0; i < DAMAGED; i++) {
            byte[] body = damaged(random, seeds);
            long before = System.nanoTime();
            Throwable failure = failureOf(i % 10 == 0 ? text : codec, body);
            slowest = Math.max(slowest, System.nanoTime() - before);
            if (failure != null && !(failure instanceof CodecException)) {
                throw new AssertionError("payload " + i + " of " + body.length + " bytes", failure);
            }
        }
        assertThat(Duration.ofNanos(slowest)).as("the slowest of all").isLessThan(Duration.ofSeconds(5));

        Queue<byte[]> raw = t.queue(byte[].class);
        Queue<Order> orders = Queue.of(raw.name(), Order.class);
        Seen<Order> seen = t.seen();
        var subscription = t.client()
                .subscribe(orders, seen, ONCE.toBuilder().concurrency(2).build());
        List<Outbound<byte[]>> batch = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            batch.add(Outbound.of(damaged(random, seeds)));
        }
        assertThat(t.client().sendAll(raw, batch)).allMatch(result -> result.sent());
        t.until(
                "each is handled or set aside",
                () -> seen.count() + t.client().deadLetters(orders).count() == 200);
        assertThat(t.client().deadLetters(orders).browse(200))
                .isNotEmpty()
                .allMatch(letter -> letter.failure().reason() == Failure.Reason.UNDECODABLE);
        t.client().send(orders, new Order("fence", 1, List.of()));
        t.until(
                "a good one is handled",
                () -> seen.payloads().stream().anyMatch(order -> "fence".equals(order.number())));
        assertThat(subscription.health().status()).isEqualTo(Health.Status.UP);
    }

    private static @Nullable Throwable failureOf(Codec<?> codec, byte[] body) {
        try {
            codec.decode(body);
            return null;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return e;
        }
    }

    private static List<byte[]> seeds(Codec<Order> codec) {
        return List.of(
                codec.encode(new Order("order-1", 7, List.of("a", "b\uD83D\uDE80", "c"))),
                utf8("[".repeat(5_000)),
                utf8("{\"a\":".repeat(3_000)),
                utf8("{\"amount\":1e999999999}"),
                utf8("{\"amount\":" + "9".repeat(1_500) + "}"),
                utf8("{\"number\":\"" + "x".repeat(5_000) + "\"}"),
                utf8("{\"number\":null,\"amount\":null,\"lines\":{\"a\":[]}}"),
                new byte[] {(byte) 0xFE, (byte) 0xFF, 0, '{', 0, '}'},
                new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '{', '}'},
                new byte[0]);
    }

    // One of the seeds with a few bytes changed, cut, doubled or moved.
    private static byte[] damaged(Random random, List<byte[]> seeds) {
        byte[] seed = seeds.get(random.nextInt(4) > 0 ? 0 : random.nextInt(seeds.size()));
        byte[] body = seed.clone();
        if (body.length == 0) {
            return body;
        }
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            body[random.nextInt(body.length)] = (byte) random.nextInt(256);
        }
        return switch (random.nextInt(4)) {
            case 0 -> java.util.Arrays.copyOf(body, random.nextInt(body.length + 1));
            case 1 -> java.util.Arrays.copyOfRange(body, random.nextInt(body.length), body.length);
            case 2 -> java.util.Arrays.copyOf(body, body.length + random.nextInt(8));
            default -> body;
        };
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @TckCase(
            id = "SEC-07",
            value = "a serialised object and a type named in JSON are data: no class is loaded for them",
            check = "does a decoder choose a class by what is in the message?",
            proves = SECURITY)
    void nothingIsInstantiated(Tck t) throws IOException {
        ByteArrayOutputStream serialised = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(serialised)) {
            out.writeObject(new Gadget());
        }
        int before = Gadget.INSTANCES.get();
        assertThat(before).as("the gadget counts").isPositive();
        byte[] body = serialised.toByteArray();
        Queue<byte[]> raw = t.queue(byte[].class);
        Seen<byte[]> seen = t.seen();
        t.client().subscribe(raw, seen);
        t.client().send(raw, body, SendOptions.none().contentType("application/x-java-serialized-object"));
        assertThat(seen.await(1).payload()).isEqualTo(body);

        Queue<byte[]> typed = t.queue(byte[].class);
        Queue<Anything> anything = Queue.of(typed.name(), Anything.class);
        Seen<Anything> decoded = t.seen();
        t.client().subscribe(anything, decoded, ONCE);
        String name = Gadget.class.getName();
        t.client().send(typed, body, SendOptions.none().contentType("application/x-java-serialized-object"));
        t.client()
                .send(
                        typed,
                        utf8("{\"value\":{\"@class\":\"" + name + "\",\"@type\":\"" + name + "\",\"a\":1}}"),
                        SendOptions.type(name));
        t.client().send(typed, utf8("{\"value\":[\"" + name + "\",{}]}"), SendOptions.type(name));

        decoded.awaitExactly(2);
        assertThat(decoded.payloads().stream().map(Anything::value))
                .anySatisfy(value -> assertThat(value).isInstanceOf(Map.class))
                .anySatisfy(value -> assertThat(value).isInstanceOf(List.class));
        t.until("the other is set aside", () -> t.client().deadLetters(anything).count() == 1);
        var letter = t.client().deadLetters(anything).browse(1).get(0);
        assertThat(letter.failure().reason()).isEqualTo(Failure.Reason.UNDECODABLE);
        assertThat(letter.message().body()).isEqualTo(body);
        assertThat(Gadget.INSTANCES).as("gadgets brought to life").hasValue(before);
    }
}
