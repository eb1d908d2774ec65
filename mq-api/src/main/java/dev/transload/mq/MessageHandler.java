package dev.transload.mq;

/**
 * Handles deliveries, one at a time per call; as many calls run at once as the subscription's concurrency.
 *
 * <p>Called on the client's handler threads, where it may block, send, subscribe and close. Returning acks the
 * delivery unless the handler settled it; throwing anything, errors included, is a failed attempt.
 *
 * @param <T> type of the payload
 */
@FunctionalInterface
public interface MessageHandler<T> {

    /** Handles one delivery. Interrupted when the lease is lost or the processing time is over. */
    void handle(Delivery<T> delivery) throws Exception;
}
