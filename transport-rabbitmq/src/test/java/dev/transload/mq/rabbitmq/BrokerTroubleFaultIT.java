package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Health;
import dev.transload.mq.Queue;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The broker lives and is not well: it blocks senders, or someone deletes what is in use. */
@ParameterizedClass
@MethodSource("dev.transload.mq.rabbitmq.FaultBrokers#versions")
@ExtendWith(FaultBrokers.class)
class BrokerTroubleFaultIT {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Parameter
    RabbitMqVersion version;

    private final Queue<String> queue = Queue.of(Spi.unique("trouble"), String.class);
    private final List<String> handled = new CopyOnWriteArrayList<>();
    private RabbitMqBroker broker;

    @BeforeEach
    void connect() {
        broker = FaultBrokers.of(version);
    }

    @Test
    void sendsToABrokerThatBlocksThemWaitForTheirTimeAndGoOnAfterwards() {
        try (MqClient hasty = client(Duration.ofSeconds(2), new Traffic(queue, 0));
                MqClient patient = client(LONG, new Traffic(queue, 0))) {
            hasty.send(queue, "hasty before");
            patient.send(queue, "patient before");
            broker.raiseMemoryAlarm();
            CompletableFuture<String> waiting;
            try {
                waiting = patient.sendAsync(queue, "patient");
                long start = System.nanoTime();
                assertThatThrownBy(() -> hasty.send(queue, "hasty"))
                        .isInstanceOfSatisfying(
                                SendTimeoutException.class,
                                late -> assertThat(late.retryable()).isTrue())
                        .hasMessageContaining(queue.name());
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));

                // Who only receives is not blocked.
                patient.subscribe(queue, delivery -> handled.add(delivery.payload()));
                await("what was sent before is received")
                        .atMost(LONG)
                        .until(() -> handled.containsAll(List.of("hasty before", "patient before")));
                assertThat(waiting).isNotDone();
                assertThat(handled).doesNotContain("patient");
            } finally {
                broker.clearMemoryAlarm();
            }

            assertThat(waiting).succeedsWithin(LONG);
            hasty.send(queue, "hasty after");
            await("all is received").atMost(LONG).until(() -> handled.containsAll(List.of("patient", "hasty after")));
        }
    }

    @Test
    void aSubscriptionWhoseQueueIsDeletedSaysSoAndTheQueueCanBeUsedAgain() {
        Traffic events = new Traffic(queue, 0);
        try (MqClient mq = client(LONG, events)) {
            Subscription subscription = mq.subscribe(queue, delivery -> handled.add(delivery.payload()));
            mq.send(queue, "before");
            await("it is received").atMost(LONG).until(() -> handled.contains("before"));

            broker.exec("rabbitmqctl", "delete_queue", queue.name());

            await("the listener is told").atMost(LONG).until(() -> !events.subscriptionsFailed.isEmpty());
            assertThat(events.subscriptionsFailed)
                    .singleElement()
                    .isInstanceOf(DestinationNotFoundException.class)
                    .asString()
                    .contains(queue.name());
            assertThat(subscription.state()).isEqualTo(Subscription.State.FAILED);
            assertThat(subscription.health().status()).isEqualTo(Health.Status.DOWN);
            assertThat(mq.health().status()).as(mq.health().toString()).isEqualTo(Health.Status.DEGRADED);

            mq.send(queue, "made again by a send");
            mq.subscribe(queue, delivery -> handled.add(delivery.payload()));
            await("it is received").atMost(LONG).until(() -> handled.contains("made again by a send"));
            assertThat(mq.health().status()).as(mq.health().toString()).isEqualTo(Health.Status.UP);
        }
    }

    private MqClient client(Duration sendTimeout, Traffic events) {
        return MqClient.builder(broker.uri() + "?maxReconnectDelay=500ms")
                .sendTimeout(sendTimeout)
                .listener(events)
                .connect();
    }
}
