package dev.transload.mq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages between Transload and Python programs on boto3, by SQS and by SNS, as {@code docs/wire-format.md} says. */
class Boto3InteropIT {

    record Order(int orderId, int amount) {}

    private static final Order ORDER = new Order(123, 50_000);

    private static InteropPrograms python;

    private final String name = "interop-" + UUID.randomUUID().toString().substring(0, 8);
    private MqClient mq;

    @BeforeAll
    static void install() {
        SqsBroker broker = SqsBroker.shared(SqsVersion.LOCALSTACK);
        python = InteropPrograms.python(
                "boto3",
                Map.of(
                        "AWS_ENDPOINT_URL", broker.endpoint().toString(),
                        "AWS_ACCESS_KEY_ID", SqsBroker.ACCESS_KEY,
                        "AWS_SECRET_ACCESS_KEY", SqsBroker.SECRET_KEY,
                        "AWS_DEFAULT_REGION", SqsBroker.REGION));
    }

    @BeforeEach
    void connect() {
        SqsBroker broker = SqsBroker.shared(SqsVersion.LOCALSTACK);
        mq = MqClient.connect("sqs://" + SqsBroker.ACCESS_KEY + ":" + SqsBroker.SECRET_KEY + "@" + broker.host() + ":"
                + broker.port() + "?region=" + SqsBroker.REGION);
    }

    @AfterEach
    void disconnect() {
        mq.close();
    }

    @Test
    void aBareMessageInAQueueOfTheirsIsConsumed() throws InterruptedException {
        String id = python.run("produce.py", name, "bare").get(0);

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription processor = mq.subscribe(Queue.of(name, Order.class), got::add)) {
            Delivery<Order> delivery = next(got);

            assertThat(delivery.payload()).isEqualTo(ORDER);
            assertThat(delivery.attempt()).isEqualTo(1);
            Message message = delivery.message();
            assertThat(message.idAssigned()).isFalse();
            assertThat(message.id()).as("the one SQS gave it").isEqualTo(id);
            assertThat(message.key()).isNull();
            assertThat(message.headers()).isEmpty();
            assertThat(message.timestamp())
                    .as("when SQS stored it")
                    .isBetween(System.currentTimeMillis() - 120_000, System.currentTimeMillis() + 120_000);
        }
    }

    @Test
    void everyFieldOfTheirsArrives() throws InterruptedException {
        Queue<Order> orders = Queue.of(name, Order.class);
        mq.admin().create(orders);
        python.run("produce.py", name, "full");

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription processor = mq.subscribe(orders, got::add)) {
            Delivery<Order> delivery = next(got);

            assertThat(delivery.payload()).isEqualTo(ORDER);
            Message message = delivery.message();
            assertThat(message.id()).isEqualTo("boto3-1");
            assertThat(message.key()).isEqualTo("order-123");
            assertThat(message.type()).isEqualTo("order.placed");
            assertThat(message.contentType()).isEqualTo("application/json");
            assertThat(message.correlationId()).isEqualTo("cart-7");
            assertThat(message.timestamp()).isEqualTo(1_700_000_000_000L);
            assertThat(message.headers()).isEqualTo(Map.of("tenant", "파랑", "attempts", "3"));
        }
    }

    @Test
    void aMessageGroupOfTheirsIsAKeyInItsOrder() throws InterruptedException {
        python.run("produce.py", name + ".fifo", "fifo");

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription processor = mq.subscribe(Queue.of(name, Order.class).ordered(), got::add)) {
            for (int amount : IntStream.rangeClosed(1, 3).toArray()) {
                Delivery<Order> delivery = next(got);

                assertThat(delivery.payload().amount()).isEqualTo(amount);
                assertThat(delivery.key()).contains("order-123");
            }
        }
    }

    @Test
    void everyFieldOfOursIsReadable() {
        SendOptions options = SendOptions.id("java-1")
                .key("order-123")
                .type("order.placed")
                .correlationId("cart-7")
                .ttl(Duration.ofHours(1))
                .header("tenant", "파랑");
        mq.send(Queue.of(name, Order.class).ordered(), ORDER, options);

        JsonNode seen = consumed(name + ".fifo");

        assertThat(order(seen.get("body").asString())).isEqualTo(ORDER);
        assertThat(seen.get("system").get("MessageGroupId").asString()).isEqualTo("order-123");
        assertThat(seen.get("system").get("MessageDeduplicationId").asString()).isEqualTo("java-1");
        JsonNode attributes = seen.get("attributes");
        assertThat(attributes.propertyNames())
                .allMatch(attribute -> attribute.startsWith("mq-") || attribute.equals("tenant"));
        assertThat(attributes.get("mq-id").asString()).isEqualTo("java-1");
        assertThat(attributes.get("mq-type").asString()).isEqualTo("order.placed");
        assertThat(attributes.get("mq-content-type").asString()).isEqualTo("application/json");
        assertThat(attributes.get("mq-correlation-id").asString()).isEqualTo("cart-7");
        assertThat(attributes.get("mq-ttl").asString()).isEqualTo("3600000");
        assertThat(Long.parseLong(attributes.get("mq-timestamp").asString()))
                .isBetween(System.currentTimeMillis() - 120_000, System.currentTimeMillis() + 120_000);
        assertThat(attributes.get("tenant").asString()).isEqualTo("파랑");
    }

    @Test
    void anEnvelopeOfSnsIsOpened() throws InterruptedException {
        python.run("subscribe.py", name + "-news", name);
        String id = python.run("publish.py", name + "-news").get(0);

        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription reader = mq.subscribe(Queue.of(name, Order.class), got::add)) {
            Delivery<Order> delivery = next(got);

            assertThat(delivery.payload()).isEqualTo(ORDER);
            assertThat(delivery.id()).as("the one SNS gave it").isEqualTo(id);
            assertThat(delivery.message().headers()).isEqualTo(Map.of("tenant", "blue"));
        }
    }

    @Test
    void whatTheyPublishReachesOurGroup() throws InterruptedException {
        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription billing =
                mq.subscribe(Topic.of(name + ".placed", Order.class).group("billing"), got::add)) {
            python.run("publish.py", name, name + ".placed");

            Delivery<Order> delivery = next(got);

            assertThat(delivery.payload()).isEqualTo(ORDER);
            assertThat(delivery.message().headers()).isEqualTo(Map.of("tenant", "blue"));
        }
    }

    @Test
    void anEventOfOursReachesTheirQueueBesideOurGroup() throws InterruptedException {
        Topic<Order> orders = Topic.of(name, Order.class);
        BlockingQueue<Delivery<Order>> got = new LinkedBlockingQueue<>();
        try (Subscription billing = mq.subscribe(orders.group("billing"), got::add)) {
            python.run("subscribe.py", name, name + "-theirs");
            mq.send(orders, ORDER, SendOptions.id("java-1"));

            JsonNode envelope = JsonMapper.shared()
                    .readTree(consumed(name + "-theirs").get("body").asString());

            assertThat(order(envelope.get("Message").asString())).isEqualTo(ORDER);
            assertThat(envelope.get("MessageAttributes")
                            .get("mq-id")
                            .get("Value")
                            .asString())
                    .isEqualTo("java-1");
            assertThat(next(got).payload()).isEqualTo(ORDER);
        }
    }

    @Test
    void theyAskAndWeAnswer() {
        Queue<String> questions = Queue.of(name, String.class);
        try (Subscription server = mq.reply(questions, String.class, question -> question + "? 42")) {
            List<String> printed = python.run("ask.py", name, "the answer");

            JsonNode reply = JsonMapper.shared().readTree(printed.get(0));
            assertThat(reply.get("body").asString()).isEqualTo("the answer? 42");
            assertThat(reply.get("attributes").get("mq-correlation-id").asString())
                    .isEqualTo("question-1");
        }
    }

    @Test
    void weAskAndTheyAnswer() {
        Queue<String> questions = Queue.of(name, String.class);
        mq.admin().create(questions);
        InteropPrograms.Running server = python.start("answer.py", name);

        String reply = mq.request(questions, "stressed", String.class, Duration.ofSeconds(30));

        assertThat(reply).isEqualTo("desserts");
        server.awaitEnd();
    }

    private static JsonNode consumed(String queue) {
        return JsonMapper.shared().readTree(python.run("consume.py", queue, "1").get(0));
    }

    private static Order order(String json) {
        return JsonMapper.shared().readValue(json, Order.class);
    }

    private static <T> Delivery<T> next(BlockingQueue<Delivery<T>> deliveries) throws InterruptedException {
        Delivery<T> delivery = deliveries.poll(30, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery within 30 s").isNotNull();
        return delivery;
    }
}
