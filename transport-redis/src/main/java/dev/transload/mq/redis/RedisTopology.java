package dev.transload.mq.redis;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes and checks places, and remembers what was declared, to do it again after a connection was lost.
 *
 * <p>Thread-safe; its futures complete on the commander's thread.
 */
final class RedisTopology {

    private final Commands commander;
    private final Topology policy;
    private final RedisOptions options;
    private final String where;
    private final TopicPatterns patterns;

    /** Lanes by name of stream, of what was declared. */
    private final Map<String, Integer> lanes = new ConcurrentHashMap<>();

    private final Map<String, Place> declared = new ConcurrentHashMap<>();
    private final Map<String, Place> groups = new ConcurrentHashMap<>();

    RedisTopology(Commands commander, Topology policy, RedisOptions options, TimeSource time) {
        this.commander = commander;
        this.policy = policy;
        this.options = options;
        this.where = options.where();
        this.patterns = new TopicPatterns(commander, time);
    }

    /** Name of the stream that is sent to. */
    String stream(Place place) {
        return options.cluster() ? RedisKeys.clusterStream(place) : RedisKeys.stream(place);
    }

    /** Makes or checks a place that is sent to. */
    CompletableFuture<Void> declare(Place place) {
        int unlessKnown = lanesUnlessKnown(place);
        if (policy == Topology.NONE) {
            lanes.putIfAbsent(stream(place), unlessKnown);
            return CompletableFuture.completedFuture(null);
        }
        return declare(place, unlessKnown);
    }

    private CompletableFuture<Void> declare(Place place, int unlessKnown) {
        String stream = stream(place);
        List<byte[]> keys = new ArrayList<>();
        keys.add(RedisKeys.shape(stream));
        keys.addAll(RedisKeys.lanes(stream, Math.max(unlessKnown, lanes.getOrDefault(stream, 1))));
        String group = place.role() == Role.TOPIC ? "" : RedisKeys.group(place);
        List<byte[]> arguments = List.of(
                Bytes.of(policy == Topology.CREATE ? "create" : "look"),
                Bytes.of(text(place.role(), place.shape())),
                Bytes.of(unlessKnown),
                Bytes.of(group),
                Bytes.of(retainedMillis(place.shape())));
        return commander.ask(Script.DECLARE, keys, arguments).thenCompose(answer -> {
            List<?> told = answer instanceof List<?> list ? list : List.of("");
            switch (Bytes.text(told.get(0))) {
                case "ok" -> {
                    int found = (int) Bytes.number(told.get(1));
                    lanes.put(stream, found);
                    declared.put(stream, place);
                    if (found > keys.size() - 1) {
                        return declare(place, found);
                    }
                    return announced(place, Bytes.number(told.get(2)) == 1);
                }
                case "missing" ->
                    throw new DestinationNotFoundException("redis: there is no " + what(place) + " at " + where, null);
                case "type" ->
                    throw new DestinationMismatchException(
                            "redis: " + what(place) + " must be a stream, is a " + Bytes.text(told.get(1)), null);
                default ->
                    throw new DestinationMismatchException(
                            "redis: " + what(place) + " was declared as " + Bytes.text(told.get(1)) + ", now as "
                                    + text(place.role(), place.shape()),
                            null);
            }
        });
    }

    private static long retainedMillis(Shape shape) {
        Duration retained = shape.retained();
        return retained == null ? 0 : retained.toMillis();
    }

    // Groups that follow a pattern have theirs of a new topic before the first message is sent to it.
    private CompletableFuture<Void> announced(Place place, boolean made) {
        if (place.role() != Role.TOPIC || policy != Topology.CREATE || options.cluster()) {
            return CompletableFuture.completedFuture(null);
        }
        return patterns.announce(place.name()).thenCompose(groups -> {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (TopicPatterns.Follower follower : groups) {
                all.add(
                        follower.ephemeral()
                                ? ephemeral(place, follower.group(), true).thenAccept(there -> {})
                                : makeGroup(follower.group(), place, made ? "0" : "$"));
            }
            return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
        });
    }

    private int lanesUnlessKnown(Place place) {
        if (!place.shape().ordered()) {
            return 1;
        }
        return place.shape().partitions() == 0
                ? options.shards()
                : place.shape().partitions();
    }

    /** Lanes of a place that was declared, or what they are unless told otherwise. */
    int lanes(Place place) {
        return lanes.getOrDefault(stream(place), lanesUnlessKnown(place));
    }

    /** What a place was declared as, for people and for comparison. */
    static String text(Role role, Shape shape) {
        StringBuilder text =
                new StringBuilder(role.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        if (shape.ordered()) {
            text.append(", ordered");
        }
        if (shape.partitions() > 0) {
            text.append(", partitions ").append(shape.partitions());
        }
        if (shape.priorities() > 1) {
            text.append(", priorities ").append(shape.priorities());
        }
        Duration retained = shape.retained();
        if (retained != null) {
            text.append(", retained ").append(retained.toMillis()).append(" ms");
        }
        return text.toString();
    }

    private static String what(Place place) {
        return place.role().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + " " + place.name();
    }

    /** Makes sure that a place can be received from. */
    CompletableFuture<Void> check(Place place) {
        List<byte[]> streams = RedisKeys.lanes(stream(place), lanes(place));
        return commander
                .ask(Script.GROUP, streams, List.of(Bytes.of("look"), Bytes.of(RedisKeys.group(place)), Bytes.of("0")))
                .thenAccept(there -> {
                    if (Bytes.number(there) != 1) {
                        throw new DestinationNotFoundException(
                                "redis: there is no " + what(place) + " to receive from at " + where, null);
                    }
                });
    }

    // ---- groups

    /** Makes or checks a durable group, its topic, and the place that is its own. */
    CompletableFuture<Void> declareGroup(Place group, @Nullable Instant startAt) {
        String name = RedisKeys.group(group);
        groups.put(name, group);
        if (TopicPatterns.isPattern(group)) {
            return declare(group)
                    .thenCompose(done -> patterns.follow(name, String.valueOf(group.topic()), false))
                    .thenCompose(done -> eachTopic(group, topic -> makeGroup(name, topic, start(startAt))));
        }
        Place topic = topic(group);
        return declare(topic).thenCompose(done -> declare(group)).thenCompose(done -> {
            if (policy == Topology.NONE) {
                return CompletableFuture.completedFuture(null);
            }
            return due(stream(topic), lanes(topic)).thenCompose(moved -> makeGroup(name, topic, start(startAt)));
        });
    }

    /** Does something for each topic that a group follows by its pattern. */
    private CompletableFuture<Void> eachTopic(Place group, Function<Place, CompletableFuture<Void>> work) {
        return patterns.topics(String.valueOf(group.topic()))
                .thenCompose(topics -> CompletableFuture.allOf(topics.stream()
                        .map(name -> work.apply(new Place(Role.TOPIC, name, null, null, group.shape(), true)))
                        .toArray(CompletableFuture<?>[]::new)));
    }

    private CompletableFuture<Void> makeGroup(String group, Place topic, String start) {
        return commander
                .ask(
                        Script.GROUP,
                        RedisKeys.lanes(stream(topic), lanes(topic)),
                        List.of(
                                Bytes.of(policy == Topology.CREATE ? "create" : "look"),
                                Bytes.of(group),
                                Bytes.of(start)))
                .thenAccept(there -> {
                    if (Bytes.number(there) != 1) {
                        throw new DestinationNotFoundException(
                                "redis: there is no group " + group + " of topic " + topic.name() + " at " + where,
                                null);
                    }
                });
    }

    private CompletableFuture<@Nullable Object> due(String stream, int count) {
        List<byte[]> keys = new ArrayList<>(List.of(RedisKeys.due(stream), RedisKeys.later(stream)));
        keys.addAll(RedisKeys.lanes(stream, count));
        return commander.ask(Script.DUE, keys, List.of(Bytes.of(1_000)));
    }

    /** The id behind which a group begins that is to see what was stored at a time and later. */
    static String start(@Nullable Instant startAt) {
        if (startAt == null) {
            return "$";
        }
        long millis = startAt.toEpochMilli() - 1;
        return millis < 0 ? "0" : millis + "-18446744073709551615";
    }

    private CompletableFuture<Boolean> ephemeral(Place topic, String name, boolean make) {
        String stream = stream(topic);
        List<byte[]> keys = new ArrayList<>();
        keys.add(RedisKeys.ephemeral(stream));
        keys.addAll(RedisKeys.lanes(stream, lanes(topic)));
        return commander
                .ask(
                        Script.EPHEMERAL,
                        keys,
                        List.of(Bytes.of(name), Bytes.of(ServerInfo.EPHEMERAL.toMillis()), Bytes.of(make ? "1" : "0")))
                .thenApply(there -> Bytes.number(there) == 1);
    }

    /** Declares the topic of an ephemeral group and makes the group. */
    CompletableFuture<Void> declareEphemeral(Place group, String name) {
        if (policy == Topology.NONE) {
            throw new UnsupportedCapabilityException(
                    "ephemeral groups",
                    "topic " + group.topic(),
                    "Redis",
                    "an ephemeral group is made at the server, which topology NONE does not allow",
                    "use a durable group, or topology ASSERT or CREATE");
        }
        if (TopicPatterns.isPattern(group)) {
            return patterns.follow(name, String.valueOf(group.topic()), true)
                    .thenCompose(done -> eachTopic(
                            group, topic -> ephemeral(topic, name, true).thenAccept(there -> {})));
        }
        return declare(topic(group))
                .thenCompose(done -> due(stream(topic(group)), lanes(topic(group))))
                .thenCompose(done -> ephemeral(topic(group), name, true))
                .thenAccept(there -> {
                    if (!there) {
                        throw new DestinationNotFoundException(
                                "redis: there is no topic " + group.topic() + " at " + where, null);
                    }
                });
    }

    /** The topic that a group is of. */
    static Place topic(Place group) {
        return new Place(Role.TOPIC, String.valueOf(group.topic()), null, null, group.shape(), group.portable());
    }

    // ---- later

    /** Groups that follow patterns. */
    TopicPatterns patterns() {
        return patterns;
    }

    /** A place is no more. */
    void forget(Place place) {
        declared.remove(stream(place));
        groups.remove(RedisKeys.group(place));
    }

    /** Makes again what a server has forgotten. */
    CompletableFuture<Void> restore() {
        if (policy != Topology.CREATE) {
            return CompletableFuture.completedFuture(null);
        }
        List<CompletableFuture<Void>> all = new ArrayList<>();
        declared.values().forEach(place -> all.add(declare(place)));
        groups.values().forEach(group -> all.add(declareGroup(group, Instant.EPOCH)));
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }
}
