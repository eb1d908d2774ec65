package dev.transload.mq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
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
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages between Transload and Node.js programs on kafkajs, as {@code docs/wire-format.md} says. */
@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.KafkaVersion#underTest")
class KafkajsInteropIT {

    record Order(int orderId, int amount) {}

    private static final Order ORDER = new Order(123, 50_000);

    private static InteropPrograms node;

    @Parameter
    KafkaVersion version;

    private final String name = "interop-" + UUID.randomUUID().toString().substring(0, 8);
    private String uri = "";
    private MqClient mq;

    @BeforeAll
    static void install() {
        node = InteropPrograms.node("kafkajs");
    }

    @BeforeEach
    void connect() {
        uri = KafkaBroker.shared(version).uri().toString();
        mq = MqClient.connect(uri);
    }

    @AfterEach
    void disconnect() {
        mq.close();
    }

    @Test
    void aBareMessageInATopicOfTheirsIsConsumed() throws InterruptedException {
        Topic<Order> orders = Topic.of(name, Order.class).retained(Duration.ofDays(7));
        node.run("produce.mjs", uri, name, "bare");

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription processor =
                mq.subscribe(orders.group("order-processor").fromBeginning(), got::add)) {
            Delivery<Order> delivery = next(got);

            assertThat(delivery.payload()).isEqualTo(ORDER);
            assertThat(delivery.attempt()).isEqualTo(1);
            Message message = delivery.message();
            assertThat(message.idAssigned()).isFalse();
            assertThat(message.id()).as("its position").isEqualTo(name + "/0/0");
            assertThat(message.key()).isEqualTo("order-123");
            assertThat(message.headers()).isEmpty();
            assertThat(message.type()).isNull();
            assertThat(message.timestamp()).as("kafkajs writes the time").isPositive();
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

        JsonNode seen = JsonMapper.shared()
                .readTree(node.run("consume.mjs", uri, name, "1").get(0));

        assertThat(JsonMapper.shared().readValue(body(seen), Order.class)).isEqualTo(ORDER);
        assertThat(seen.get("topic").asString()).isEqualTo(name);
        assertThat(seen.get("key").asString()).isEqualTo("order-123");
        assertThat(Long.parseLong(seen.get("timestamp").asString()))
                .isBetween(System.currentTimeMillis() - 120_000, System.currentTimeMillis() + 120_000);
        JsonNode headers = seen.get("headers");
        assertThat(headers.propertyNames())
                .contains("mq-id", "mq-type", "mq-content-type", "mq-correlation-id", "mq-ttl", "tenant")
                .allMatch(header -> header.startsWith("mq-") || header.equals("tenant"));
        assertThat(headers.get("mq-id").asString()).isEqualTo("java-1");
        assertThat(headers.get("mq-type").asString()).isEqualTo("order.placed");
        assertThat(headers.get("mq-content-type").asString()).isEqualTo("application/json");
        assertThat(headers.get("mq-correlation-id").asString()).isEqualTo("cart-7");
        assertThat(headers.get("mq-ttl").asString()).isEqualTo("3600000");
        assertThat(headers.get("tenant").asString()).isEqualTo("파랑");
    }

    @Test
    void anEventOfOursReachesTheirGroupBesideOurs() throws InterruptedException {
        Topic<Order> orders = Topic.of(name, Order.class);
        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription billing = mq.subscribe(orders.group("billing"), got::add)) {
            mq.send(orders, ORDER);

            JsonNode seen = JsonMapper.shared()
                    .readTree(node.run("consume.mjs", uri, name, "1", name + "-node")
                            .get(0));

            assertThat(JsonMapper.shared().readValue(body(seen), Order.class)).isEqualTo(ORDER);
            assertThat(next(got).payload()).isEqualTo(ORDER);
        }
    }

    @Test
    void theyAskAndWeAnswer() {
        Queue<String> questions = Queue.of(name, String.class);
        try (Subscription server = mq.reply(questions, String.class, question -> question + "? 42")) {
            List<String> printed = node.run("ask.mjs", uri, name, "the answer");

            JsonNode reply = JsonMapper.shared().readTree(printed.get(0));
            assertThat(new String(body(reply), StandardCharsets.UTF_8)).isEqualTo("the answer? 42");
            assertThat(reply.get("headers").get("mq-correlation-id").asString()).isEqualTo("question-1");
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

    private static byte[] body(JsonNode seen) {
        return Base64.getDecoder().decode(seen.get("body").asString());
    }

    private static <T> Delivery<T> next(BlockingQueue<Delivery<T>> deliveries) throws InterruptedException {
        Delivery<T> delivery = deliveries.poll(30, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery within 30 s").isNotNull();
        return delivery;
    }
}
