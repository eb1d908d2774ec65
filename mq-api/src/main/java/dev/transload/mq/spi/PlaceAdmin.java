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
     * Messages waiting, approximate where the broker approximates; empty if the place does not exist. For a topic any
     * number says that it exists.
     */
    CompletableFuture<OptionalLong> depth(Place place);

    /** Removes all waiting messages. */
    CompletableFuture<Void> purge(Place place);

    /** Removes the place; done at once if it does not exist. */
    CompletableFuture<Void> delete(Place place);
}
