package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * A topic: each group gets every message; inside a group consumers compete.
 *
 * <p>Immutable. Each method that changes the shape returns a new topic.
 *
 * @param <T> type of the payload
 */
public final class Topic<T> implements Destination<T> {

    private final String name;
    private final Codec<T> codec;
    private final Shape shape;
    private final boolean portable;

    private Topic(String name, Codec<T> codec, Shape shape, boolean portable) {
        this.name = name;
        this.codec = codec;
        this.shape = shape;
        this.portable = portable;
    }

    /**
     * A topic with a portable name, see {@link Queue#of(String, Class)}.
     *
     * @param type payload type: {@code byte[]} and {@code String} as they are, any other as JSON
     */
    public static <T> Topic<T> of(String name, Class<T> type) {
        return of(name, Codec.of(type));
    }

    /** A topic with a portable name and a codec of its own. */
    public static <T> Topic<T> of(String name, Codec<T> codec) {
        return new Topic<>(Names.portable("topic name", name), requireNonNull(codec, "codec"), Shape.PLAIN, true);
    }

    /** A topic that exists at the broker under a name of its own, used exactly as written. */
    public static <T> Topic<T> named(String name, Class<T> type) {
        return new Topic<>(Names.existing(name), Codec.of(type), Shape.PLAIN, false);
    }

    /**
     * All topics whose names match: {@code *} stands for one segment, {@code #} at the end for any number, the first
     * segment is literal, as in {@code orders.*.created} and {@code orders.#}.
     */
    public static <T> TopicPattern<T> pattern(String pattern, Class<T> type) {
        return new TopicPattern<>(Names.topicPattern(pattern), Codec.of(type), Shape.PLAIN);
    }

    /** Messages of one key are handled one at a time and in send order, in each group. */
    public Topic<T> ordered() {
        return new Topic<>(name, codec, shape.asOrdered(), portable);
    }

    /** Units of order and of parallel consumption, 1 to 1,024. */
    public Topic<T> partitions(int count) {
        return new Topic<>(name, codec, shape.withPartitions(count), portable);
    }

    /** Levels of priority, 2 to 10: 0 is the lowest and the default, {@code levels - 1} the highest. */
    public Topic<T> priorities(int levels) {
        return new Topic<>(name, codec, shape.withPriorities(levels), portable);
    }

    /** Messages stay this long, handled or not, so that a group can replay them. */
    public Topic<T> retained(Duration duration) {
        return new Topic<>(name, codec, shape.withRetained(requireNonNull(duration, "duration")), portable);
    }

    /** A durable group: it gets every message sent from the moment it is first subscribed. */
    public Group<T> group(String group) {
        return Group.of(this, Names.portable("group name", group));
    }

    /** Whoever is subscribed now: sees only what is sent while subscribed, and leaves nothing behind. */
    public Group<T> ephemeral() {
        return Group.of(this, null);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Shape shape() {
        return shape;
    }

    @Override
    public Codec<T> codec() {
        return codec;
    }

    /** Whether the name follows the portable grammar; otherwise it is the broker's own. */
    public boolean portable() {
        return portable;
    }

    @Override
    public String toString() {
        return "Topic[" + name + "]";
    }
}
