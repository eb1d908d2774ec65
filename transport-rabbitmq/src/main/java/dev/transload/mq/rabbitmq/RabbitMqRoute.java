package dev.transload.mq.rabbitmq;

import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which broker objects a place is: the one class that maps names.
 *
 * <p>Queues, groups, dead letters and all other places one receives from are a queue of the place's name. A topic is a
 * routing key of the topic exchange that is named by the topic's first segment, so that a pattern, whose first segment
 * is literal, sees topics made later. A topic with a name of the broker's own is the exchange of that name.
 */
final class RabbitMqRoute {

    /** Exchanges and queues of the transport's own start so. */
    static final String OWN = "mq.";

    private RabbitMqRoute() {}

    /** Exchange a message is sent to, empty for the default exchange. */
    static String exchange(Outgoing message) {
        return message.delayMillis() > 0
                ? RabbitMqDelays.exchange(RabbitMqDelays.units(message.delayMillis()))
                : exchange(message.to());
    }

    /** Exchange of a place that is sent to, empty for the default exchange. */
    static String exchange(Place place) {
        return place.role() == Place.Role.TOPIC ? topicExchange(place.name(), place.portable()) : "";
    }

    /** Routing key a message is sent with. */
    static String routingKey(Outgoing message) {
        return message.delayMillis() > 0
                ? RabbitMqDelays.routingKey(RabbitMqDelays.units(message.delayMillis()), message.to())
                : message.to().name();
    }

    /**
     * Whether it is an error if a message reaches no queue. A direct reply is no queue before 4.2, so that the broker
     * would return every one.
     */
    static boolean mandatory(Outgoing message, BrokerVersion version) {
        Place to = message.to();
        return switch (to.role()) {
            case TOPIC -> message.delayMillis() > 0;
            case REPLY -> version.atLeast(4, 2) || !to.name().startsWith(RabbitMqReplyInbox.ADDRESS);
            default -> true;
        };
    }

    /** Whether a message's reply comes back on the channel it is written to. */
    static boolean request(Outgoing message) {
        return RabbitMqReplyInbox.ADDRESS.equals(message.message().replyTo());
    }

    /** Exchange of a topic or of all topics that match a pattern. */
    static String topicExchange(String topic, boolean portable) {
        int dot = portable ? topic.indexOf('.') : -1;
        return dot < 0 ? topic : topic.substring(0, dot);
    }

    /** Exchange of the topic a group belongs to. */
    static String groupExchange(Place group) {
        return topicExchange(topic(group), group.portable());
    }

    /** Binding key of a group's queue: all of a topic that is the broker's own, else the topic or the pattern. */
    static String bindingKey(Place group) {
        return group.portable() ? topic(group) : "#";
    }

    /** Topic or pattern of a group. */
    static String topic(Place group) {
        return Objects.requireNonNull(group.topic(), "topic of a group");
    }

    /** Dead letters that the broker itself sets aside from a queue, or null where it sets none aside. */
    static @Nullable String backstop(Place place) {
        return switch (place.role()) {
            case QUEUE, GROUP -> place.name() + ".dlq";
            case SUSPECTS -> without(place.name(), ".suspects") + ".dlq";
            case PRIORITY_LANE -> place.name().substring(0, laneMark(place.name())) + ".dlq";
            case TOPIC, DEAD_LETTERS, DELAY_LANE, REPLY -> null;
        };
    }

    private static String without(String name, String suffix) {
        return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
    }

    private static int laneMark(String name) {
        int mark = name.lastIndexOf("--p");
        return mark < 0 ? name.length() : mark;
    }
}
