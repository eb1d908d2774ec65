package dev.transload.mq.client;

import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flows of the engine's own over places that exist only when they are needed: suspects, delay lanes, relays. Nothing is
 * at the broker before someone puts a message there; whether another client has done so is asked when a place is first
 * watched and every half minute after that. Once it exists, this client receives from it until it is forgotten.
 *
 * <p>Thread-safe. Starting a flow blocks for the broker and has a thread of its own.
 */
final class LazyFlows {

    private static final Logger LOG = LoggerFactory.getLogger(LazyFlows.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    private final Engine engine;
    private final Map<Place, Supplier<ClientSubscription>> watched = new ConcurrentHashMap<>();
    private final Map<Place, ClientSubscription> flows = new ConcurrentHashMap<>();

    LazyFlows(Engine engine) {
        this.engine = engine;
    }

    /** Receives from the place as soon as it exists. Returns at once; false if it was watched already. */
    boolean watch(Place place, Supplier<ClientSubscription> starter) {
        if (watched.putIfAbsent(place, starter) != null) {
            return false;
        }
        lookAndAgain(place);
        return true;
    }

    private void lookAndAgain(Place place) {
        if (engine.isClosed() || !watched.containsKey(place) || flows.containsKey(place)) {
            return;
        }
        Waits.whenDone(engine.transport().admin().depth(place), (depth, e) -> {
            if (e == null && depth.isPresent()) {
                look(place);
            } else {
                engine.time().schedule(LOOK_EVERY, () -> lookAndAgain(place));
            }
        });
    }

    /** There is something at the place: starts to receive it, unless that has begun. Returns at once. */
    void look(Place place) {
        if (watched.containsKey(place) && !flows.containsKey(place) && !engine.isClosed()) {
            // A virtual clock must not run away from a start that is on its way.
            engine.time().workBegan();
            Thread starter = HandlerThreads.named(engine.clientId(), place.name() + "-start", false)
                    .newThread(() -> start(place));
            starter.start();
        }
    }

    private void start(Place place) {
        try {
            Waits.join(
                    "declare " + place.name(),
                    engine.declared(place),
                    engine.settings().sendTimeout());
            flows.computeIfAbsent(place, key -> {
                Supplier<ClientSubscription> starter = watched.get(place);
                return starter == null ? null : starter.get();
            });
        } catch (RuntimeException e) {
            if (!engine.isClosed()) {
                LOG.warn("what is at {} waits: {}", place.name(), e.toString());
                engine.time().schedule(LOOK_EVERY, () -> look(place));
            }
        } finally {
            engine.time().workEnded();
        }
    }

    /** Nobody here handles what is at the place any more. */
    void forget(Place place) {
        if (watched.remove(place) != null) {
            ClientSubscription flow = flows.remove(place);
            if (flow != null) {
                flow.close();
            }
        }
    }

    /** Stops looking; returns what must be closed. */
    List<ClientSubscription> close() {
        watched.clear();
        return new ArrayList<>(flows.values());
    }
}
