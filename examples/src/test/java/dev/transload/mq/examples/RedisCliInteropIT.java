package dev.transload.mq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Messages between Transload and the broker's own command line, as {@code docs/wire-format.md} says. */
@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RedisVersion#underTest")
class RedisCliInteropIT {

    record Order(int orderId, int amount) {}

    private static final Order ORDER = new Order(123, 50_000);
    private static final String JSON = "{\"orderId\":123,\"amount\":50000}";
    private static final Duration SOON = Duration.ofSeconds(30);

    @Parameter
    RedisVersion version;

    private final String name = "interop-" + UUID.randomUUID().toString().substring(0, 8);
    private RedisBroker broker;
    private MqClient mq;

    @BeforeEach
    void connect() {
        broker = RedisBroker.shared(version);
        mq = MqClient.connect(broker.uri().toString());
    }

    @AfterEach
    void disconnect() {
        mq.close();
    }

    @Test
    void aBareEntryInAStreamOfTheirsIsConsumed() throws InterruptedException {
        Queue<Order> orders = Queue.of(name, Order.class);
        String position = say("XADD", name, "*", "body", JSON).get(0);

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription processor = mq.subscribe(orders, got::add)) {
            Delivery<Order> delivery = next(got);

            assertThat(delivery.payload()).isEqualTo(ORDER);
            assertThat(delivery.attempt()).isEqualTo(1);
            Message message = delivery.message();
            assertThat(message.idAssigned()).isFalse();
            assertThat(message.id()).as("its position").isEqualTo(name + "/" + position);
            assertThat(message.key()).isNull();
            assertThat(message.headers()).isEmpty();
            assertThat(message.timestamp())
                    .as("the time in its position")
                    .isEqualTo(Long.parseLong(position.substring(0, position.indexOf('-'))));
        }
    }

    @Test
    void everyFieldOfTheirsArrives() throws InterruptedException {
        Queue<Order> orders = Queue.of(name, Order.class);
        mq.admin().create(orders);
        List<String> entry = new ArrayList<>(List.of("XADD", name, "*", "mq-body", JSON));
        entry.addAll(List.of("mq-id", "cli-1", "mq-key", "order-123", "mq-type", "order.placed"));
        entry.addAll(List.of("mq-content-type", "application/json", "mq-correlation-id", "cart-7"));
        entry.addAll(List.of("mq-timestamp", "1700000000000", "tenant", "파랑", "attempts", "3"));
        say(entry.toArray(String[]::new));

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription processor = mq.subscribe(orders, got::add)) {
            Delivery<Order> delivery = next(got);

            assertThat(delivery.payload()).isEqualTo(ORDER);
            Message message = delivery.message();
            assertThat(message.id()).isEqualTo("cli-1");
            assertThat(message.key()).isEqualTo("order-123");
            assertThat(message.type()).isEqualTo("order.placed");
            assertThat(message.contentType()).isEqualTo("application/json");
            assertThat(message.correlationId()).isEqualTo("cart-7");
            assertThat(message.timestamp()).isEqualTo(1_700_000_000_000L);
            assertThat(message.headers()).isEqualTo(Map.of("tenant", "파랑", "attempts", "3"));
        }
    }

    @Test
    void everyFieldOfOursIsReadable() {
        Queue<Order> orders = Queue.of(name, Order.class);
        SendOptions options = SendOptions.id("java-1")
                .key("order-123")
                .type("order.placed")
                .correlationId("cart-7")
                .ttl(Duration.ofHours(1))
                .header("tenant", "파랑");
        mq.send(orders, ORDER, options);

        Map<String, String> seen = entry(say("XRANGE", name, "-", "+"), 0);

        assertThat(JsonMapper.shared().readValue(seen.get("mq-body"), Order.class))
                .isEqualTo(ORDER);
        assertThat(Long.parseLong(seen.get("mq-timestamp")))
                .isBetween(System.currentTimeMillis() - 120_000, System.currentTimeMillis() + 120_000);
        assertThat(seen.keySet()).allMatch(field -> field.startsWith("mq-") || field.equals("tenant"));
        assertThat(seen)
                .containsEntry("mq-id", "java-1")
                .containsEntry("mq-key", "order-123")
                .containsEntry("mq-type", "order.placed")
                .containsEntry("mq-content-type", "application/json")
                .containsEntry("mq-correlation-id", "cart-7")
                .containsEntry("mq-ttl", "3600000")
                .containsEntry("tenant", "파랑");
    }

    @Test
    void anEventOfOursReachesTheirGroupBesideOurs() throws InterruptedException {
        Topic<Order> orders = Topic.of(name, Order.class).retained(Duration.ofDays(7));
        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription billing = mq.subscribe(orders.group("billing"), got::add)) {
            say("XGROUP", "CREATE", name, "cli", "$");
            mq.send(orders, ORDER);

            List<String> read = say("XREADGROUP", "GROUP", "cli", "me", "BLOCK", "10000", "STREAMS", name, ">");

            assertThat(read.get(0)).isEqualTo(name);
            assertThat(JsonMapper.shared().readValue(entry(read, 1).get("mq-body"), Order.class))
                    .isEqualTo(ORDER);
            assertThat(say("XACK", name, "cli", read.get(1))).containsExactly("1");
            assertThat(next(got).payload()).isEqualTo(ORDER);
        }
    }

    @Test
    void whatTheyPublishOnAChannelIsReceived() throws InterruptedException {
        Topic<Order> orders = Topic.of(name, Order.class);
        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (MqClient listening = MqClient.connect(broker.uri() + "?channels=" + name)) {
            listening.subscribe(orders.ephemeral(), got::add);

            assertThat(say("PUBLISH", name, JSON)).containsExactly("1");

            assertThat(next(got).payload()).isEqualTo(ORDER);
        }
    }

    @Test
    void theyAskAndWeAnswer() {
        Queue<String> questions = Queue.of(name, String.class);
        String replies = name + "-answers";
        say("XGROUP", "CREATE", replies, "cli", "$", "MKSTREAM");
        try (Subscription server = mq.reply(questions, String.class, question -> question + "? 42")) {
            say("XADD", name, "*", "body", "the answer", "mq-reply-to", replies, "mq-correlation-id", "question-1");

            Map<String, String> reply =
                    entry(say("XREADGROUP", "GROUP", "cli", "me", "BLOCK", "10000", "STREAMS", replies, ">"), 1);

            assertThat(reply)
                    .containsEntry("mq-body", "the answer? 42")
                    .containsEntry("mq-correlation-id", "question-1");
        }
    }

    @Test
    void weAskAndTheyAnswer() {
        Queue<String> questions = Queue.of(name, String.class);
        mq.admin().create(questions);
        CompletableFuture<String> reply = mq.requestAsync(questions, "stressed", String.class, SOON);

        List<String> read = say("XREADGROUP", "GROUP", name, "cli", "BLOCK", "10000", "STREAMS", name, ">");
        Map<String, String> request = entry(read, 1);
        assertThat(request).containsEntry("mq-body", "stressed");
        String correlation = request.get("mq-correlation-id");
        say(
                "XADD",
                request.get("mq-reply-to"),
                "NOMKSTREAM",
                "*",
                "mq-body",
                "desserts",
                "mq-correlation-id",
                correlation);
        say("XACK", name, name, read.get(1));
        say("XDEL", name, read.get(1));

        assertThat(reply.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo("desserts");
        assertThat(mq.admin().depth(questions)).hasValue(0);
    }

    /** Runs {@code redis-cli} beside the broker, and returns the lines that it prints where nobody looks on. */
    private List<String> say(String... command) {
        List<String> line = new ArrayList<>(List.of(version.isValkey() ? "valkey-cli" : "redis-cli"));
        line.addAll(List.of("-e", "--raw"));
        line.addAll(List.of(command));
        return broker.exec(line.toArray(String[]::new)).lines().toList();
    }

    /** An entry of a stream: at a line its position, then names and values, a line each. */
    private static Map<String, String> entry(List<String> lines, int position) {
        Map<String, String> fields = new HashMap<>();
        for (int i = position + 1; i + 1 < lines.size(); i += 2) {
            fields.put(lines.get(i), lines.get(i + 1));
        }
        return fields;
    }

    private static <T> Delivery<T> next(BlockingQueue<Delivery<T>> deliveries) throws InterruptedException {
        Delivery<T> delivery = deliveries.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery within 30 s").isNotNull();
        return delivery;
    }
}
