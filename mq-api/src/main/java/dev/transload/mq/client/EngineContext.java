package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * What the parts of one client share. Immutable; the parts it names are thread-safe.
 */
interface EngineContext {

    /** The open transport. */
    Transport transport();

    /** The time everything goes by, virtual in tests. */
    TimeSource time();

    /** Where events go. */
    Events events();

    /** Name of this client at the broker. */
    String clientId();

    /** Declares a place once per client; later calls are answered from memory. */
    CompletableFuture<Void> declared(Place place);

    /** The place is no longer there; the next use declares it again. */
    void deleted(Place place);

    /**
     * Sends a message of the engine's own: a retry, a dead letter, a reply. Tries again as sends do, is not counted
     * against the bound of outstanding sends, and completes on a thread that must not block.
     *
     * @param delayMillis how long it must not be received, any length that the engine accepted before
     */
    CompletableFuture<Void> sendInternal(Place to, Message message, long delayMillis);

    /**
     * Runs a task on the client's completion thread, where futures that applications hold are completed and their
     * continuations run; never on the calling thread. Tasks of one thread run in order. Does not block; after close the
     * task runs all the same.
     */
    void complete(Runnable task);

    /** Longest delay of a send to places of these capabilities, natively or through delay lanes. */
    Duration maxDelay(Capabilities capable);

    /** A message was moved to a suspects' place: whoever handles it should look there. */
    void suspectsAt(Place suspects);
}
