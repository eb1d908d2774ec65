package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.CloseReport;
import dev.transload.mq.Delivery;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.tck.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A client is closed in the middle of its work, again and again, and others go on with what it left. */
@ParameterizedClass
@MethodSource("dev.transload.mq.rabbitmq.FaultBrokers#versions")
@ExtendWith(FaultBrokers.class)
class CloseFaultIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration MARGIN = Duration.ofSeconds(4);
    private static final int CLOSES = Integer.getInteger("mq.test.faults.closes", 20);

    @Parameter
    RabbitMqVersion version;

    private final Queue<String> queue = Queue.of(Spi.unique("close"), String.class);
    private final CountDownLatch never = new CountDownLatch(1);

    @Test
    void closingUnderLoadLosesNothingAndLeavesNothingBehind() {
        closeUnderLoad(queue, CLOSES);
    }

    @Test
    void closingUnderLoadKeepsTheOrderOfEveryKey() {
        closeUnderLoad(queue.ordered(), CLOSES / 2);
    }

    private void closeUnderLoad(Queue<String> loaded, int closes) {
        RabbitMqBroker broker = FaultBrokers.of(version);
        Traffic traffic = new Traffic(loaded, 0);
        long slowest = 0;
        for (int i = 0; i < closes; i++) {
            // Every fourth client is closed without mercy: handlers are interrupted, sends are cut off.
            boolean harsh = i % 4 == 3;
            slowest = Math.max(slowest, closeOnce(broker.uri().toString(), loaded, traffic, i, harsh));
        }
        awaitNoThread();
        try (MqClient last = MqClient.connect(broker.uri())) {
            last.subscribe(
                    loaded,
                    traffic::handle,
                    SubscribeOptions.builder().concurrency(8).build());
            traffic.awaitSound(LONG);
            assertThat(last.deadLetters(loaded).count()).isZero();
        }
        System.out.println(version + ": slowest close " + slowest / 1_000_000 + " ms, " + traffic.ledger);
    }

    private long closeOnce(String uri, Queue<String> loaded, Traffic traffic, int round, boolean harsh) {
        MqClient mq = MqClient.builder(uri).clientId("closing-" + round).connect();
        AtomicBoolean closed = new AtomicBoolean();
        AtomicInteger late = new AtomicInteger();
        mq.subscribe(
                loaded,
                delivery -> {
                    if (closed.get()) {
                        late.incrementAndGet();
                    }
                    work(traffic, delivery, harsh);
                },
                SubscribeOptions.builder()
                        .concurrency(16)
                        .prefetch(200)
                        .retry(RetryPolicy.immediate(50))
                        .build());
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (int s = 0; s < 4; s++) {
            String sender = "r" + round + "s" + s;
            senders.add(CompletableFuture.runAsync(() -> {
                int n = 1;
                while (traffic.send(mq, sender, n)) {
                    n++;
                }
            }));
        }
        long before = traffic.ledger.calls();
        await("it is under load").atMost(LONG).until(() -> traffic.ledger.calls() > before + 200 + 37L * round);

        if (harsh) {
            traffic.ledger.fault("harsh close " + round);
        }
        Duration deadline = harsh ? Duration.ofMillis(50) : Duration.ofSeconds(10);
        traffic.failedSends.clear();
        long start = System.nanoTime();
        CloseReport report = mq.close(deadline);
        long took = System.nanoTime() - start;
        closed.set(true);

        assertThat(Duration.ofNanos(took)).as("close %d: %s", round, report).isLessThan(deadline.plus(MARGIN));
        senders.forEach(CompletableFuture::join);
        traffic.awaitSendsEnded(Duration.ofSeconds(2));
        if (harsh) {
            await("interrupted handlers end").atMost(LONG).until(() -> noThreadOf("closing-" + round));
            traffic.ledger.recovered("harsh close " + round);
        } else {
            assertThat(report.clean())
                    .as("close %d: %s after %d ms, %s", round, report, took / 1_000_000, traffic.failedSends)
                    .isTrue();
            assertThat(report.sendsFailed()).as("close %d: %s", round, report).isZero();
            assertThat(report.ackUnknown()).as("close %d: %s", round, report).isEmpty();
            assertThat(report.interrupted()).as("close %d: %s", round, report).isZero();
        }
        assertThat(late)
                .as("handler calls begun after close %d had returned", round)
                .hasValue(0);
        return took;
    }

    // Most end at once, some take a while; of a client that is closed without mercy some take longer than that.
    private void work(Traffic traffic, Delivery<String> delivery, boolean harsh) throws InterruptedException {
        int number = Integer.parseInt(delivery.payload());
        if (number % 20 == 0) {
            traffic.ledger.started(delivery.id());
            try {
                var unused = never.await(harsh && number % 200 == 0 ? 2_000 : 10, TimeUnit.MILLISECONDS);
            } catch (InterruptedException interrupted) {
                traffic.ledger.failed(delivery.id());
                throw interrupted;
            }
            traffic.ledger.done(delivery.id());
        } else {
            traffic.handle(delivery);
        }
    }

    @Test
    void closingWhileTheBrokerIsAwayKeepsItsDeadlineAndTellsWhatIsNotKnown() {
        RabbitMqBroker broker = FaultBrokers.of(version);
        Traffic traffic = new Traffic(queue, 0);
        try (TcpProxy proxy = broker.proxy()) {
            MqClient mq = MqClient.builder(broker.uriVia(proxy) + "?maxReconnectDelay=200ms")
                    .connectTimeout(Duration.ofSeconds(2))
                    .listener(traffic)
                    .connect();
            mq.subscribe(
                    queue,
                    traffic::handle,
                    SubscribeOptions.builder().concurrency(8).build());
            // Fewer in all than may be unconfirmed at once: none of them waits for room until it times out.
            traffic.send(mq, "before", 0, 600);
            await("it is under load").atMost(LONG).until(() -> traffic.ledger.calls() > 200);
            traffic.ledger.fault("down");
            proxy.freeze();
            traffic.send(mq, "stuck", 0, 300);

            long start = System.nanoTime();
            CloseReport report = mq.close(Duration.ofSeconds(2));

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(2).plus(MARGIN));
            traffic.awaitSendsEnded(Duration.ofSeconds(2));
            assertThat(report.clean()).as(report.toString()).isFalse();
            assertThat(report.sendsFailed()).as(report.toString()).isEqualTo(traffic.ledger.sendsFailed());
        }
        awaitNoThread();
        try (MqClient last = MqClient.connect(broker.uri())) {
            last.subscribe(queue, traffic::handle);
            traffic.awaitSound(LONG);
        }
    }

    private static void awaitNoThread() {
        await("no thread is left")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(threads()).isEmpty());
    }

    private static boolean noThreadOf(String client) {
        return threads().stream().noneMatch(name -> name.startsWith("mq-" + client));
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> (name.startsWith("mq-") && !name.startsWith("mq-tck")) || name.contains("AMQP"))
                .toList();
    }
}
