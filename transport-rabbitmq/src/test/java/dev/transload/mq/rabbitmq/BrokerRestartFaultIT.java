package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Health;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The broker dies and comes back. */
@ParameterizedClass
@MethodSource("dev.transload.mq.rabbitmq.FaultBrokers#versions")
@ExtendWith(FaultBrokers.class)
class BrokerRestartFaultIT {

    private static final Duration LONG = Duration.ofSeconds(90);
    private static final int MESSAGES = Integer.getInteger("mq.test.faults.messages", 20_000);
    private static final int KEYS = 16;

    @Parameter
    RabbitMqVersion version;

    private final Queue<String> queue =
            Queue.of(Spi.unique("restart"), String.class).ordered();
    private RabbitMqBroker broker;

    @BeforeEach
    void connect() {
        broker = FaultBrokers.of(version);
    }

    @Test
    void aBrokerKilledUnderLoadLosesNothingConfirmedAndKeepsTheOrderOfEveryKey() {
        Traffic traffic = new Traffic(queue, 97);
        try (MqClient mq = client(traffic)) {
            Subscription subscription = mq.subscribe(
                    queue,
                    traffic::handle,
                    SubscribeOptions.builder()
                            .concurrency(8)
                            .retry(RetryPolicy.fixed(3, Duration.ofMillis(100)))
                            .build());
            warmUp(mq, traffic);

            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                for (int i = 1; i <= MESSAGES; i++) {
                    traffic.send(mq, "key" + i % KEYS, i);
                }
            });
            await("a quarter is handled").atMost(LONG).until(() -> traffic.ledger.calls() > MESSAGES / 4);
            traffic.ledger.fault("kill");
            broker.kill();
            await("the client sees it")
                    .atMost(LONG)
                    .until(() -> mq.health().status() == Health.Status.DOWN && traffic.reconnecting.get() == 1);
            assertThat(sender).as("the load goes on").isNotDone();
            broker.start();
            await("the client is back")
                    .atMost(LONG)
                    .until(() -> mq.health().status() == Health.Status.UP && traffic.reconnected.get() == 1);
            traffic.ledger.recovered("kill");
            sender.join();
            traffic.awaitSound(LONG);

            assertThat(traffic.ledger.sendsFailed())
                    .as(traffic.ledger.toString())
                    .isZero();
            assertThat(traffic.ledger.confirmedCount()).isEqualTo(MESSAGES + 1L);
            assertThat(traffic.ledger.failures()).as("failures were part of it").isPositive();
            assertThat(subscription.state()).isEqualTo(Subscription.State.RUNNING);
            assertThat(traffic.subscriptionsFailed).isEmpty();
            assertThat(mq.deadLetters(queue).count()).isZero();
            System.out.println(version + ": " + traffic.ledger);
        }
    }

    private MqClient client(Traffic traffic) {
        return MqClient.builder(broker.uri() + "?maxReconnectDelay=500ms")
                .sendTimeout(LONG)
                .connectTimeout(Duration.ofSeconds(5))
                .listener(traffic)
                .connect();
    }

    // One message that fails, so that all places there will be are there.
    private static void warmUp(MqClient mq, Traffic traffic) {
        traffic.send(mq, "first", 0);
        await("a message has failed and been retried").atMost(LONG).until(() -> traffic.ledger.calls() == 2);
        awaitWrittenDown();
    }

    private static void awaitWrittenDown() {
        await("the broker has written down which log belongs to which queue, which it does half a second late")
                .pollDelay(Duration.ofMillis(1_500))
                .until(() -> true);
    }
}
