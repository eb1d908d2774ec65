package dev.transload.mq.client;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Refuses what the broker cannot be, and two shapes under one name, before any I/O. Thread-safe. */
final class Shapes {

    private final Engine engine;
    private final Map<String, Shape> known = new ConcurrentHashMap<>();

    Shapes(Engine engine) {
        this.engine = engine;
    }

    /** Checks a place's name and shape and returns what the broker does for it. */
    Capabilities check(Place place) {
        Shape shape = place.shape();
        Capabilities capable = engine.transport().capabilities(place);
        boolean topic = place.role() == Role.TOPIC || place.role() == Role.GROUP;
        if (topic) {
            require(capable, Capability.GROUPS, place, "topics");
        }
        if (shape.ordered()) {
            require(capable, Capability.LANES, place, "order by key");
        }
        if (shape.retained() != null) {
            require(capable, Capability.HISTORY, place, "retained messages");
        }
        // With the longest suffix of a derived place, or that of a level of priority.
        if (place.portable()
                && place.name().length() + ".suspects".length()
                        > capable.limits().name()) {
            throw new IllegalArgumentException("name " + place.name() + " must have at most "
                    + (capable.limits().name() - ".suspects".length()) + " characters on this broker, had "
                    + place.name().length());
        }
        String name = (topic ? "topic " : "queue ") + (place.topic() == null ? place.name() : place.topic());
        Shape before = known.putIfAbsent(name, shape);
        if (before != null && !before.equals(shape)) {
            throw new DestinationMismatchException(name + " is used as " + before + " and as " + shape, null);
        }
        return capable;
    }

    static void require(Capabilities capable, Capability capability, Place place, String what) {
        if (!capable.has(capability)) {
            throw Refused.capability(capability, what + " (" + place.name() + ")", capable);
        }
    }
}
