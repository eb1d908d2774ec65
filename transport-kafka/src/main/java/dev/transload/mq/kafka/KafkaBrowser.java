package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads what waits at a place, without taking it. Blocks for the broker; keeps no state. */
final class KafkaBrowser {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long MOST_NANOS = Duration.ofSeconds(20).toNanos();

    private KafkaBrowser() {}

    /** Copies of the oldest messages that are not done, at most so many. */
    static List<Message> browse(Place place, int max, KafkaAdmin admin, Supplier<Consumer<byte[], byte[]>> consumers)
            throws ExecutionException, InterruptedException {
        KafkaAdmin.Waiting waiting = admin.waiting(place);
        Set<TopicPartition> left = new HashSet<>();
        waiting.from().forEach((partition, from) -> {
            if (from.base() < waiting.ends().getOrDefault(partition, 0L)) {
                left.add(partition);
            }
        });
        if (left.isEmpty()) {
            return List.of();
        }
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            consumer.assign(left);
            left.forEach(partition -> consumer.seek(
                    partition,
                    java.util.Objects.requireNonNull(waiting.from().get(partition))
                            .base()));
            read(consumer, waiting, left, found, max);
        }
        return found.stream()
                .sorted(Comparator.comparingLong(ConsumerRecord::timestamp))
                .limit(max)
                .map(KafkaMessages::message)
                .toList();
    }

    // As many of each partition as are asked for in all: the oldest of all are among them.
    private static void read(
            Consumer<byte[], byte[]> consumer,
            KafkaAdmin.Waiting waiting,
            Set<TopicPartition> left,
            List<ConsumerRecord<byte[], byte[]>> found,
            int max) {
        long deadline = System.nanoTime() + MOST_NANOS;
        Map<TopicPartition, Integer> counts = new java.util.HashMap<>();
        while (!left.isEmpty() && System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                Progress from = waiting.from().get(partition);
                if (from == null
                        || from.isDone(record.offset())
                        || record.offset() >= waiting.ends().getOrDefault(partition, 0L)
                        || counts.getOrDefault(partition, 0) >= max) {
                    continue;
                }
                counts.merge(partition, 1, Integer::sum);
                found.add(record);
            }
            left.removeIf(
                    partition -> consumer.position(partition) >= waiting.ends().getOrDefault(partition, 0L)
                            || counts.getOrDefault(partition, 0) >= max);
            consumer.pause(consumer.assignment().stream()
                    .filter(partition -> !left.contains(partition))
                    .toList());
        }
    }
}
