package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Health;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.tck.Direction;
import dev.transload.mq.tck.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The link to the broker breaks in the middle of sends, deliveries and acks. */
@ParameterizedClass
@MethodSource("dev.transload.mq.rabbitmq.FaultBrokers#versions")
@ExtendWith(FaultBrokers.class)
class LinkFaultIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int CUTS = Integer.getInteger("mq.test.faults.cuts", 20);

    @Parameter
    RabbitMqVersion version;

    private final Queue<String> queue = Queue.of(Spi.unique("link"), String.class);
    private final AtomicBoolean stop = new AtomicBoolean();
    private RabbitMqBroker broker;
    private TcpProxy proxy;

    @BeforeEach
    void connect() {
        broker = FaultBrokers.of(version);
        proxy = broker.proxy();
    }

    @AfterEach
    void close() {
        stop.set(true);
        proxy.close();
    }

    @Test
    void cutsInTheMiddleOfSendsAndAcksLoseNothingConfirmedAndKeepTheOrderOfEveryKey() {
        Queue<String> loaded = queue.ordered();
        Traffic traffic = new Traffic(loaded, 53);
        try (MqClient mq = client(traffic, LONG, Duration.ofSeconds(20))) {
            Subscription subscription = subscribe(mq, loaded, traffic);
            CompletableFuture<Void> sender = sendUntilStopped(mq, traffic);
            for (int i = 0; i < CUTS; i++) {
                awaitProgress(traffic);
                int before = traffic.reconnected.get();
                traffic.ledger.fault("cut " + i);
                switch (i % 3) {
                    case 0 -> proxy.cut();
                    case 1 -> proxy.cutAfter(Direction.TO_BROKER, 1_000 + 777L * i);
                    default -> proxy.cutAfter(Direction.TO_CLIENT, 1_000 + 777L * i);
                }
                await("the client is back")
                        .atMost(LONG)
                        .until(() -> traffic.reconnected.get() > before
                                && mq.health().status() == Health.Status.UP);
                traffic.ledger.recovered("cut " + i);
            }
            awaitProgress(traffic);
            stop.set(true);
            sender.join();
            traffic.awaitSound(LONG);

            assertThat(traffic.ledger.sendsFailed())
                    .as(traffic.ledger.toString())
                    .isZero();
            assertThat(proxy.cuts()).isGreaterThanOrEqualTo(CUTS);
            assertThat(traffic.ledger.duplicates()).as("cuts met deliveries").isPositive();
            assertThat(subscription.state()).isEqualTo(Subscription.State.RUNNING);
            assertThat(mq.deadLetters(loaded).count()).isZero();
            System.out.println(version + ": " + traffic.ledger);
        }
    }

    @Test
    void requestsFailAtOnceWhenTheirInboxIsLostAndLaterOnesAreAnswered() {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        Traffic events = new Traffic(queue, 0);
        try (MqClient server = MqClient.connect(broker.uri());
                MqClient mq = client(events, LONG, Duration.ofSeconds(20))) {
            server.reply(
                    queue,
                    String.class,
                    question -> {
                        asked.incrementAndGet();
                        answer.await();
                        return "re " + question;
                    },
                    SubscribeOptions.builder().concurrency(20).build());
            List<CompletableFuture<String>> pending = IntStream.range(0, 10)
                    .mapToObj(i -> mq.requestAsync(queue, "q" + i, String.class, LONG))
                    .toList();
            await("all are asked").atMost(LONG).until(() -> asked.get() == 10);

            proxy.cut();

            assertThat(pending)
                    .allSatisfy(one -> assertThat(one)
                            .failsWithin(Duration.ofSeconds(5))
                            .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                            .withCauseInstanceOf(ConnectionLostException.class));
            answer.countDown();
            await("the client is back").atMost(LONG).until(() -> events.reconnected.get() == 1);
            assertThat(mq.request(queue, "again", String.class, LONG)).isEqualTo("re again");
        }
    }

    private static Subscription subscribe(MqClient mq, Queue<String> from, Traffic traffic) {
        return mq.subscribe(
                from,
                traffic::handle,
                SubscribeOptions.builder()
                        .concurrency(8)
                        // Twenty cuts can look like twenty crashes of one message.
                        .retry(RetryPolicy.fixed(50, Duration.ofMillis(20)))
                        .build());
    }

    private CompletableFuture<Void> sendUntilStopped(MqClient mq, Traffic traffic) {
        return CompletableFuture.runAsync(() -> {
            for (int i = 1; !stop.get(); i++) {
                traffic.send(mq, "key" + i % 8, i);
                // Load, not a race: what is open stays small, so that the load lasts as long as the faults.
                if (i % 100 == 0) {
                    traffic.awaitSendsEnded(LONG);
                }
            }
        });
    }

    private static void awaitProgress(Traffic traffic) {
        long confirmed = traffic.ledger.confirmedCount() + 100;
        long calls = traffic.ledger.calls() + 100;
        await("messages pass")
                .atMost(LONG)
                .until(() -> traffic.ledger.confirmedCount() > confirmed && traffic.ledger.calls() > calls);
    }

    private MqClient client(Traffic traffic, Duration sendTimeout, Duration heartbeat) {
        return MqClient.builder(
                        broker.uriVia(proxy) + "?maxReconnectDelay=200ms&heartbeat=" + heartbeat.toSeconds() + "s")
                .sendTimeout(sendTimeout)
                .connectTimeout(Duration.ofSeconds(2))
                .listener(traffic)
                .connect();
    }
}
