package dev.transload.mq.kafka;

import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.jspecify.annotations.Nullable;

/**
 * Writes where a new group starts, once. A group is born with the topic of its own, which only one of those who try can
 * make: that one writes the group's offsets, the others wait until they are there. A group that is there and has no
 * offset for a partition reads it from the earliest: the partition is new, or nobody came for so long that the broker
 * forgot.
 *
 * <p>Blocks for the broker. Thread-safe.
 */
final class GroupStart {

    /** Metadata of an offset that nobody has received anything from yet. */
    static final String UNTOUCHED = "mq0:";

    private static final long WAIT_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(50).toNanos();

    private final KafkaAsk ask;

    GroupStart(KafkaAsk ask) {
        this.ask = ask;
    }

    /** Offsets of a group, without those that are not there. */
    Map<TopicPartition, OffsetAndMetadata> offsets(String group) throws ExecutionException, InterruptedException {
        try {
            Map<TopicPartition, @Nullable OffsetAndMetadata> all = new HashMap<>(
                    ask.get(ask.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()));
            Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>();
            all.forEach((partition, offset) -> {
                if (offset != null) {
                    known.put(partition, offset);
                }
            });
            return known;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw e;
        }
    }

    /** The group was made now, by this client: it starts here, or at a time of the past. */
    void born(Place group, Collection<String> topics, @Nullable Instant startAt)
            throws ExecutionException, InterruptedException {
        write(KafkaNames.group(group), topics, startAt);
    }

    /** The group was there. Waits until whoever made it has written where it starts. */
    void found(Place group, Collection<String> topics, @Nullable Instant startAt)
            throws ExecutionException, InterruptedException {
        String id = KafkaNames.group(group);
        if (ask.partitions(topics).isEmpty()) {
            return;
        }
        long deadline = System.nanoTime() + WAIT_NANOS;
        Map<TopicPartition, OffsetAndMetadata> offsets = offsets(id);
        while (offsets.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            offsets = offsets(id);
        }
        // It was made by a send to it, or by one who left before anything came: it has not begun.
        boolean untouched =
                !offsets.isEmpty() && offsets.values().stream().allMatch(offset -> UNTOUCHED.equals(offset.metadata()));
        if (startAt != null && untouched) {
            write(id, topics, startAt);
        }
    }

    /** Where a group starts that is new: now, or at a time of the past. */
    Map<TopicPartition, Long> starts(Collection<String> topics, @Nullable Instant startAt)
            throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions = ask.partitions(topics);
        Map<TopicPartition, Long> starts = ask.offsets(
                partitions,
                startAt == null
                        ? OffsetSpec.latest()
                        : startAt.equals(Instant.EPOCH)
                                ? OffsetSpec.earliest()
                                : OffsetSpec.forTimestamp(startAt.toEpochMilli()));
        if (startAt != null && starts.containsValue(-1L)) {
            // Nothing is that young: the start is the end.
            Map<TopicPartition, Long> ends = ask.offsets(partitions, OffsetSpec.latest());
            starts.replaceAll((partition, offset) -> offset < 0 ? ends.getOrDefault(partition, 0L) : offset);
        }
        return starts;
    }

    private void write(String group, Collection<String> topics, @Nullable Instant startAt)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        starts(topics, startAt)
                .forEach((partition, offset) -> offsets.put(partition, new OffsetAndMetadata(offset, UNTOUCHED)));
        if (offsets.isEmpty()) {
            return;
        }
        try {
            ask.get(ask.admin().alterConsumerGroupOffsets(group, offsets).all());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof UnknownMemberIdException)) {
                throw e;
            }
            // Someone is in the group already, so it has begun.
        }
    }
}
