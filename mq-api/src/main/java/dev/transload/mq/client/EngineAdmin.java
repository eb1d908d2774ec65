package dev.transload.mq.client;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.Destination;
import dev.transload.mq.Group;
import dev.transload.mq.MqAdmin;
import dev.transload.mq.Queue;
import dev.transload.mq.Shape;
import dev.transload.mq.Source;
import dev.transload.mq.Topic;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.PlaceAdmin;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Questions and orders about destinations, derived places included, on any transport. Thread-safe; every method waits
 * for the broker, at most half a minute for each place.
 */
final class EngineAdmin implements MqAdmin {

    private final EngineContext engine;

    EngineAdmin(EngineContext engine) {
        this.engine = engine;
    }

    @Override
    public boolean exists(Destination<?> destination) {
        return total(withLanes(Places.of(requireNonNull(destination, "destination"))))
                .isPresent();
    }

    @Override
    public OptionalLong depth(Source<?> source) {
        return total(withLanes(durable(source)));
    }

    @Override
    public long deadLetterDepth(Source<?> source) {
        return total(List.of(Places.deadLetters(durable(source), null))).orElse(0);
    }

    @Override
    public void create(Destination<?> destination) {
        Place place = Places.of(requireNonNull(destination, "destination"));
        if (destination instanceof Topic<?>) {
            Shapes.require(capabilities(place.shape()), Capability.GROUPS, place, "topics");
        }
        if (place.shape().ordered()) {
            Shapes.require(capabilities(place.shape()), Capability.LANES, place, "order by key");
        }
        if (place.shape().retained() != null) {
            Shapes.require(capabilities(place.shape()), Capability.HISTORY, place, "retained messages");
        }
        Waits.join("create " + place.name(), engine.declared(place));
    }

    @Override
    public void purge(Source<?> source) {
        for (Place place : withLanes(durable(source))) {
            if (total(List.of(place)).isPresent()) {
                Waits.join("purge " + place.name(), admin().purge(place));
            }
        }
    }

    @Override
    public void delete(Destination<?> destination) {
        Place place = Places.of(requireNonNull(destination, "destination"));
        delete(destination instanceof Queue<?> ? withDerived(place) : List.of(place));
    }

    @Override
    public void delete(Group<?> group) {
        delete(withDerived(durable(group)));
    }

    // The source goes first: what it still receives must find the derived places.
    private void delete(List<Place> places) {
        for (Place place : places) {
            Waits.join("delete " + place.name(), admin().delete(place));
            engine.deleted(place);
        }
    }

    private static Place durable(Source<?> source) {
        if (requireNonNull(source, "source") instanceof Group<?> group && group.isEphemeral()) {
            throw new IllegalArgumentException(
                    "an ephemeral group of " + group.topic() + " has no place that outlives its subscription");
        }
        return Places.of(source);
    }

    /** The place, and those of its levels of priority where the broker has none. */
    private List<Place> withLanes(Place place) {
        List<Place> places = new ArrayList<>(List.of(place));
        if (place.shape().priorities() > 1 && !capabilities(place.shape()).has(Capability.PRIORITY)) {
            for (int level = 0; level < place.shape().priorities(); level++) {
                places.add(Places.priorityLane(place, level));
            }
        }
        return places;
    }

    private List<Place> withDerived(Place place) {
        List<Place> places = withLanes(place);
        places.add(Places.suspects(place));
        places.add(Places.deadLetters(place, null));
        return places;
    }

    /** Messages in the places that exist; empty if none does. */
    private OptionalLong total(List<Place> places) {
        OptionalLong total = OptionalLong.empty();
        for (Place place : places) {
            OptionalLong depth = Waits.join("count " + place.name(), admin().depth(place));
            if (depth.isPresent()) {
                total = OptionalLong.of(total.orElse(0) + depth.getAsLong());
            }
        }
        return total;
    }

    private Capabilities capabilities(Shape shape) {
        return engine.transport().capabilities(shape);
    }

    private PlaceAdmin admin() {
        return engine.transport().admin();
    }
}
