package dev.transload.mq.client;

import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Transport;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Declares each place once per client, and again when the broker turns out to have lost it. Thread-safe. */
final class Declarations {

    private final Transport transport;
    private final Topology topology;
    private final Map<Place, Declared> known = new ConcurrentHashMap<>();

    /** The last one asked for that was there: mostly the next one asked for. */
    private volatile @Nullable Declared last;

    Declarations(Transport transport, Topology topology) {
        this.transport = transport;
        this.topology = topology;
    }

    /** Completes when the place is there; a failed declaration is tried again at the next call. */
    CompletableFuture<Void> declared(Place place) {
        if (place.role() == Place.Role.REPLY) {
            return CompletableFuture.completedFuture(null);
        }
        Declared before = known.get(place);
        if (before != null && !before.isCompletedExceptionally()) {
            return before;
        }
        Declared fresh = new Declared(place);
        Declared now = known.compute(place, (key, old) -> old == null || old.isCompletedExceptionally() ? fresh : old);
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
        Declared recent = last;
        if (recent != null && !recent.forgotten && recent.place.equals(place)) {
            return true;
        }
        Declared state = known.get(place);
        if (state == null || !state.isDone() || state.isCompletedExceptionally()) {
            return false;
        }
        last = state;
        return true;
    }

    /** Forgets a place that the broker does not have; returns whether it may be made again. */
    boolean forget(Place place) {
        Declared gone = known.remove(place);
        if (gone != null) {
            gone.forgotten = true;
        }
        return topology == Topology.CREATE && place.role() != Place.Role.REPLY;
    }

    /** That a place is there, or will be. */
    private static final class Declared extends CompletableFuture<Void> {
        private final Place place;
        private volatile boolean forgotten;

        Declared(Place place) {
            this.place = place;
        }
    }
}
