package dev.transload.mq;

import java.util.concurrent.CompletionStage;

/**
 * Handles deliveries without holding a thread: the delivery is settled when the stage completes.
 *
 * <p>Called on the client's handler threads. A stage that fails is a failed attempt, as is throwing; one that never
 * completes ends with the processing time. The concurrency bounds the stages in progress.
 *
 * @param <T> type of the payload
 */
@FunctionalInterface
public interface AsyncMessageHandler<T> {

    /** Starts to handle one delivery. */
    CompletionStage<?> handle(Delivery<T> delivery) throws Exception;
}
