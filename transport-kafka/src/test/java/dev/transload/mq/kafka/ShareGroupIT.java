package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Destination;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Source;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a share group does that no other reader of a queue does. */
class ShareGroupIT {

    private final KafkaBroker broker = KafkaBroker.shared(KafkaVersion.V4_4);
    private final Queue<String> queue =
            Queue.of("shared-" + UUID.randomUUID().toString().substring(0, 8), String.class);
    private final MqClient client = MqClient.connect(URI.create(broker.uri() + "?queues=share"));

    @AfterEach
    void closeClient() {
        client.close();
    }

    @Test
    void moreConsumersThanPartitionsWorkAtOnce() {
        int consumers = 4;
        CountDownLatch allAtWork = new CountDownLatch(consumers);
        List<MqClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < consumers; i++) {
                MqClient one = MqClient.connect(URI.create(broker.uri() + "?queues=share"));
                clients.add(one);
                one.subscribe(
                        queue,
                        delivery -> {
                            allAtWork.countDown();
                            allAtWork.await();
                        },
                        SubscribeOptions.builder().prefetch(1).concurrency(1).build());
            }
            for (int i = 0; i < consumers; i++) {
                client.send(queue, "work");
            }
            await("each has one of the only partition")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> allAtWork.getCount() == 0);
        } finally {
            clients.forEach(MqClient::close);
        }
    }

    @Test
    void slowHandlersKeepNoOtherMessageWaiting() {
        slowOnesKeepNoOtherWaiting(queue, queue, 64, 8, 60);
    }

    @Test
    void slowHandlersOfAGroupKeepNoOtherMessageWaiting() {
        Topic<String> topic = Topic.of(queue.name() + "-t", String.class);
        slowOnesKeepNoOtherWaiting(topic, topic.group("g"), 16, 4, 100);
    }

    private void slowOnesKeepNoOtherWaiting(
            Destination<String> to, Source<String> from, int prefetch, int handlers, int oneOf) {
        CountDownLatch release = new CountDownLatch(1);
        Set<String> done = ConcurrentHashMap.newKeySet();
        client.subscribe(
                from,
                delivery -> {
                    if (delivery.payload().startsWith("slow")) {
                        release.await();
                    }
                    done.add(delivery.payload());
                },
                SubscribeOptions.builder()
                        .prefetch(prefetch)
                        .concurrency(handlers)
                        .build());
        for (int i = 0; i < 300; i++) {
            client.send(to, i % oneOf == 0 ? "slow-" + i : "quick-" + i);
        }
        try {
            await("all but the slow ones").atMost(Duration.ofSeconds(20)).until(() -> done.size() == 300 - 300 / oneOf);
        } finally {
            release.countDown();
        }
        await("and these").atMost(Duration.ofSeconds(20)).until(() -> done.size() == 300);
    }

    @Test
    void severalPartitionsAreReadThoughTheyAreDealtOutAmongSlots() throws Exception {
        Queue<String> divided = queue.partitions(4);
        CountDownLatch release = new CountDownLatch(1);
        Set<String> done = ConcurrentHashMap.newKeySet();
        client.subscribe(
                divided,
                delivery -> {
                    release.await();
                    done.add(delivery.payload());
                },
                SubscribeOptions.builder().prefetch(4).concurrency(4).build());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            client.send(divided, "first");
            await("there is more than one slot, and none has all partitions")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> sharers(admin) > 1);
        } finally {
            release.countDown();
        }

        List<Outbound<String>> batch = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            batch.add(new Outbound<>("then-" + i, SendOptions.key(Integer.toString(i))));
        }
        client.sendAll(divided, batch);

        await("those of all partitions").atMost(Duration.ofSeconds(20)).until(() -> done.size() == 41);
    }

    private long sharers(Admin admin) throws Exception {
        return admin
                .describeShareGroups(List.of(queue.name()))
                .describedGroups()
                .get(queue.name())
                .get()
                .members()
                .stream()
                .map(member -> member.assignment().topicPartitions().size())
                .filter(partitions -> partitions > 0 && partitions < 4)
                .count();
    }

    @Test
    void marksOfTransactionsStopNobody() {
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        client.subscribe(queue, delivery -> seen.add(delivery.payload()));
        Map<String, Object> settings = Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                queue.name());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            for (int i = 0; i < 3; i++) {
                producer.beginTransaction();
                var unused = producer.send(
                        new ProducerRecord<>(queue.name(), ("kept " + i).getBytes(StandardCharsets.UTF_8)));
                producer.commitTransaction();
                int already = i + 1;
                await("the message of a transaction")
                        .atMost(Duration.ofSeconds(20))
                        .until(() -> seen.size() == already);
                producer.beginTransaction();
                var unusedToo =
                        producer.send(new ProducerRecord<>(queue.name(), "dropped".getBytes(StandardCharsets.UTF_8)));
                producer.abortTransaction();
            }
        }
        assertThat(seen).containsExactly("kept 0", "kept 1", "kept 2");
    }

    @Test
    void whatCameBackTooOftenIsSetAsideBeforeTheBrokerGivesItUp() {
        begin();
        client.send(queue, "unlucky");
        assertThat(handBack(ShareGroups.DELIVERIES - 2)).isEqualTo(ShareGroups.DELIVERIES - 2);

        AtomicInteger handled = new AtomicInteger();
        client.subscribe(queue, delivery -> handled.incrementAndGet());
        await("it is handled, alone").atMost(Duration.ofSeconds(30)).until(() -> handled.get() == 1);
        assertThat(client.deadLetters(queue).count()).isZero();
        assertThat(archive()).isEmpty();
    }

    @Test
    void whatTheBrokerGivesUpIsInTheArchive() {
        begin();
        client.send(queue, "given up");
        assertThat(handBack(ShareGroups.DELIVERIES)).isEqualTo(ShareGroups.DELIVERIES);

        await("the broker has written it down")
                .atMost(Duration.ofSeconds(20))
                .until(() -> !archive().isEmpty());
        assertThat(archive()).containsExactly("given up");
    }

    // A queue's group is set up by its first consumer.
    private void begin() {
        try (Subscription none = client.subscribe(queue, delivery -> {})) {
            assertThat(none).isNotNull();
        }
    }

    // As processes do that die before a handler runs.
    private int handBack(int times) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, queue.name());
        settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        int came = 0;
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        try (KafkaShareConsumer<byte[], byte[]> consumer =
                new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(queue.name()));
            while (came < times && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(300))) {
                    came++;
                    consumer.acknowledge(record, AcknowledgeType.RELEASE);
                }
                consumer.commitSync();
            }
        }
        return came;
    }

    private Collection<String> archive() {
        Map<String, Object> settings = Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
        List<String> payloads = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition("dlq." + KafkaNames.ARCHIVE, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (isOf(record)) {
                        payloads.add(new String(record.value(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
        return payloads;
    }

    private boolean isOf(ConsumerRecord<byte[], byte[]> record) {
        for (var header : record.headers()) {
            if (new String(header.value(), StandardCharsets.UTF_8).equals(queue.name())) {
                return true;
            }
        }
        return false;
    }
}
