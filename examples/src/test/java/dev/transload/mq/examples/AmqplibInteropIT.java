package dev.transload.mq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
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

/** Messages between Transload and Node.js programs on amqplib, as {@code docs/wire-format.md} says. */
@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RabbitMqVersion#underTest")
class AmqplibInteropIT {

    record Email(String to, String subject, String body) {}

    private static final Email WELCOME = new Email("user@example.com", "Welcome", "가입을 환영합니다!");

    private static InteropPrograms node;

    @Parameter
    RabbitMqVersion version;

    private final String name = "interop-" + UUID.randomUUID().toString().substring(0, 8);
    private String uri = "";
    private MqClient mq;

    @BeforeAll
    static void install() {
        node = InteropPrograms.node("amqplib");
    }

    @BeforeEach
    void connect() {
        uri = RabbitMqBroker.shared(version).uri().toString();
        mq = MqClient.connect(uri);
    }

    @AfterEach
    void disconnect() {
        mq.close();
    }

    @Test
    void aBareMessageInAQueueOfTheirsIsConsumed() throws InterruptedException {
        Queue<Email> emails = Queue.of(name, Email.class);
        node.run("produce.mjs", uri, name, "bare");

        BlockingQueue<Delivery<Email>> got = new LinkedBlockingQueue<>();
        try (Subscription mailer = mq.subscribe(emails, got::add)) {
            Delivery<Email> delivery = next(got);

            assertThat(delivery.payload()).isEqualTo(WELCOME);
            assertThat(delivery.attempt()).isEqualTo(1);
            Message message = delivery.message();
            assertThat(message.idAssigned()).isTrue();
            assertThat(message.id()).isNotEmpty();
            assertThat(message.headers()).isEmpty();
            assertThat(message.key()).isNull();
            assertThat(message.type()).isNull();
            assertThat(message.timestamp()).isZero();
        }
        assertThat(mq.admin().depth(emails)).as("acked").hasValue(0);
    }

    @Test
    void everyPropertyOfTheirsArrives() throws InterruptedException {
        Queue<Email> emails = Queue.of(name, Email.class);
        mq.admin().create(emails);
        node.run("produce.mjs", uri, name, "full");

        BlockingQueue<Delivery<Email>> got = new LinkedBlockingQueue<>();
        try (Subscription mailer = mq.subscribe(emails, got::add)) {
            Message message = next(got).message();

            assertThat(message.id()).isEqualTo("node-1");
            assertThat(message.idAssigned()).isFalse();
            assertThat(message.key()).isEqualTo("user-7");
            assertThat(message.type()).isEqualTo("email.welcome");
            assertThat(message.contentType()).isEqualTo("application/json");
            assertThat(message.correlationId()).isEqualTo("sign-up-7");
            assertThat(message.timestamp()).isEqualTo(1_700_000_000_000L);
            assertThat(message.headers()).isEqualTo(Map.of("tenant", "blue", "attempts", "3", "urgent", "true"));
        }
    }

    @Test
    void everyPropertyOfOursIsReadable() {
        Queue<Email> emails = Queue.of(name, Email.class);
        SendOptions options = SendOptions.id("java-1")
                .key("user-7")
                .type("email.welcome")
                .correlationId("sign-up-7")
                .ttl(Duration.ofHours(1))
                .header("tenant", "파랑");
        mq.send(emails, WELCOME, options);

        JsonNode seen = JsonMapper.shared()
                .readTree(node.run("consume.mjs", uri, name, "1").get(0));

        Email email = JsonMapper.shared().readValue(body(seen), Email.class);
        assertThat(email).isEqualTo(WELCOME);
        assertThat(seen.get("exchange").asString()).isEmpty();
        assertThat(seen.get("routingKey").asString()).isEqualTo(name);
        JsonNode properties = seen.get("properties");
        assertThat(properties.propertyNames())
                .containsExactlyInAnyOrder(
                        "headers", "messageId", "type", "contentType", "correlationId", "timestamp", "deliveryMode");
        assertThat(properties.get("messageId").asString()).isEqualTo("java-1");
        assertThat(properties.get("type").asString()).isEqualTo("email.welcome");
        assertThat(properties.get("contentType").asString()).isEqualTo("application/json");
        assertThat(properties.get("correlationId").asString()).isEqualTo("sign-up-7");
        assertThat(properties.get("deliveryMode").asInt()).isEqualTo(2);
        JsonNode headers = properties.get("headers");
        assertThat(headers.get("tenant").asString()).isEqualTo("파랑");
        assertThat(headers.get("mq-key").asString()).isEqualTo("user-7");
        assertThat(headers.get("mq-ttl").asLong()).isEqualTo(3_600_000L);
        assertThat(headers.get("mq-timestamp").asLong() / 1000)
                .isEqualTo(properties.get("timestamp").asLong());
    }

    @Test
    void anEventOfOursReachesAProgramThatReadsAGroup() {
        Topic<String> orders = Topic.of(name, String.class);
        mq.subscribe(orders.group("node"), delivery -> {}).close();
        mq.send(orders, "order-1 placed");

        JsonNode seen = JsonMapper.shared()
                .readTree(node.run("consume.mjs", uri, name + "--node", "1").get(0));

        assertThat(new String(body(seen), StandardCharsets.UTF_8)).isEqualTo("order-1 placed");
        assertThat(seen.get("exchange").asString()).isEqualTo(name);
        assertThat(seen.get("routingKey").asString()).isEqualTo(name);
    }

    @Test
    void theyAskAndWeAnswer() {
        Queue<String> questions = Queue.of(name, String.class);
        try (Subscription server = mq.reply(questions, String.class, question -> question + "? 42")) {
            List<String> printed = node.run("ask.mjs", uri, name, "the answer");

            JsonNode reply = JsonMapper.shared().readTree(printed.get(0));
            assertThat(new String(body(reply), StandardCharsets.UTF_8)).isEqualTo("the answer? 42");
            assertThat(reply.get("correlationId").asString()).isEqualTo("question-1");
        }
    }

    @Test
    void weAskAndTheyAnswer() {
        InteropPrograms.Running server = node.start("answer.mjs", uri, name);
        assertThat(server.awaitLine()).isEqualTo("ready");

        String reply = mq.request(Queue.of(name, String.class), "stressed", String.class, Duration.ofSeconds(20));

        assertThat(reply).isEqualTo("desserts");
        server.awaitEnd();
    }

    private static byte[] body(JsonNode seen) {
        return Base64.getDecoder().decode(seen.get("body").asString());
    }

    private static <T> Delivery<T> next(BlockingQueue<Delivery<T>> deliveries) throws InterruptedException {
        Delivery<T> delivery = deliveries.poll(20, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery within 20 s").isNotNull();
        return delivery;
    }
}
