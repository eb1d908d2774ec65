package dev.transload.mq;

/**
 * All topics whose names match a pattern. It can be subscribed to, by group, but not sent to.
 *
 * <p>Immutable.
 *
 * @param <T> type of the payload
 */
public final class TopicPattern<T> {

    private final String pattern;
    private final Codec<T> codec;
    private final Shape shape;

    TopicPattern(String pattern, Codec<T> codec, Shape shape) {
        this.pattern = pattern;
        this.codec = codec;
        this.shape = shape;
    }

    /** The matching topics are ordered ones. */
    public TopicPattern<T> ordered() {
        return new TopicPattern<>(pattern, codec, shape.asOrdered());
    }

    /** A durable group over all matching topics, also those made later. */
    public Group<T> group(String group) {
        return Group.over(pattern, codec, shape, Names.portable("group name", group));
    }

    /** Whoever is subscribed now. */
    public Group<T> ephemeral() {
        return Group.over(pattern, codec, shape, null);
    }

    /** The pattern as written. */
    public String pattern() {
        return pattern;
    }

    @Override
    public String toString() {
        return "TopicPattern[" + pattern + "]";
    }
}
