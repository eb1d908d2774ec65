package dev.transload.mq.kafka;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.TransportException;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/**
 * Makes and checks topics under the client's policy. Blocks for the broker, so it runs on the control threads.
 *
 * <p>Thread-safe.
 */
final class KafkaTopology {

    private static final String MARK = TopicConfig.DELETE_RETENTION_MS_CONFIG;
    /** How long lanes of delay keep messages that nobody comes for. */
    static final Duration LANES_KEEP = Duration.ofDays(60);

    private static final Duration REPLIES_KEEP = Duration.ofHours(1);
    private static final int REPLY_PARTITIONS = 16;
    private static final Map<String, String> REPLY_SETTINGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE,
            TopicConfig.RETENTION_MS_CONFIG, Long.toString(REPLIES_KEEP.toMillis()),
            TopicConfig.SEGMENT_MS_CONFIG, Long.toString(REPLIES_KEEP.toMillis() / 4));
    private static final long VISIBLE_NANOS = Duration.ofSeconds(20).toNanos();
    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(10).toNanos();

    private final KafkaAsk ask;
    private final Topology policy;
    private final KafkaOptions options;
    private final String broker;
    private final Map<String, TopicState> known = new ConcurrentHashMap<>();
    /** What this client has declared and may make again, by topic. */
    private final Map<String, Place> declared = new ConcurrentHashMap<>();

    /** One looks for the topic of the delay lanes at a time. */
    private final Lock lanes = new ReentrantLock();

    private volatile boolean replies;

    KafkaTopology(KafkaAsk ask, Topology policy, KafkaOptions options, String broker) {
        this.ask = ask;
        this.policy = policy;
        this.options = options;
        this.broker = broker;
    }

    /**
     * A topic as it was found.
     *
     * @param partitions how many it has
     * @param mark what it was made for, or null if someone else made it
     * @param appendTime whether records bear the broker's time
     * @param retentionMillis how long it keeps messages, -1 for ever
     */
    record TopicState(int partitions, @Nullable ShapeMark mark, boolean appendTime, long retentionMillis) {}

    Topology policy() {
        return policy;
    }

    /** What was found of a topic when it was declared, or null. */
    @Nullable
    TopicState known(String topic) {
        return known.get(topic);
    }

    /** Looks for a topic that nobody declared; false if there is none. */
    boolean learn(String topic) throws ExecutionException, InterruptedException {
        TopicState found = find(topic);
        if (found != null) {
            learned(topic, found);
        }
        return found != null;
    }

    // Sends may begin once it is known.
    private void learned(String topic, TopicState found) throws InterruptedException {
        if (!known.containsKey(topic)) {
            ask.awaitLeaders(topic, found.partitions());
        }
        known.put(topic, found);
    }

    /** A topic is not there. */
    void missing(String topic) {
        known.remove(topic);
    }

    void forget(String topic) {
        known.remove(topic);
        declared.remove(topic);
    }

    /**
     * Places that this client has declared and that are not there, groups last; none unless it may make them. The topic
     * of reply inboxes is made again by the way.
     */
    List<Place> lost() throws ExecutionException, InterruptedException {
        Set<String> names = new HashSet<>(declared.keySet());
        if (replies) {
            names.add(KafkaNames.REPLIES);
        }
        List<Place> lost = new ArrayList<>();
        for (String topic : ask.missing(names)) {
            known.remove(topic);
            Place place = declared.get(topic);
            if (place != null) {
                lost.add(place);
            } else if (topic.equals(KafkaNames.REPLIES)) {
                declareReplies();
            }
        }
        lost.sort(Comparator.comparing(place -> place.role() == Role.GROUP));
        return lost;
    }

    /** Makes or checks the topic of a place; returns whether it was made now, by this client. */
    boolean declare(Place place) throws ExecutionException, InterruptedException {
        if (policy == Topology.NONE || place.role() == Role.REPLY) {
            return false;
        }
        return KafkaNames.partition(place) >= 0 ? declareLane(place) : declareNow(place);
    }

    // Whoever needs one delay lane needs them all, and one topic has them: it is looked for once.
    private boolean declareLane(Place lane) throws ExecutionException, InterruptedException {
        lanes.lockInterruptibly();
        try {
            String topic = KafkaNames.topic(lane);
            TopicState there = known(topic);
            if (there == null) {
                return declareNow(lane);
            }
            check(lane, there);
            if (policy == Topology.CREATE) {
                declared.putIfAbsent(topic, lane);
            }
            return false;
        } finally {
            lanes.unlock();
        }
    }

    private boolean declareNow(Place place) throws ExecutionException, InterruptedException {
        String topic = KafkaNames.topic(place);
        TopicState found = find(topic);
        boolean made = false;
        if (found == null) {
            if (policy != Topology.CREATE) {
                throw missing(place);
            }
            made = make(topic, partitions(place), settings(place));
            found = awaitVisible(topic);
        }
        check(place, found);
        learned(topic, found);
        if (policy == Topology.CREATE) {
            declared.put(topic, place);
        }
        return made;
    }

    /** Makes the topic of all reply inboxes unless it is there; returns its partitions. */
    int declareReplies() throws ExecutionException, InterruptedException {
        TopicState found = policy == Topology.NONE
                ? find(KafkaNames.REPLIES)
                : declareShared(KafkaNames.REPLIES, REPLY_PARTITIONS, REPLY_SETTINGS);
        if (found == null) {
            throw new UnsupportedCapabilityException(
                    "request/reply",
                    "a reply inbox",
                    broker,
                    "it needs the topic " + KafkaNames.REPLIES + ", which topology NONE does not let be made",
                    "make that topic, or use another topology");
        }
        learned(KafkaNames.REPLIES, found);
        replies = policy != Topology.NONE;
        return found.partitions();
    }

    /** Makes a topic that all clients share, unless it is there. */
    TopicState declareShared(String topic, int partitions, Map<String, String> settings)
            throws ExecutionException, InterruptedException {
        TopicState found = find(topic);
        if (found != null) {
            return found;
        }
        make(topic, partitions, settings);
        return awaitVisible(topic);
    }

    private int partitions(Place place) throws ExecutionException, InterruptedException {
        return switch (place.role()) {
            case DEAD_LETTERS, SUSPECTS -> 1;
            case DELAY_LANE -> KafkaNames.partition(place) < 0 ? 1 : KafkaNames.LANES;
            case GROUP -> {
                // As many as the topic has, so that a key is in the same partition of both, and one member has both.
                TopicState topic = place.topic() == null ? null : find(place.topic());
                yield topic == null ? declared(place.shape()) : topic.partitions();
            }
            default -> declared(place.shape());
        };
    }

    private int declared(Shape shape) {
        return shape.partitions() == 0 ? options.partitions(shape) : shape.partitions();
    }

    private Map<String, String> settings(Place place) {
        Map<String, String> settings = new HashMap<>();
        settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE);
        settings.put(
                MARK, Long.toString(ShapeMark.of(place.role(), place.shape()).value()));
        retention(place)
                .ifPresent(keep -> settings.put(
                        TopicConfig.RETENTION_MS_CONFIG,
                        keep.isNegative() ? "-1" : Long.toString(Math.max(1, keep.toMillis()))));
        if (place.role() == Role.DELAY_LANE) {
            settings.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        }
        return settings;
    }

    // Negative for ever, empty for what the broker does by default.
    private Optional<Duration> retention(Place place) {
        return switch (place.role()) {
            case DEAD_LETTERS, SUSPECTS -> Optional.of(Duration.ofMillis(-1));
            case DELAY_LANE -> Optional.of(LANES_KEEP);
            default ->
                place.shape().retained() == null
                        ? options.retention()
                        : Optional.of(place.shape().retained());
        };
    }

    // Returns false if someone else made it meanwhile.
    private boolean make(String topic, int partitions, Map<String, String> settings)
            throws ExecutionException, InterruptedException {
        boolean made = true;
        try {
            NewTopic fresh = new NewTopic(topic, Optional.of(partitions), options.replication());
            ask.get(ask.admin().createTopics(List.of(fresh.configs(settings))).all());
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof InvalidReplicationFactorException) {
                UnsupportedCapabilityException refused = new UnsupportedCapabilityException(
                        "durability",
                        "topic " + topic,
                        broker,
                        "it cannot have the copies asked for: " + cause.getMessage(),
                        "ask for fewer in the option replication, or add brokers");
                refused.addSuppressed(cause);
                throw refused;
            }
            if (!(cause instanceof TopicExistsException)) {
                throw e;
            }
            made = false;
        }
        return made;
    }

    // The controller says that it is made. Brokers learn of it a moment later, each by itself, and any may be the one
    // that answers: so what is seen of it is seen by one question after the other, until all is there.
    private TopicState awaitVisible(String topic) throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + VISIBLE_NANOS;
        while (System.nanoTime() < deadline) {
            TopicDescription description = ask.topic(topic);
            if (description != null
                    && !description.partitions().isEmpty()
                    && description.partitions().stream().allMatch(p -> p.leader() != null)) {
                try {
                    return state(description, config(topic));
                } catch (ExecutionException e) {
                    if (!KafkaErrors.isMissing(e)) {
                        throw e;
                    }
                }
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        throw TransportException.temporary("kafka: topic " + topic + " was made and does not show yet", null);
    }

    /** What is there under a name, or null. */
    @Nullable
    TopicState find(String topic) throws ExecutionException, InterruptedException {
        TopicDescription description = ask.topic(topic);
        if (description == null) {
            known.remove(topic);
            return null;
        }
        try {
            return state(description, config(topic));
        } catch (ExecutionException e) {
            if (!KafkaErrors.isMissing(e)) {
                throw e;
            }
            return state(description, null); // then it is as if someone else had made it
        }
    }

    private static TopicState state(TopicDescription description, @Nullable Config config) {
        return new TopicState(
                description.partitions().size(),
                ShapeMark.read(value(config, MARK)),
                "LogAppendTime".equals(value(config, TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG)),
                number(value(config, TopicConfig.RETENTION_MS_CONFIG)));
    }

    private @Nullable Config config(String topic) throws ExecutionException, InterruptedException {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try {
            return ask.get(ask.admin().describeConfigs(List.of(resource)).all()).get(resource);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof org.apache.kafka.common.errors.AuthorizationException) {
                return null; // then it is as if someone else had made it
            }
            throw e;
        }
    }

    private static @Nullable String value(@Nullable Config config, String name) {
        ConfigEntry entry = config == null ? null : config.get(name);
        return entry == null ? null : entry.value();
    }

    private static long number(@Nullable String text) {
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void check(Place place, TopicState found) {
        ShapeMark mark = found.mark();
        ShapeMark asked = ShapeMark.of(place.role(), place.shape());
        if (KafkaNames.partition(place) >= 0) {
            checkLanes(found);
            return;
        }
        if (mark == null) {
            if (policy == Topology.ASSERT
                    && place.shape().partitions() != 0
                    && place.shape().partitions() != found.partitions()) {
                throw new DestinationMismatchException(
                        "kafka: topic " + KafkaNames.topic(place) + " has " + found.partitions() + " partitions, not "
                                + place.shape().partitions(),
                        null);
            }
            return;
        }
        if (mark.isTopic() != asked.isTopic()) {
            throw new DestinationMismatchException(
                    "kafka: " + place.name() + " is a " + text(mark.role()) + ", not a " + text(place.role()), null);
        }
        if (place.role() == Role.DEAD_LETTERS) {
            return; // any queue there is will do
        }
        Duration retained = place.shape().retained();
        if (!mark.sameShape(asked)
                || (place.role() == Role.TOPIC && retained != null && retained.toMillis() != found.retentionMillis())) {
            throw new DestinationMismatchException(
                    "kafka: " + text(place.role()) + " " + place.name() + " exists as "
                            + shape(mark, found.retentionMillis()) + ", was asked for as " + place.shape(),
                    null);
        }
    }

    // Whoever made it, a message must neither vanish nor seem to have waited when it has not.
    private static void checkLanes(TopicState found) {
        boolean keeps = found.retentionMillis() < 0 || found.retentionMillis() >= LANES_KEEP.toMillis();
        if (found.partitions() < KafkaNames.LANES || !found.appendTime() || !keeps) {
            throw new DestinationMismatchException(
                    "kafka: topic " + KafkaNames.DELAYS + " must have at least " + KafkaNames.LANES
                            + " partitions, message.timestamp.type LogAppendTime and retention.ms -1 or at least "
                            + LANES_KEEP.toMillis() + ", has " + found.partitions() + ", "
                            + (found.appendTime() ? "LogAppendTime" : "CreateTime") + " and "
                            + found.retentionMillis(),
                    null);
        }
    }

    private static Shape shape(ShapeMark mark, long retentionMillis) {
        return new Shape(
                mark.ordered(),
                mark.partitions(),
                mark.priorities(),
                mark.retained() ? Duration.ofMillis(Math.max(1, retentionMillis)) : null);
    }

    private static DestinationNotFoundException missing(Place place) {
        return new DestinationNotFoundException(
                "kafka: there is no topic for " + text(place.role()) + " " + place.name(), null);
    }

    private static String text(Role role) {
        return role.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
