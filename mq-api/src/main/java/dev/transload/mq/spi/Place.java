package dev.transload.mq.spi;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A place messages are sent to or received from. A transport maps it to broker objects, injectively, in one class.
 *
 * @param role what the place is for
 * @param name its full logical name, such as {@code email-queue}, {@code orders--billing}, {@code email-queue.dlq};
 *     of an ephemeral group the name of its topic or its pattern; for {@link Role#REPLY} the address that {@link
 *     Receiver#replyTo()} gave, which came in a message and may be anything
 * @param topic topic or pattern the group belongs to; for {@link Role#GROUP} and nothing else
 * @param group name of the group, null if it is ephemeral; for {@link Role#GROUP} and nothing else
 * @param shape fixed when the place is first declared
 * @param portable whether the name follows the portable grammar; if not it is the broker's own and is not mapped
 */
public record Place(
        Role role,
        String name,
        @Nullable String topic,
        @Nullable String group,
        Shape shape,
        boolean portable) {

    public Place {
        requireNonNull(role, "role");
        requireNonNull(name, "name");
        requireNonNull(shape, "shape");
    }

    /** A place that is neither a topic's group nor someone else's. */
    public static Place of(Role role, String name, Shape shape) {
        return new Place(role, name, null, null, shape, true);
    }

    /** What a place is for. */
    public enum Role {
        /** A work queue. */
        QUEUE,
        /** A topic, sent to; receiving needs a group. */
        TOPIC,
        /** One group of a topic. Sending here reaches this group alone: retries and redrive. */
        GROUP,
        /** Dead letters: kept for ever, any number of deliveries, no expiry. */
        DEAD_LETTERS,
        /** Messages whose deliveries ended without outcome too often; received one at a time. */
        SUSPECTS,
        /** Messages that wait; received in the order they were sent, and held until they are due. */
        DELAY_LANE,
        /** One level of priority of a queue or group, where the broker has no priorities. */
        PRIORITY_LANE,
        /** A reply inbox, sent to. */
        REPLY
    }
}
