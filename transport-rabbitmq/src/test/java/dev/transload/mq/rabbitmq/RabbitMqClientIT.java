package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.transload.mq.DeadLetter;
import dev.transload.mq.Idempotency;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RemoteHandlerException;
import dev.transload.mq.RequestTimeoutException;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole way through the client. */
@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RabbitMqVersion#underTest")
class RabbitMqClientIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Parameter
    RabbitMqVersion version;

    private RabbitMqBroker broker;
    private MqClient mq;
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private final Queue<String> queue = Queue.of(Spi.unique("jobs"), String.class);

    @BeforeEach
    void connect() {
        broker = RabbitMqBroker.shared(version);
        mq = MqClient.connect(broker.uri());
    }

    @AfterEach
    void close() {
        mq.close();
    }

    @Test
    void anExchangeStaysWhileOneOfItsTopicsIsThere() throws Exception {
        String first = Spi.unique("shop");
        Topic<String> stays = Topic.of(first + ".orders", String.class);
        Topic<String> goes = Topic.of(first + ".invoices", String.class);
        mq.send(stays, "nobody hears this");
        mq.send(goes, "nor this");

        mq.admin().delete(goes);
        assertThat(hasExchange(first)).isTrue();
        mq.admin().delete(stays);
        assertThat(hasExchange(first)).isFalse();
    }

    private boolean hasExchange(String name) throws Exception {
        ConnectionFactory broker = new ConnectionFactory();
        broker.setUri("amqp"
                + this.broker
                        .uri()
                        .toString()
                        .substring(this.broker.uri().getScheme().length()));
        try (Connection connection = broker.newConnection()) {
            connection.createChannel().exchangeDeclarePassive(name);
            return true;
        } catch (IOException missing) {
            return false;
        }
    }

    @Test
    void aPoisonedMessageIsRetriedDeadLetteredShownAndRedriven() {
        AtomicBoolean repaired = new AtomicBoolean();
        mq.subscribe(
                queue,
                delivery -> {
                    handled.add(delivery.payload() + " " + delivery.attempt());
                    if (!repaired.get()) {
                        throw new IllegalStateException("no such user");
                    }
                },
                SubscribeOptions.builder()
                        .retry(RetryPolicy.fixed(3, Duration.ofMillis(300)))
                        .build());
        mq.send(queue, "welcome");

        await("it is set aside")
                .atMost(SOON)
                .until(() -> mq.deadLetters(queue).browse(10).size() == 1);
        DeadLetter dead = mq.deadLetters(queue).browse(10).get(0);
        assertThat(handled).containsExactly("welcome 1", "welcome 2", "welcome 3");
        assertThat(dead.failure().type()).endsWith("IllegalStateException");
        assertThat(dead.failure().message()).isEqualTo("no such user");

        repaired.set(true);
        mq.deadLetters(queue).redrive(Redrive.all());

        await("it is handled").atMost(SOON).until(() -> handled.size() == 4);
        assertThat(handled).endsWith("welcome 1");
        await("nothing is left")
                .atMost(SOON)
                .until(() -> mq.deadLetters(queue).browse(10).isEmpty());
    }

    @Test
    void messagesOfAKeyKeepTheirOrderWhileOneIsRetried() {
        Queue<String> orders = Queue.of(Spi.unique("orders"), String.class).ordered();
        AtomicInteger failures = new AtomicInteger(2);
        mq.subscribe(
                orders,
                delivery -> {
                    if (delivery.payload().equals("a1") && failures.getAndDecrement() > 0) {
                        handled.add("a1!");
                        throw new IllegalStateException();
                    }
                    handled.add(delivery.payload());
                },
                SubscribeOptions.builder()
                        .concurrency(4)
                        .retry(RetryPolicy.fixed(3, Duration.ofMillis(500)))
                        .build());
        for (String payload : List.of("a1", "a2", "b1", "b2", "a3")) {
            mq.send(orders, payload, SendOptions.key(payload.substring(0, 1)));
        }

        await("all are handled").atMost(SOON).until(() -> handled.size() == 7);
        assertThat(handled).filteredOn(h -> h.startsWith("a")).containsExactly("a1!", "a1!", "a1", "a2", "a3");
        assertThat(handled).filteredOn(h -> h.startsWith("b")).containsExactly("b1", "b2");
    }

    @Test
    void everyGroupHandlesEveryEventAndADelayedOneIsNotEarly() {
        Topic<String> topic = Topic.of(Spi.unique("orders") + ".created", String.class);
        Map<String, List<String>> seen = new ConcurrentHashMap<>();
        for (String group : List.of("billing", "shipping")) {
            seen.put(group, new CopyOnWriteArrayList<>());
            mq.subscribe(topic.group(group), d -> seen.get(group).add(d.payload()));
        }
        seen.put("everybody", new CopyOnWriteArrayList<>());
        mq.subscribe(topic.ephemeral(), d -> seen.get("everybody").add(d.payload()));

        long start = System.nanoTime();
        mq.send(topic, "later", SendOptions.delay(Duration.ofMillis(800)));
        mq.send(topic, "now");

        await("all have both").atMost(SOON).until(() -> seen.values().stream().allMatch(all -> all.size() == 2));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(800));
        assertThat(seen.values()).allSatisfy(all -> assertThat(all).containsExactly("now", "later"));
    }

    @Test
    void aRequestGetsAReplyAnErrorOrATimeout() {
        mq.reply(queue, String.class, question -> {
            if (question.equals("fail")) {
                throw new IllegalArgumentException("bad question");
            }
            return "re: " + question;
        });

        assertThat(mq.request(queue, "hello", String.class, Duration.ofSeconds(10)))
                .isEqualTo("re: hello");
        assertThatThrownBy(() -> mq.request(queue, "fail", String.class, Duration.ofSeconds(10)))
                .isInstanceOf(RemoteHandlerException.class)
                .hasMessageContaining("bad question");
        Queue<String> silent = Queue.of(Spi.unique("silent"), String.class);
        assertThatThrownBy(() -> mq.request(silent, "anyone?", String.class, Duration.ofMillis(500)))
                .isInstanceOf(RequestTimeoutException.class);
    }

    @Test
    void aDuplicateIsSkipped() {
        InMemoryIdempotencyStore store = new InMemoryIdempotencyStore();
        mq.subscribe(
                queue,
                delivery -> handled.add(delivery.payload()),
                SubscribeOptions.builder()
                        .idempotency(Idempotency.byMessageId(store))
                        .build());

        mq.send(queue, "once", SendOptions.id("payment-1"));
        mq.send(queue, "once", SendOptions.id("payment-1"));
        mq.send(queue, "last");

        await("all are through").atMost(SOON).until(() -> handled.contains("last"));
        assertThat(handled).containsExactlyInAnyOrder("once", "last");
    }

    @Test
    void prioritiesAreStrict() {
        Queue<String> levels = Queue.of(Spi.unique("levels"), String.class).priorities(3);
        for (int i = 0; i < 3; i++) {
            mq.send(levels, "p" + i, SendOptions.priority(i));
        }
        mq.subscribe(
                levels,
                delivery -> handled.add(delivery.payload()),
                SubscribeOptions.builder().prefetch(1).concurrency(1).build());

        await("all are handled").atMost(SOON).until(() -> handled.size() == 3);
        assertThat(handled).containsExactly("p2", "p1", "p0");
    }

    @Test
    void replayIsRefusedAloud() {
        Topic<String> kept = Topic.of(Spi.unique("kept"), String.class).retained(Duration.ofDays(1));

        assertThatThrownBy(() -> mq.subscribe(kept.group("g").fromBeginning(), d -> {}))
                .isInstanceOf(UnsupportedCapabilityException.class);
    }

    @Test
    void closingUnderLoadLosesNothingAndLeavesNoThread() {
        Set<String> all = ConcurrentHashMap.newKeySet();
        Set<String> done = ConcurrentHashMap.newKeySet();
        List<Outbound<String>> batch = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add("m" + i);
            batch.add(Outbound.of("m" + i));
        }
        mq.sendAll(queue, batch).forEach(result -> assertThat(result.failure()).isEmpty());
        for (int round = 0; round < 3; round++) {
            MqClient worker = MqClient.connect(broker.uri());
            int before = done.size();
            worker.subscribe(
                    queue,
                    delivery -> done.add(delivery.payload()),
                    SubscribeOptions.builder().concurrency(4).prefetch(50).build());
            await("some are handled").atMost(SOON).until(() -> done.size() > before + 100 || done.size() == 2_000);
            worker.close();
        }
        mq.subscribe(queue, delivery -> done.add(delivery.payload()));

        await("every message is handled").atMost(SOON).until(() -> done.equals(all));
        mq.close();
        await("threads end")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("mq-")));
    }

    @Test
    void aClientSurvivesABrokersOperatorClosingItsConnections() {
        mq.subscribe(queue, delivery -> handled.add(delivery.payload()));
        for (int i = 0; i < 200; i++) {
            mq.send(queue, "m" + i);
            if (i == 100) {
                broker.exec("rabbitmqctl", "close_all_connections", "closed by a test");
            }
        }
        await("all arrive").atMost(SOON).untilAsserted(() -> assertThat(handled).hasSizeGreaterThanOrEqualTo(200));
        assertThat(Set.copyOf(handled)).hasSize(200);
    }

    @Test
    void theExplanationNamesTheBroker() {
        assertThat(mq.explain().toString()).contains("RabbitMQ " + version.line());
    }
}
