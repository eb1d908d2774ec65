package dev.transload.mq.kafka;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.Topology;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.jspecify.annotations.Nullable;

/**
 * Share groups at the broker: which places have one, how each is set up, where it starts, and what it has left to do. A
 * share group has the id that the consumer group of its place would have, so that nobody reads a queue in both ways.
 *
 * <p>Blocks for the broker. Thread-safe.
 */
final class ShareGroups {

    /** Deliveries after which the broker drops a message: the most it lets a group ask for, unless it is told otherwise. */
    static final int DELIVERIES = 10;

    /** Most offsets between the oldest message without an outcome and the newest handed out. */
    static final int SPAN = 2_000;

    private static final Set<Role> ROLES = Set.of(Role.QUEUE, Role.GROUP, Role.PRIORITY_LANE);
    private static final String LIMIT = "share.delivery.count.limit";
    private static final Map<String, String> SETTINGS = Map.of(
            "share.auto.offset.reset",
            "earliest",
            "share.isolation.level",
            "read_committed",
            LIMIT,
            Integer.toString(DELIVERIES));
    private static final Map<String, String> ARCHIVE_SETTINGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG, "-1",
            TopicConfig.ERRORS_DEADLETTERQUEUE_GROUP_ENABLE_CONFIG, "true");
    private static final long WAIT_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(50).toNanos();

    private final KafkaAsk ask;
    private final GroupStart groups;
    private final KafkaTopology topology;
    private final BrokerInfo broker;
    private final boolean wanted;
    private final Set<String> setUp = ConcurrentHashMap.newKeySet();

    /**
     * @param wanted whether places without order are read by share groups
     */
    ShareGroups(KafkaAsk ask, GroupStart groups, KafkaTopology topology, BrokerInfo broker, boolean wanted) {
        this.ask = ask;
        this.groups = groups;
        this.topology = topology;
        this.broker = broker;
        this.wanted = wanted;
    }

    /** Whether the place is read by a share group. */
    boolean reads(Place place) {
        return wanted && !place.shape().ordered() && ROLES.contains(place.role());
    }

    /**
     * Sets a group up and writes where it starts, unless it has begun. That is written for every partition: the setting
     * that says so reaches brokers a moment after it was made, and who begins before that begins with what comes next.
     *
     * @param topics of a topic's group, the topics it takes part in; else none
     * @param made whether this client made the place just now
     * @param startAt where a topic's group starts, null for now; all else starts with the oldest message
     */
    void begin(Place place, Collection<String> topics, boolean made, @Nullable Instant startAt)
            throws ExecutionException, InterruptedException {
        String group = KafkaNames.group(place);
        if (setUp.add(group)) {
            if (topology.policy() == Topology.CREATE) {
                setUp(group);
            } else if (topology.policy() == Topology.ASSERT) {
                check(place, group);
            }
        }
        Map<TopicPartition, Long> starts = takeOver(place, group);
        Set<TopicPartition> begun = offsets(group).keySet();
        if (starts.isEmpty() && begun.isEmpty() && !topics.isEmpty() && !made) {
            begun = awaitBegun(group, topics);
        }
        if (starts.isEmpty() && begun.isEmpty()) {
            starts.putAll(groups.starts(topics, startAt));
        }
        List<TopicPartition> own = new ArrayList<>(ask.partitions(List.of(KafkaNames.topic(place))));
        own.removeAll(begun);
        own.removeAll(starts.keySet());
        if (!own.isEmpty()) {
            starts.putAll(ask.offsets(own, OffsetSpec.earliest()));
        }
        write(group, starts);
    }

    /** Sets a group up that the broker may have forgotten; before its topic is made, so that brokers learn of it first. */
    void setUpAgain(Place place) throws ExecutionException, InterruptedException {
        String group = KafkaNames.group(place);
        setUp.add(group);
        setUp(group);
    }

    private void setUp(String group) throws ExecutionException, InterruptedException {
        try {
            Map<String, String> settings = new HashMap<>(SETTINGS);
            String archive = archive(broker).orElse(null);
            if (archive != null) {
                topology.declareShared(archive, 1, ARCHIVE_SETTINGS);
                settings.put("errors.deadletterqueue.topic.name", archive);
                settings.put("errors.deadletterqueue.copy.record.enable", "true");
            }
            List<AlterConfigOp> changes = settings.entrySet().stream()
                    .map(one ->
                            new AlterConfigOp(new ConfigEntry(one.getKey(), one.getValue()), AlterConfigOp.OpType.SET))
                    .toList();
            ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
            ask.get(ask.admin()
                    .incrementalAlterConfigs(Map.of(resource, changes))
                    .all());
        } catch (ExecutionException e) {
            setUp.remove(group);
            throw e;
        }
    }

    /** The topic to which the brokers write what share groups give up, if they can. */
    static Optional<String> archive(BrokerInfo broker) {
        return broker.archivePrefix().map(prefix -> prefix + KafkaNames.ARCHIVE);
    }

    /** After how many deliveries a group gives a message up, which the engine must forestall. */
    static int deliveries(BrokerInfo broker, Topology policy) {
        return policy == Topology.CREATE ? DELIVERIES : broker.shareDeliveries();
    }

    // Someone else has set it up, or nobody has.
    private void check(Place place, String group) throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        Config config =
                ask.get(ask.admin().describeConfigs(List.of(resource)).all()).get(resource);
        ConfigEntry limit = config == null ? null : config.get(LIMIT);
        int counted = deliveries(broker, topology.policy());
        if (limit != null && limit.value() != null && Integer.parseInt(limit.value()) < counted) {
            setUp.remove(group);
            throw new DestinationMismatchException(
                    "kafka: group " + group + " gives messages of " + place.name() + " up after " + limit.value()
                            + " deliveries, before this client would set them aside: its setting " + LIMIT
                            + " must be at least " + counted,
                    null);
        }
    }

    // A consumer group read the place until now: the share group goes on where it was, and it ends.
    private Map<TopicPartition, Long> takeOver(Place place, String group)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> starts = new HashMap<>();
        groups.offsets(group).forEach((partition, at) -> starts.put(partition, at.offset()));
        if (starts.isEmpty()) {
            return starts;
        }
        try {
            ask.get(ask.admin().deleteConsumerGroups(List.of(group)).all());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupNotEmptyException) {
                throw new DestinationMismatchException(
                        "kafka: " + place.name() + " is being read by a consumer group, so not by a share group too:"
                                + " all clients must have the same option queues",
                        e.getCause());
            }
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
        return starts;
    }

    // Whoever made the place writes where its group starts.
    private Set<TopicPartition> awaitBegun(String group, Collection<String> topics)
            throws ExecutionException, InterruptedException {
        if (ask.partitions(topics).isEmpty()) {
            return Set.of();
        }
        long deadline = System.nanoTime() + WAIT_NANOS;
        Set<TopicPartition> begun = Set.of();
        while (begun.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            begun = offsets(group).keySet();
        }
        return begun;
    }

    private void write(String group, Map<TopicPartition, Long> starts) throws ExecutionException, InterruptedException {
        if (starts.isEmpty()) {
            return;
        }
        try {
            ask.get(ask.slowAdmin().alterShareGroupOffsets(group, starts).all());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupNotEmptyException)) {
                throw e;
            }
            // Someone is in the group already, so it has begun.
        }
    }

    /** Where the group is in the partitions it has begun with. */
    Map<TopicPartition, SharePartitionOffsetInfo> offsets(String group)
            throws ExecutionException, InterruptedException {
        try {
            Map<TopicPartition, @Nullable SharePartitionOffsetInfo> all = ask.get(ask.slowAdmin()
                    .listShareGroupOffsets(Map.of(group, new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetInfo(group));
            Map<TopicPartition, SharePartitionOffsetInfo> known = new HashMap<>();
            all.forEach((partition, info) -> {
                if (info != null) {
                    known.put(partition, info);
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

    /** How many messages have no outcome. */
    long depth(Place place, Collection<String> topics) throws ExecutionException, InterruptedException {
        List<TopicPartition> partitions = ask.partitions(topics);
        Map<TopicPartition, SharePartitionOffsetInfo> begun = offsets(KafkaNames.group(place));
        Map<TopicPartition, Long> starts = ask.offsets(partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = ask.offsets(partitions, OffsetSpec.latest());
        long depth = 0;
        for (TopicPartition partition : partitions) {
            long start = starts.getOrDefault(partition, 0L);
            long end = ends.getOrDefault(partition, start);
            SharePartitionOffsetInfo info = begun.get(partition);
            long left = info == null ? end - start : end - Math.max(start, info.startOffset());
            // The lag knows of outcomes past the start, but it is not told for a group that has not yet fetched.
            long lag = info == null ? left : info.lag().orElse(left);
            depth += Math.max(0, lag < 0 ? left : Math.min(left, lag));
        }
        return depth;
    }

    /** The group goes past what comes before these offsets. It must have no members. */
    void passOver(Place place, Map<TopicPartition, Long> ends) throws ExecutionException, InterruptedException {
        try {
            ask.get(ask.slowAdmin()
                    .alterShareGroupOffsets(KafkaNames.group(place), ends)
                    .all());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupNotEmptyException) {
                throw TransportException.permanent(
                        "kafka: group " + place.name() + " is a share group with consumers, so it cannot be purged",
                        e.getCause());
            }
            throw e;
        }
    }

    /**
     * Deletes a group, unless it has members: then it ends with the last of them. To be called while its topics are there:
     * of one that has just gone, the group's coordinator asks for half a minute, seen on 4.4.
     */
    void delete(Place place) throws ExecutionException, InterruptedException {
        String group = KafkaNames.group(place);
        setUp.remove(group);
        try {
            ask.get(ask.slowAdmin().deleteShareGroups(List.of(group)).all());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)
                    && !(e.getCause() instanceof GroupNotEmptyException)) {
                throw e;
            }
        }
    }
}
