package dev.transload.mq.client;

import dev.transload.mq.Destination;
import dev.transload.mq.Group;
import dev.transload.mq.Queue;
import dev.transload.mq.Shape;
import dev.transload.mq.Source;
import dev.transload.mq.Topic;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import org.jspecify.annotations.Nullable;

/** Maps what applications name to the places a transport knows, derived places included. Pure. */
final class Places {

    private Places() {}

    /** The place a destination's messages are sent to. */
    static Place of(Destination<?> destination) {
        if (destination instanceof Queue<?> queue) {
            return new Place(Role.QUEUE, queue.name(), null, null, queue.shape(), queue.portable());
        }
        Topic<?> topic = (Topic<?>) destination;
        return new Place(Role.TOPIC, topic.name(), null, null, topic.shape(), topic.portable());
    }

    /** The place a source's messages are received from. */
    static Place of(Source<?> source) {
        if (source instanceof Queue<?> queue) {
            return of((Destination<?>) queue);
        }
        Group<?> group = (Group<?>) source;
        return new Place(Role.GROUP, group.name(), group.topic(), group.group(), group.shape(), group.portable());
    }

    /** Where the dead letters of a place are, unless a queue of another name takes them. */
    static Place deadLetters(Place home, @Nullable String instead) {
        if (instead != null) {
            return new Place(Role.DEAD_LETTERS, instead, null, null, Shape.PLAIN, false);
        }
        return new Place(Role.DEAD_LETTERS, home.name() + ".dlq", null, null, Shape.PLAIN, home.portable());
    }

    /** Where messages of a place run alone. */
    static Place suspects(Place home) {
        return new Place(Role.SUSPECTS, home.name() + ".suspects", null, null, Shape.PLAIN, home.portable());
    }

    /** The place of one level of priority, where the broker has no priorities. */
    static Place priorityLane(Place home, int level) {
        Shape shape =
                new Shape(false, home.shape().partitions(), 1, home.shape().retained());
        String mark = "--p" + level;
        return switch (home.role()) {
            case TOPIC -> new Place(Role.TOPIC, home.name() + mark, null, null, shape, home.portable());
            case GROUP -> {
                String topic = home.topic() + mark;
                String name = home.group() == null ? topic : topic + "--" + home.group();
                yield new Place(Role.GROUP, name, topic, home.group(), shape, home.portable());
            }
            default -> new Place(Role.PRIORITY_LANE, home.name() + mark, null, null, shape, home.portable());
        };
    }

    /** A reply inbox's place. */
    static Place reply(String address) {
        return new Place(Role.REPLY, address, null, null, Shape.PLAIN, false);
    }
}
