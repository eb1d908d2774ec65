package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** Options that clients may have, on ElasticMQ: it takes message groups in standard queues, and LocalStack 4.4 does not. */
class SqsClientIT {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final SendOptions BLUE = SendOptions.header("tenant", "blue");

    private final SqsBroker broker = SqsBroker.shared(SqsVersion.ELASTICMQ);
    private final Queue<String> queue = Queue.of("fair-" + UUID.randomUUID(), String.class);
    private final MqClient mq = MqClient.connect(
            SqsTckProvider.uri(broker.endpoint(), broker.hasTopics()) + "&fairBy=tenant&visibility=2s");

    @AfterEach
    void end() {
        mq.admin().delete(queue);
        mq.close();
    }

    @Test
    void whoseAMessageIsIsItsGroupAtTheService() throws Exception {
        mq.send(queue, "x", BLUE);

        SqsAsyncClient sqs = mq.unwrap(SqsAsyncClient.class).orElseThrow();
        String url = sqs.getQueueUrl(r -> r.queueName(queue.name())).get().queueUrl();
        Message stored = sqs.receiveMessage(r -> r.queueUrl(url)
                        .waitTimeSeconds(10)
                        .messageSystemAttributeNames(MessageSystemAttributeName.MESSAGE_GROUP_ID))
                .get()
                .messages()
                .get(0);
        assertThat(stored.attributes()).containsEntry(MessageSystemAttributeName.MESSAGE_GROUP_ID, "blue");
    }

    @Test
    void messagesOfOneGroupAreHandledSideBySideAndHaveNoKey() throws Exception {
        CyclicBarrier together = new CyclicBarrier(2);
        BlockingQueue<Delivery<String>> handled = new LinkedBlockingQueue<>();
        mq.subscribe(
                queue,
                (Delivery<String> delivery) -> {
                    together.await(SOON.toSeconds(), TimeUnit.SECONDS);
                    handled.add(delivery);
                },
                SubscribeOptions.builder().concurrency(2).build());
        mq.send(queue, "x", BLUE);
        mq.send(queue, "y", BLUE);

        Delivery<String> first = handled.poll(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(first).isNotNull();
        assertThat(first.message().key()).isNull();
        assertThat(first.message().headers()).containsOnly(Map.entry("tenant", "blue"));
    }

    @Test
    void aLeaseThatIsLongerThanTheServiceHidesAMessageIsKept() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();
        CompletableFuture<Boolean> handled = new CompletableFuture<>();
        mq.subscribe(queue, (Delivery<String> delivery) -> {
            attempts.add(delivery.attempt());
            handled.complete(never.await(5, TimeUnit.SECONDS));
        });
        mq.send(queue, "x");

        assertThat(handled.get(SOON.toSeconds(), TimeUnit.SECONDS)).isFalse();
        await("it is settled").atMost(SOON).until(() -> mq.admin().depth(queue).orElse(-1) == 0);
        assertThat(attempts).containsExactly(1);
    }

    @Test
    void whoLeavesAnOrderedQueueGivesBackWhatWaitsBehindItsHandlersAtOnce() throws Exception {
        Queue<String> ordered = Queue.of(queue.name() + "-fifo", String.class).ordered();
        CountDownLatch never = new CountDownLatch(1);
        BlockingQueue<String> begun = new LinkedBlockingQueue<>();
        for (int i = 0; i < 30; i++) {
            mq.send(ordered, Integer.toString(i), SendOptions.key("key-" + i % 3));
        }
        Subscription subscription = mq.subscribe(
                ordered,
                (Delivery<String> delivery) -> {
                    begun.add(delivery.payload());
                    never.await(1, TimeUnit.SECONDS);
                },
                SubscribeOptions.builder().concurrency(3).prefetch(30).build());
        for (int i = 0; i < 3; i++) {
            assertThat(begun.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isNotNull();
        }

        long before = System.nanoTime();
        subscription.close(Duration.ofSeconds(30));

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
        mq.admin().delete(ordered);
    }
}
