package dev.transload.mq.client;

import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs messages that may be killing processes, one at a time with nothing beside them, for every source this client
 * subscribes to.
 *
 * <p>A suspects' place is made with the first suspect, so nothing is at the broker before there is one. Whether others
 * have made one is asked when a subscription starts and every half minute after that; once it exists this client
 * receives from it as long as the subscription lives. Thread-safe.
 */
final class SuspectFlows {

    private static final Logger LOG = LoggerFactory.getLogger(SuspectFlows.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    private final Engine engine;
    private final Map<Place, FlowSpec<?>> watched = new ConcurrentHashMap<>();
    private final Map<Place, ClientSubscription> flows = new ConcurrentHashMap<>();

    SuspectFlows(Engine engine) {
        this.engine = engine;
    }

    /** A subscription starts: its suspects, if it has a place for them, are looked after from now on. */
    void watch(FlowSpec<?> spec) {
        Place place = spec.suspects();
        if (place != null && watched.putIfAbsent(place, spec) == null) {
            lookAndAgain(place);
        }
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

    /** There are suspects: starts to receive them, unless it has started. */
    void look(Place place) {
        FlowSpec<?> spec = watched.get(place);
        if (spec != null && !flows.containsKey(place)) {
            // Starting blocks for the broker, which the caller may not.
            Thread starter = HandlerThreads.named(engine.clientId(), place.name() + "-start", false)
                    .newThread(() -> start(place, spec));
            starter.start();
        }
    }

    private <T> void start(Place place, FlowSpec<T> spec) {
        try {
            Waits.join(
                    "declare " + place.name(),
                    engine.declared(place),
                    engine.settings().sendTimeout());
            flows.computeIfAbsent(place, key -> {
                Capabilities capable = engine.transport().capabilities(place.shape());
                SubscribeOptions options =
                        spec.options().toBuilder().concurrency(1).prefetch(1).build();
                FlowSpec<T> alone = spec.over(place, true, 1, options, capable);
                ReceiveSpec receive = ReceiveSpec.builder(place, 1)
                        .lease(options.lease())
                        .maxProcessingTime(options.maxProcessingTime())
                        .build();
                return engine.start(alone, receive);
            });
        } catch (RuntimeException e) {
            LOG.warn("suspects at {} wait: {}", place.name(), e.toString());
            engine.time().schedule(LOOK_EVERY, () -> look(place));
        }
    }

    /** A subscription ended: nobody here handles its suspects any more. */
    void forget(FlowSpec<?> spec) {
        Place place = spec.suspects();
        if (place != null && watched.remove(place, spec)) {
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
