package dev.transload.mq;

/**
 * Where messages are sent: a {@link Queue} or a {@link Topic}, with the type of its payloads.
 *
 * <p>A value: immutable, without a connection, to be kept in a constant.
 *
 * @param <T> type of the payload
 */
public sealed interface Destination<T> permits Queue, Topic {

    /** The name on every transport. */
    String name();

    /** What the broker must know before the first message. */
    Shape shape();

    /** How payloads become bytes. */
    Codec<T> codec();
}
