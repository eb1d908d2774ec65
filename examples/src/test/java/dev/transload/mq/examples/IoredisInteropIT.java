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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages between Transload and Node.js programs on ioredis, as {@code docs/wire-format.md} says. */
class IoredisInteropIT {

    record Order(int orderId, int amount) {}

    private static final Order ORDER = new Order(123, 50_000);

    private static InteropPrograms node;

    private final String name = "interop-" + UUID.randomUUID().toString().substring(0, 8);
    private String uri = "";
    private MqClient mq;

    @BeforeAll
    static void install() {
        node = InteropPrograms.node("ioredis");
    }

    @BeforeEach
    void connect() {
        uri = RedisBroker.shared(RedisVersion.newest()).uri().toString();
        mq = MqClient.connect(uri);
    }

    @AfterEach
    void disconnect() {
        mq.close();
    }

    @Test
    void aBareMessageInAStreamOfTheirsIsConsumed() throws InterruptedException {
        Queue<Order> orders = Queue.of(name, Order.class);
        String position = node.run("produce.mjs", uri, name, "bare").get(0);

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
            assertThat(message.type()).isNull();
            assertThat(message.timestamp()).as("the server's time").isPositive();
        }
    }

    @Test
    void everyFieldOfTheirsArrives() throws InterruptedException {
        Queue<Order> orders = Queue.of(name, Order.class);
        mq.admin().create(orders);
        node.run("produce.mjs", uri, name, "full");

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription processor = mq.subscribe(orders, got::add)) {
            Message message = next(got).message();

            assertThat(message.id()).isEqualTo("node-1");
            assertThat(message.idAssigned()).isFalse();
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

        JsonNode seen = consumed(name);

        assertThat(JsonMapper.shared().readValue(seen.get("mq-body").asString(), Order.class))
                .isEqualTo(ORDER);
        assertThat(Long.parseLong(seen.get("mq-timestamp").asString()))
                .isBetween(System.currentTimeMillis() - 120_000, System.currentTimeMillis() + 120_000);
        assertThat(seen.propertyNames()).allMatch(field -> field.startsWith("mq-") || field.equals("tenant"));
        assertThat(seen.get("mq-id").asString()).isEqualTo("java-1");
        assertThat(seen.get("mq-key").asString()).isEqualTo("order-123");
        assertThat(seen.get("mq-type").asString()).isEqualTo("order.placed");
        assertThat(seen.get("mq-content-type").asString()).isEqualTo("application/json");
        assertThat(seen.get("mq-correlation-id").asString()).isEqualTo("cart-7");
        assertThat(seen.get("mq-ttl").asString()).isEqualTo("3600000");
        assertThat(seen.get("tenant").asString()).isEqualTo("파랑");
    }

    @Test
    void anEventOfOursReachesTheirGroupBesideOurs() throws InterruptedException {
        Topic<Order> orders = Topic.of(name, Order.class).retained(Duration.ofDays(7));
        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription billing = mq.subscribe(orders.group("billing"), got::add)) {
            mq.send(orders, ORDER);

            JsonNode seen = consumed("node");

            assertThat(JsonMapper.shared().readValue(seen.get("mq-body").asString(), Order.class))
                    .isEqualTo(ORDER);
            assertThat(next(got).payload()).isEqualTo(ORDER);
        }
    }

    @Test
    void theyAskAndWeAnswer() {
        Queue<String> questions = Queue.of(name, String.class);
        try (Subscription server = mq.reply(questions, String.class, question -> question + "? 42")) {
            List<String> printed = node.run("ask.mjs", uri, name, "the answer");

            JsonNode reply = JsonMapper.shared().readTree(printed.get(0));
            assertThat(reply.get("mq-body").asString()).isEqualTo("the answer? 42");
            assertThat(reply.get("mq-correlation-id").asString()).isEqualTo("question-1");
        }
    }

    @Test
    void weAskAndTheyAnswer() {
        Queue<String> questions = Queue.of(name, String.class);
        mq.admin().create(questions);
        InteropPrograms.Running server = node.start("answer.mjs", uri, name);
        assertThat(server.awaitLine()).isEqualTo("ready");

        String reply = mq.request(questions, "stressed", String.class, Duration.ofSeconds(30));

        assertThat(reply).isEqualTo("desserts");
        server.awaitEnd();
    }

    private JsonNode consumed(String group) {
        return JsonMapper.shared()
                .readTree(node.run("consume.mjs", uri, name, group).get(0));
    }

    private static <T> Delivery<T> next(BlockingQueue<Delivery<T>> deliveries) throws InterruptedException {
        Delivery<T> delivery = deliveries.poll(30, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery within 30 s").isNotNull();
        return delivery;
    }
}
