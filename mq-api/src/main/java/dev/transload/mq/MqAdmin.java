package dev.transload.mq;

import java.util.OptionalLong;

/** Questions and orders about destinations, the same on every broker. Thread-safe; every method blocks. */
public interface MqAdmin {

    /** Whether the broker has the destination. */
    boolean exists(Destination<?> destination);

    /**
     * Messages waiting at a queue or group, approximate where {@link Explanation} says so; empty if it does not exist.
     */
    OptionalLong depth(Source<?> source);

    /** Dead letters of a queue or group, 0 if there is no such place. */
    long deadLetterDepth(Source<?> source);

    /** Makes the destination, or the group with its start, as sending or subscribing would. */
    void create(Destination<?> destination);

    /** Removes all waiting messages of a queue or group. */
    void purge(Source<?> source);

    /** Removes a destination with what it holds, and a queue's derived places; nothing happens if it is not there. */
    void delete(Destination<?> destination);

    /** Removes a durable group with what it holds and its derived places. */
    void delete(Group<?> group);
}
