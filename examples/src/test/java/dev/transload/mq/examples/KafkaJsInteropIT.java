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
class KafkaJsInteropIT {

    record Order(int orderId, int amount, String note) {}

    private static final Order ORDER = new Order(123, 50_000, "주문");

    private static NodePrograms node;

    @Parameter
    KafkaVersion version;

    private final String name = "interop-" + UUID.randomUUID().toString().substring(0, 8);
    private String brokers = "";
    private MqClient mq;

    @BeforeAll
    static void install() {
        node = NodePrograms.of("kafkajs");
    }

    @BeforeEach
    void connect() {
        brokers = KafkaBroker.shared(version).bootstrap();
        mq = MqClient.connect(KafkaBroker.shared(version).uri().toString());
    }

    @AfterEach
    void disconnect() {
        mq.close();
    }

    @Test
    void aBareRecordInATopicOfTheirsIsConsumed() throws InterruptedException {
        node.run("produce.mjs", brokers, name, "bare");
        Queue<Order> orders = Queue.of(name, Order.class);

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription processor = mq.subscribe(orders, got::add)) {
            Delivery<Order> delivery = next(got);

            assertThat(delivery.payload()).isEqualTo(ORDER);
            assertThat(delivery.attempt()).isEqualTo(1);
            Message message = delivery.message();
            assertThat(message.key()).isEqualTo("order-123");
            assertThat(message.id()).matches(name + "/\\d+/0");
            assertThat(message.idAssigned()).isFalse();
            assertThat(message.headers()).isEmpty();
            assertThat(message.timestamp()).isPositive();
        }
        assertThat(mq.admin().depth(orders)).as("acked").hasValue(0);
    }

    @Test
    void everythingOnARecordOfTheirsArrives() throws InterruptedException {
        node.run("produce.mjs", brokers, name, "full");

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription processor = mq.subscribe(Queue.of(name, Order.class), got::add)) {
            Message message = next(got).message();

            assertThat(message.id()).isEqualTo("node-1");
            assertThat(message.type()).isEqualTo("order.placed");
            assertThat(message.correlationId()).isEqualTo("cart-7");
            assertThat(message.timestamp()).isEqualTo(1_700_000_000_000L);
            assertThat(message.headers()).isEqualTo(Map.of("tenant", "blue"));
        }
    }

    @Test
    void everythingOnARecordOfOursIsReadable() {
        Topic<Order> orders = Topic.of(name, Order.class);
        long before = System.currentTimeMillis();
        mq.send(
                orders,
                ORDER,
                SendOptions.id("java-1")
                        .key("order-123")
                        .type("order.placed")
                        .correlationId("cart-7")
                        .ttl(Duration.ofHours(1))
                        .header("tenant", "파랑"));

        JsonNode seen = JsonMapper.shared()
                .readTree(node.run("consume.mjs", brokers, name, "order-processor-" + name, "1")
                        .get(0));

        assertThat(JsonMapper.shared().readValue(value(seen), Order.class)).isEqualTo(ORDER);
        assertThat(seen.get("key").asString()).isEqualTo("order-123");
        assertThat(Long.parseLong(seen.get("timestamp").asString())).isBetween(before, System.currentTimeMillis());
        JsonNode headers = seen.get("headers");
        assertThat(headers.propertyNames())
                .containsExactlyInAnyOrder(
                        "tenant", "mq-id", "mq-type", "mq-content-type", "mq-correlation-id", "mq-ttl");
        assertThat(headers.get("tenant").asString()).isEqualTo("파랑");
        assertThat(headers.get("mq-id").asString()).isEqualTo("java-1");
        assertThat(headers.get("mq-content-type").asString()).isEqualTo("application/json");
        assertThat(headers.get("mq-ttl").asString()).isEqualTo("3600000");
    }

    @Test
    void aKeyOfOursAndAKeyOfTheirsMeetInOnePartition() {
        node.run("produce.mjs", brokers, name, "bare");
        mq.send(Queue.of(name, Order.class), ORDER, SendOptions.key("order-123"));

        List<String> lines = node.run("consume.mjs", brokers, name, "reader-" + name, "2");

        assertThat(lines)
                .extracting(line ->
                        JsonMapper.shared().readTree(line).get("partition").asInt())
                .hasSize(2)
                .containsOnly(JsonMapper.shared()
                        .readTree(lines.get(0))
                        .get("partition")
                        .asInt());
    }

    @Test
    void weAskAndTheyAnswer() {
        Queue<String> questions = Queue.of(name, String.class);
        mq.admin().create(questions);
        NodePrograms.Running server = node.start("answer.mjs", brokers, name);
        assertThat(server.awaitLine()).isEqualTo("ready");

        String reply = mq.request(questions, "stressed", String.class, Duration.ofSeconds(20));

        assertThat(reply).isEqualTo("desserts");
        server.awaitEnd();
    }

    private static byte[] value(JsonNode seen) {
        return Base64.getDecoder().decode(seen.get("value").asString());
    }

    private static <T> Delivery<T> next(BlockingQueue<Delivery<T>> deliveries) throws InterruptedException {
        Delivery<T> delivery = deliveries.poll(20, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery within 20 s").isNotNull();
        return delivery;
    }
}
