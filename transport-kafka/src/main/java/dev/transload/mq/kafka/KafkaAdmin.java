package dev.transload.mq.kafka;

import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.PlaceAdmin;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/**
 * Questions and orders about topics and groups. A depth counts what is not done, in the hands of consumers or not.
 *
 * <p>Thread-safe.
 */
final class KafkaAdmin implements PlaceAdmin {

    private static final long GONE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(10).toNanos();

    private final KafkaAsk ask;
    private final GroupStart groups;
    private final ShareGroups shareGroups;
    private final Tenants tenants;

    /** Who uses places in this client. */
    interface Tenants {
        /** Topics of a group over a pattern. */
        Set<String> matching(String pattern) throws ExecutionException, InterruptedException;

        /** The place is about to be deleted: its receivers end. */
        void deleted(Place place) throws InterruptedException;

        /** Whether all consumers of the group are in this client, and were made to pass over what is before the ends. */
        boolean passOver(Place place, Map<TopicPartition, Long> ends) throws ExecutionException, InterruptedException;
    }

    KafkaAdmin(KafkaAsk ask, GroupStart groups, ShareGroups shareGroups, Tenants tenants) {
        this.ask = ask;
        this.groups = groups;
        this.shareGroups = shareGroups;
        this.tenants = tenants;
    }

    @Override
    public CompletableFuture<OptionalLong> depth(Place place) {
        return ask.call("ask for the depth of " + place.name(), () -> {
            String own = KafkaNames.topic(place);
            if (ask.partitions(List.of(own)).isEmpty()) {
                return OptionalLong.empty();
            }
            if (shareGroups.reads(place)) {
                return OptionalLong.of(shareGroups.depth(place, topics(place)));
            }
            Waiting waiting = waiting(place);
            long depth = 0;
            for (Map.Entry<TopicPartition, Progress> one : waiting.from().entrySet()) {
                long end = waiting.ends().getOrDefault(one.getKey(), 0L);
                depth +=
                        Math.max(0, end - one.getValue().base() - one.getValue().doneCount());
            }
            return OptionalLong.of(depth);
        });
    }

    /**
     * What is not done.
     *
     * @param from where each partition goes on
     * @param ends where each partition ends
     */
    record Waiting(Map<TopicPartition, Progress> from, Map<TopicPartition, Long> ends) {}

    /** Where the consumers of a place are, and how far there is to go. */
    Waiting waiting(Place place) throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions = partitions(place, topics(place));
        Map<TopicPartition, Long> starts = ask.offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, OffsetAndMetadata> committed =
                place.role() == Role.TOPIC ? Map.of() : groups.offsets(KafkaNames.group(place));
        Map<TopicPartition, Long> ends = ask.offsets(partitions, OffsetSpec.latest());
        Map<TopicPartition, Progress> from = new HashMap<>();
        for (TopicPartition partition : partitions) {
            long start = starts.getOrDefault(partition, 0L);
            OffsetAndMetadata at = committed.get(partition);
            from.put(
                    partition,
                    at == null
                            ? Progress.at(start)
                            : ProgressText.read(at.offset(), at.metadata()).from(start));
        }
        return new Waiting(from, ends);
    }

    // All of the topics, or the one that the place is.
    private List<TopicPartition> partitions(Place place, Collection<String> topics)
            throws ExecutionException, InterruptedException {
        int only = KafkaNames.partition(place);
        return ask.partitions(topics).stream()
                .filter(partition -> only < 0 || only == partition.partition())
                .toList();
    }

    private Collection<String> topics(Place place) throws ExecutionException, InterruptedException {
        Set<String> topics = new LinkedHashSet<>(List.of(KafkaNames.topic(place)));
        String topic = place.topic();
        if (place.role() == Role.GROUP && topic != null) {
            if (KafkaNames.isPattern(topic)) {
                topics.addAll(tenants.matching(topic));
            } else {
                topics.add(topic);
            }
        }
        return topics;
    }

    @Override
    public CompletableFuture<Void> purge(Place place) {
        return ask.act("purge " + place.name(), () -> {
            if (place.role() == Role.TOPIC) {
                return;
            }
            String own = KafkaNames.topic(place);
            deleteRecords(partitions(place, List.of(own)));
            Collection<String> others = new ArrayList<>(topics(place));
            others.remove(own);
            if (!others.isEmpty()) {
                passOver(place, ask.offsets(ask.partitions(others), OffsetSpec.latest()));
            }
        });
    }

    private void deleteRecords(List<TopicPartition> partitions) throws ExecutionException, InterruptedException {
        Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
        ask.offsets(partitions, OffsetSpec.latest())
                .forEach((partition, end) -> records.put(partition, RecordsToDelete.beforeOffset(end)));
        if (!records.isEmpty()) {
            ask.get(ask.admin().deleteRecords(records).all());
        }
    }

    // The topic's messages are others', too, so the group goes past them.
    private void passOver(Place place, Map<TopicPartition, Long> ends) throws ExecutionException, InterruptedException {
        if (shareGroups.reads(place)) {
            shareGroups.passOver(place, ends);
            return;
        }
        if (tenants.passOver(place, ends)) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        ends.forEach((partition, end) -> offsets.put(partition, new OffsetAndMetadata(end, "")));
        try {
            ask.get(ask.admin()
                    .alterConsumerGroupOffsets(KafkaNames.group(place), offsets)
                    .all());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownMemberIdException) {
                throw TransportException.permanent(
                        "kafka: group " + place.name() + " has consumers in other clients, so it cannot be purged here",
                        e.getCause());
            }
            throw e;
        }
    }

    @Override
    public CompletableFuture<Void> delete(Place place) {
        if (KafkaNames.partition(place) >= 0) {
            return purge(place); // its topic is that of others, too
        }
        return ask.act("delete " + place.name(), () -> {
            String topic = KafkaNames.topic(place);
            tenants.deleted(place);
            boolean shared = shareGroups.reads(place);
            if (shared) {
                // A topic that then stays would be read again from its start.
                ask.requireMayDelete(topic);
                shareGroups.delete(place);
            }
            try {
                ask.get(ask.admin().deleteTopics(List.of(topic)).all());
            } catch (ExecutionException e) {
                if (!KafkaErrors.isMissing(e)) {
                    throw e;
                }
            }
            awaitGone(topic);
            if (place.role() != Role.TOPIC && !shared) {
                deleteGroup(KafkaNames.group(place));
            }
        });
    }

    // Brokers take messages for a topic for a moment after they have ceased to know it.
    private void awaitGone(String topic) throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + GONE_NANOS;
        while ((ask.topic(topic) != null || ask.hasReplicas(topic)) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    // Consumers elsewhere keep the group alive until they see that the topic is gone; it then ends by itself.
    private void deleteGroup(String group) throws ExecutionException, InterruptedException {
        try {
            ask.get(ask.admin().deleteConsumerGroups(List.of(group)).all());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)
                    && !(e.getCause() instanceof GroupNotEmptyException)) {
                throw e;
            }
        }
    }
}
