package dev.transload.mq.client;

import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Transport;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Declares each place once per client, and again when the broker turns out to have lost it. Thread-safe. */
final class Declarations {

    private final Transport transport;
    private final Topology topology;
    private final Map<Place, CompletableFuture<Void>> known = new ConcurrentHashMap<>();

    Declarations(Transport transport, Topology topology) {
        this.transport = transport;
        this.topology = topology;
    }

    /** Completes when the place is there; a failed declaration is tried again at the next call. */
    CompletableFuture<Void> declared(Place place) {
        if (place.role() == Place.Role.REPLY) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> before = known.get(place);
        if (before != null && !before.isCompletedExceptionally()) {
            return before;
        }
        CompletableFuture<Void> fresh = new CompletableFuture<>();
        CompletableFuture<Void> now =
                known.compute(place, (key, old) -> old == null || old.isCompletedExceptionally() ? fresh : old);
        if (now == fresh) {
            Waits.whenDone(transport.declare(place), (done, failure) -> {
                if (failure == null) {
                    fresh.complete(null);
                } else {
                    fresh.completeExceptionally(failure);
                }
            });
        }
        return now;
    }

    /** Whether the place is known to be there, without asking. */
    boolean isDeclared(Place place) {
        CompletableFuture<Void> state = known.get(place);
        return state != null && state.isDone() && !state.isCompletedExceptionally();
    }

    /** Forgets a place that the broker does not have; returns whether it may be made again. */
    boolean forget(Place place) {
        known.remove(place);
        return topology == Topology.CREATE && place.role() != Place.Role.REPLY;
    }
}
