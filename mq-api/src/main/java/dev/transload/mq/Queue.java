package dev.transload.mq;

import static java.util.Objects.requireNonNull;

/**
 * A work queue: each message is handled by one of the competing consumers.
 *
 * <p>Immutable. Each method that changes the shape returns a new queue.
 *
 * @param <T> type of the payload
 */
public final class Queue<T> implements Destination<T>, Source<T> {

    private final String name;
    private final Codec<T> codec;
    private final Shape shape;
    private final boolean portable;

    private Queue(String name, Codec<T> codec, Shape shape, boolean portable) {
        this.name = name;
        this.codec = codec;
        this.shape = shape;
        this.portable = portable;
    }

    /**
     * A queue with a portable name: {@code [a-z0-9]+([.-][a-z0-9]+)*}, at most 48 characters, the last segment not
     * {@code dlq}, {@code suspects} or {@code delays}.
     *
     * @param type payload type: {@code byte[]} and {@code String} as they are, any other as JSON
     */
    public static <T> Queue<T> of(String name, Class<T> type) {
        return of(name, Codec.of(type));
    }

    /** A queue with a portable name and a codec of its own. */
    public static <T> Queue<T> of(String name, Codec<T> codec) {
        return new Queue<>(Names.portable("queue name", name), requireNonNull(codec, "codec"), Shape.PLAIN, true);
    }

    /** A queue that exists at the broker under a name of its own, used exactly as written. */
    public static <T> Queue<T> named(String name, Class<T> type) {
        return named(name, Codec.of(type));
    }

    /** A queue that exists at the broker under a name of its own, with a codec of its own. */
    public static <T> Queue<T> named(String name, Codec<T> codec) {
        return new Queue<>(Names.existing(name), requireNonNull(codec, "codec"), Shape.PLAIN, false);
    }

    /** Messages of one key are handled one at a time and in send order. */
    public Queue<T> ordered() {
        return new Queue<>(name, codec, shape.asOrdered(), portable);
    }

    /** Units of order and of parallel consumption, 1 to 1,024. */
    public Queue<T> partitions(int count) {
        return new Queue<>(name, codec, shape.withPartitions(count), portable);
    }

    /** Levels of priority, 2 to 10: 0 is the lowest and the default, {@code levels - 1} the highest. */
    public Queue<T> priorities(int levels) {
        return new Queue<>(name, codec, shape.withPriorities(levels), portable);
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
        return "Queue[" + name + "]";
    }
}
