package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever holds the delay lanes leaves, again and again, while they are full. */
class DelayHandoverIT {

    private static final int ROUNDS = 8;
    private static final int PER_ROUND = 20;
    /** As the kit allows on a machine that does other things, too. */
    private static final long LATE_MILLIS = 2_000;

    /**
     * A message on its way.
     *
     * @param before when its send began
     * @param after when its send was confirmed
     */
    private record Sent(long before, long after, long delayMillis) {}

    private final Map<String, Sent> sent = new ConcurrentHashMap<>();
    private final Map<String, List<Long>> arrivals = new ConcurrentHashMap<>();
    private final Random random = new Random(7);

    @ParameterizedTest(name = "on Kafka {0}")
    @ValueSource(strings = {"4.4", "3.9"})
    void nothingIsLateLostOrRepeated(String line) throws InterruptedException {
        KafkaBroker broker = KafkaBroker.shared(KafkaVersion.of(line));
        String id = UUID.randomUUID().toString().substring(0, 8);
        Queue<String> queue = Queue.of("handover-" + id, String.class).partitions(1);
        Queue<String> other = Queue.of("handover-other-" + id, String.class).partitions(1);
        AtomicBoolean over = new AtomicBoolean();
        ArrayDeque<MqClient> clients = new ArrayDeque<>();
        Thread reader = new Thread(() -> read(broker, queue.name(), over), "handover-reader");
        try {
            MqClient first = open(broker, other);
            clients.add(first);
            first.admin().create(queue);
            reader.start();
            send(first, queue); // the lanes are there from now on
            for (int round = 0; round < ROUNDS; round++) {
                MqClient next = open(broker, other);
                clients.add(next);
                send(next, queue);
                LockSupport.parkNanos(Duration.ofMillis(random.nextInt(600)).toNanos());
                clients.remove().close();
            }
            await("all have come")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> arrivals.keySet().containsAll(sent.keySet()));
        } finally {
            clients.forEach(MqClient::close);
            over.set(true);
            reader.join();
        }
        List<Long> late = new ArrayList<>();
        sent.forEach((message, its) -> {
            List<Long> came = arrivals.get(message);
            assertThat(came).as("arrivals of one message").hasSize(1);
            assertThat(came.get(0)).isGreaterThanOrEqualTo(its.before() + its.delayMillis() - 2);
            late.add(came.get(0) - its.after() - its.delayMillis());
        });
        assertThat(late).as("how late, in ms").allMatch(millis -> millis <= LATE_MILLIS);
    }

    /** A client that helps with delays, as one that subscribes to anything does. */
    private static MqClient open(KafkaBroker broker, Queue<String> other) {
        MqClient client = MqClient.connect(broker.uri());
        client.subscribe(other, delivery -> {});
        return client;
    }

    private void send(MqClient client, Queue<String> queue) {
        for (int i = 0; i < PER_ROUND; i++) {
            long delay = 200L + random.nextInt(1_000);
            long before = System.currentTimeMillis();
            String id = client.send(queue, "x", SendOptions.delay(Duration.ofMillis(delay)));
            sent.put(id, new Sent(before, System.currentTimeMillis(), delay));
        }
    }

    // With no client of ours, which would hold lanes, too.
    private void read(KafkaBroker broker, String topic, AtomicBoolean over) {
        Map<String, Object> settings = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            while (!over.get()) {
                consumer.poll(Duration.ofMillis(50)).forEach(record -> {
                    String id = KafkaMessages.message(record).id();
                    arrivals.computeIfAbsent(id, any -> new ArrayList<>()).add(System.currentTimeMillis());
                });
            }
        }
    }
}
