package dev.transload.mq.redis;

import dev.transload.mq.Shape;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Which topics are Pub/Sub channels that others publish to, by name, as the option {@code channels} says. Immutable. */
final class Channels {

    /** Why a channel is neither sent to nor read by durable groups. */
    static final String REFUSAL =
            "by option channels it is a Pub/Sub channel that others publish to, which keeps nothing";

    private static final String LEVEL_OF_PRIORITY = "--p\\d$";

    /** Names; one that ends in {@code *} stands for all that begin so. */
    private final Set<String> names;

    private Channels(Set<String> names) {
        this.names = names;
    }

    /** Reads the option. */
    static Channels of(Optional<String> option) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : option.isEmpty() ? new String[0] : option.get().split(",", -1)) {
            if (name.isEmpty() || (name.indexOf('*') >= 0 && name.indexOf('*') < name.length() - 1)) {
                throw new IllegalArgumentException(
                        "option channels must be names of topics joined by commas, with '*' at the end of one or nowhere,"
                                + " was '" + option.get() + "'");
            }
            names.add(name);
        }
        return new Channels(names);
    }

    boolean isEmpty() {
        return names.isEmpty();
    }

    /** Whether a topic, or the topic that a group is of, is a channel. */
    boolean has(Place place) {
        if (names.isEmpty()) {
            return false;
        }
        return switch (place.role()) {
            case TOPIC -> isOne(place.name());
            case GROUP -> !TopicPatterns.isPattern(place) && isOne(String.valueOf(place.topic()));
            default -> false;
        };
    }

    private boolean isOne(String topic) {
        String home = topic.replaceFirst(LEVEL_OF_PRIORITY, "");
        return names.stream()
                .anyMatch(name -> name.endsWith("*")
                        ? topic.startsWith(name.substring(0, name.length() - 1))
                        : name.equals(topic) || name.equals(home));
    }

    /**
     * Refuses what a channel cannot be: a durable group, or a topic with order or history.
     *
     * @throws UnsupportedCapabilityException if it cannot be that
     */
    void requirePossible(Place place) {
        if (place.role() == Role.GROUP && place.group() != null) {
            throw refused("group " + place.name());
        }
        if (!place.shape().equals(Shape.PLAIN)) {
            throw refused("topic " + place.name() + ", " + place.shape());
        }
    }

    /** What is said to who sends to a channel. */
    static UnsupportedCapabilityException sendRefused(Place place) {
        return refused("a send to topic " + place.name());
    }

    private static UnsupportedCapabilityException refused(String what) {
        return new UnsupportedCapabilityException(
                "topics",
                what,
                "Redis",
                REFUSAL,
                "subscribe to the topic's ephemeral() group, or leave it out of channels");
    }

    /** For people: the names as they were given. */
    @Override
    public String toString() {
        return String.join(", ", names);
    }
}
