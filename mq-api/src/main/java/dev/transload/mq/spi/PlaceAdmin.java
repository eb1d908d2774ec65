package dev.transload.mq.spi;

import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Questions and orders about places.
 *
 * <p>Thread-safe.
 */
public interface PlaceAdmin {

    /**
     * Messages waiting, approximate where the broker approximates; empty if the place does not exist. Unsettled ones are
     * not waiting. For a topic any number says that it exists. The engine asks often, whether a place has come to exist.
     */
    CompletableFuture<OptionalLong> depth(Place place);

    /** Removes all waiting messages, those that wait in the place for their delay included. */
    CompletableFuture<Void> purge(Place place);

    /**
     * Removes the place with its messages; done at once if it does not exist. Receivers of it are told {@link
     * Sink#failed}. A deleted group gets nothing more from its topic.
     */
    CompletableFuture<Void> delete(Place place);
}
