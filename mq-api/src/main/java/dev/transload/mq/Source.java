package dev.transload.mq;

/**
 * What can be subscribed to: a {@link Queue}, or a {@link Group} of a topic.
 *
 * @param <T> type of the payload
 */
public sealed interface Source<T> permits Queue, Group {

    /** The name that failures, events and derived places carry: {@code email-queue}, {@code orders--billing}. */
    String name();

    /** What the broker must know before the first message. */
    Shape shape();

    /** How bytes become payloads. */
    Codec<T> codec();
}
