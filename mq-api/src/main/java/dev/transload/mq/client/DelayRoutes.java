package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.List;

/** Finds the way of a delayed message: by the broker where it can, else over lanes that the engine keeps. */
final class DelayRoutes {

    private final EngineContext engine;

    DelayRoutes(EngineContext engine) {
        this.engine = engine;
    }

    /**
     * Where a message goes now.
     *
     * @param to the place to send to
     * @param message what to send there
     * @param delayMillis delay for the broker
     */
    record Route(Place to, Message message, long delayMillis) {}

    /** Longest delay of a send to places of these capabilities. */
    Duration maxDelay(Capabilities capable) {
        return capable.maxSendDelay();
    }

    /** The first step of a message on its way. */
    Route route(Place to, Message message, long delayMillis) {
        Capabilities capable = engine.transport().capabilities(to.shape());
        if (delayMillis <= capable.maxSendDelay().toMillis()) {
            return new Route(to, message, delayMillis);
        }
        throw new UnsupportedCapabilityException(
                "a message to " + to.name() + " can be delayed by at most " + maxDelay(capable) + ", was "
                        + Duration.ofMillis(delayMillis),
                null);
    }

    /** Ends the lanes' flows; returns them to be closed. */
    List<ClientSubscription> close() {
        return List.of();
    }
}
