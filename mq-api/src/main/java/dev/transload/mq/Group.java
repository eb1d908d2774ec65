package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One group of a topic, durable or ephemeral. Every group gets every message; the members of a group share them.
 *
 * <p>Immutable. A filter belongs to the group: all members must state the same one.
 *
 * @param <T> type of the payload
 */
public final class Group<T> implements Source<T> {

    private final String topic;
    private final boolean pattern;
    private final boolean portable;
    private final Codec<T> codec;
    private final Shape shape;
    private final @Nullable String group;
    private final @Nullable Instant start;
    private final Map<String, String> headers;

    private Group(
            String topic,
            boolean pattern,
            boolean portable,
            Codec<T> codec,
            Shape shape,
            @Nullable String group,
            @Nullable Instant start,
            Map<String, String> headers) {
        this.topic = topic;
        this.pattern = pattern;
        this.portable = portable;
        this.codec = codec;
        this.shape = shape;
        this.group = group;
        this.start = start;
        this.headers = headers;
    }

    /** A group of one topic, ephemeral if it has no name. */
    static <T> Group<T> of(Topic<T> topic, @Nullable String group) {
        return new Group<>(topic.name(), false, topic.portable(), topic.codec(), topic.shape(), group, null, Map.of());
    }

    /** A group over a pattern, ephemeral if it has no name. */
    static <T> Group<T> over(String pattern, Codec<T> codec, Shape shape, @Nullable String group) {
        return new Group<>(pattern, true, true, codec, shape, group, null, Map.of());
    }

    /** A new group starts at the oldest message kept; one that exists goes on where it was. */
    public Group<T> fromBeginning() {
        return from(Instant.EPOCH);
    }

    /** A new group starts at the first message of that time or later; one that exists goes on where it was. */
    public Group<T> from(Instant time) {
        requireNonNull(time, "time");
        if (group == null) {
            throw new IllegalArgumentException("an ephemeral group of " + topic
                    + " sees only what is sent while it is subscribed: it has no start");
        }
        if (shape.retained() == null) {
            throw new IllegalArgumentException("replay needs a retained topic: declare " + topic + " retained(…)");
        }
        return new Group<>(topic, pattern, portable, codec, shape, group, time, headers);
    }

    /** Only messages that carry this header with exactly this value; several calls must all hold. */
    public Group<T> whereHeader(String name, String value) {
        Headers.check(name, value);
        Map<String, String> all = new TreeMap<>(headers);
        all.put(name, value);
        return new Group<>(topic, pattern, portable, codec, shape, group, start, Map.copyOf(all));
    }

    /** Name of the topic, or the pattern. */
    public String topic() {
        return topic;
    }

    /** Whether {@link #topic()} is a pattern. */
    public boolean isPattern() {
        return pattern;
    }

    /** Whether the topic's name follows the portable grammar; otherwise it is the broker's own. */
    public boolean portable() {
        return portable;
    }

    /** Name of the group, or null if it is ephemeral. */
    public @Nullable String group() {
        return group;
    }

    /** Whether the group lives only as long as the subscription. */
    public boolean isEphemeral() {
        return group == null;
    }

    /** Where a new group starts, {@link Instant#EPOCH} for the beginning, or null for the moment of subscribing. */
    public @Nullable Instant start() {
        return start;
    }

    /** Headers that must be equal; empty for all messages. */
    public Map<String, String> headerFilter() {
        return headers;
    }

    @Override
    public String name() {
        return group == null ? topic : topic + "--" + group;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public Codec<T> codec() {
        return codec;
    }

    @Override
    public String toString() {
        return "Group[" + name() + (group == null ? ", ephemeral" : "") + "]";
    }
}
