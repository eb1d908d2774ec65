package dev.transload.mq.redis;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.PlaceAdmin;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/** Questions and orders about places. Thread-safe. */
final class RedisAdmin implements PlaceAdmin {

    private static final Duration AGAIN = Duration.ofMillis(50);

    private final Commands commander;
    private final RedisTopology topology;
    private final RedisOptions options;
    private final TimeSource time;

    RedisAdmin(Commands commander, RedisTopology topology, RedisOptions options, TimeSource time) {
        this.commander = commander;
        this.topology = topology;
        this.options = options;
        this.time = time;
    }

    /** Asks, and asks again while there is no connection, for as long as an answer may take. */
    private <T> CompletableFuture<T> told(String what, Supplier<CompletableFuture<T>> question) {
        return told(what, question, time.nanos() + options.timeout().toNanos());
    }

    private <T> CompletableFuture<T> told(String what, Supplier<CompletableFuture<T>> question, long deadline) {
        return question.get().exceptionallyCompose(failure -> {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof ConnectionLostException && deadline - time.nanos() > 0) {
                CompletableFuture<T> later = new CompletableFuture<>();
                var unused = time.schedule(AGAIN, () -> {
                    var unusedAnswer = told(what, question, deadline).whenComplete((answer, e) -> {
                        if (e == null) {
                            later.complete(answer);
                        } else {
                            later.completeExceptionally(e);
                        }
                    });
                });
                return later;
            }
            return CompletableFuture.failedFuture(
                    cause instanceof JedisException ? RedisErrors.operation(what, cause) : cause);
        });
    }

    @Override
    public CompletableFuture<OptionalLong> depth(Place place) {
        if (options.channels().has(place)) {
            return CompletableFuture.completedFuture(OptionalLong.empty());
        }
        return told("count " + place.name(), () -> lanes(place).thenCompose(count -> depth(place, count)));
    }

    private CompletableFuture<OptionalLong> depth(Place place, int count) {
        return topics(place).thenCompose(topics -> depth(place, count, topics));
    }

    /** The topics that a group is of; none for another place. */
    private CompletableFuture<List<String>> topics(Place place) {
        if (place.role() != Role.GROUP) {
            return CompletableFuture.completedFuture(List.of());
        }
        String topic = String.valueOf(place.topic());
        return TopicPatterns.isPattern(place)
                ? topology.patterns().topics(topic)
                : CompletableFuture.completedFuture(List.of(topic));
    }

    private CompletableFuture<OptionalLong> depth(Place place, int count, List<String> topics) {
        List<byte[]> keys = new ArrayList<>(List.of(RedisKeys.due(topology.stream(place))));
        int own = streams(place, count, topics, keys);
        String group = place.role() == Role.TOPIC ? "" : RedisKeys.group(place);
        return commander
                .ask(Script.DEPTH, keys, List.of(Bytes.of(group), Bytes.of(own)))
                .thenApply(answer -> {
                    long depth = Bytes.number(answer);
                    return depth < 0 ? OptionalLong.empty() : OptionalLong.of(depth);
                });
    }

    /** Adds the streams of a place, and of its topics behind them; gives how many are its own. */
    private int streams(Place place, int count, List<String> topics, List<byte[]> keys) {
        keys.addAll(RedisKeys.lanes(topology.stream(place), count));
        topics.forEach(topic -> keys.addAll(RedisKeys.lanes(topic, count)));
        return count;
    }

    /** How many lanes a place has at the server, whoever declared it. */
    private CompletableFuture<Integer> lanes(Place place) {
        return commander
                .ask(Command.HGET, RedisKeys.shape(topology.stream(place)), Bytes.of("lanes"))
                .thenApply(answer -> answer == null ? topology.lanes(place) : (int) Bytes.number(answer));
    }

    @Override
    public CompletableFuture<Void> purge(Place place) {
        return told(
                "purge " + place.name(),
                () -> lanes(place)
                        .thenCompose(count -> topics(place).thenCompose(topics -> purge(place, count, topics))));
    }

    private CompletableFuture<Void> purge(Place place, int count, List<String> topics) {
        String stream = topology.stream(place);
        List<byte[]> keys = new ArrayList<>(List.of(RedisKeys.due(stream), RedisKeys.later(stream)));
        int own = streams(place, count, topics, keys);
        return commander
                .ask(Script.PURGE, keys, List.of(Bytes.of(RedisKeys.group(place)), Bytes.of(own)))
                .thenAccept(done -> {});
    }

    @Override
    public CompletableFuture<Void> delete(Place place) {
        if (options.channels().has(place)) {
            return CompletableFuture.completedFuture(null); // a stream of that name is someone else's
        }
        topology.forget(place);
        return told(
                "delete " + place.name(),
                () -> lanes(place)
                        .thenCompose(count -> topics(place).thenCompose(topics -> delete(place, count, topics))));
    }

    private CompletableFuture<Void> delete(Place place, int count, List<String> topics) {
        String stream = topology.stream(place);
        List<byte[]> keys = new ArrayList<>(RedisKeys.lanes(stream, count));
        keys.add(RedisKeys.shape(stream));
        keys.add(RedisKeys.later(stream));
        keys.add(RedisKeys.due(stream));
        keys.add(RedisKeys.owners(stream));
        keys.add(RedisKeys.members(stream));
        keys.add(RedisKeys.ephemeral(stream));
        List<CompletableFuture<@Nullable Object>> all = new ArrayList<>();
        if (place.role() == Role.TOPIC && !options.cluster()) {
            all.add(commander.ask(Command.SREM, RedisKeys.TOPICS, Bytes.of(stream)));
        }
        if (TopicPatterns.isPattern(place)) {
            all.add(commander.ask(Command.HDEL, RedisKeys.PATTERNS, Bytes.of(RedisKeys.group(place))));
        }
        for (String topic : topics) {
            for (byte[] lane : RedisKeys.lanes(topic, count)) {
                all.add(commander
                        .ask(Command.XGROUP, Bytes.of("DESTROY"), lane, Bytes.of(RedisKeys.group(place)))
                        .exceptionally(gone -> null));
            }
        }
        all.add(commander.ask(Command.UNLINK, keys.toArray(new byte[0][])));
        return CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]));
    }

    /** Copies of the oldest messages of a place. */
    CompletableFuture<List<Message>> browse(Place place, int max) {
        return told(
                "browse " + place.name(),
                () -> lanes(place).thenCompose(count -> {
                    List<CompletableFuture<@Nullable Object>> pages = new ArrayList<>();
                    for (byte[] stream : RedisKeys.lanes(topology.stream(place), count)) {
                        pages.add(commander.ask(
                                Command.XRANGE,
                                stream,
                                Bytes.of("-"),
                                Bytes.of("+"),
                                Bytes.of("COUNT"),
                                Bytes.of(max)));
                    }
                    return CompletableFuture.allOf(pages.toArray(new CompletableFuture<?>[0]))
                            .thenApply(done -> {
                                List<Stored> all = new ArrayList<>();
                                pages.forEach(page -> read(place, page.join(), all));
                                all.sort(java.util.Comparator.comparingLong(Stored::millis));
                                return all.stream()
                                        .limit(max)
                                        .map(Stored::message)
                                        .toList();
                            });
                }));
    }

    private void read(Place place, @Nullable Object page, List<Stored> all) {
        for (Object one : page instanceof List<?> entries ? entries : List.of()) {
            List<?> entry = (List<?>) one;
            byte[] id = (byte[]) entry.get(0);
            Message message = RedisMessages.read(
                    topology.stream(place), id, EntryFields.of((List<?>) entry.get(1)), options.bodyFieldBytes());
            all.add(new Stored(EntryId.millis(id), message));
        }
    }

    /** A message, and when it was added in milliseconds since 1970. */
    private record Stored(long millis, Message message) {}
}
