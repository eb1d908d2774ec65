package dev.transload.mq;

import java.time.Duration;

/**
 * Told of what happens to messages and connections. Every method does nothing unless overridden.
 *
 * <p>Called on the engine thread where the event happens, in order for each delivery: a slow listener slows its
 * subscription. What it throws is logged and harms nothing.
 */
public interface MqListener {

    /** The broker has the message. */
    default void sent(String destination, String id) {}

    /** A send failed for good. */
    default void sendFailed(String destination, String id, Throwable cause) {}

    /** A delivery is about to be handled. */
    default void delivered(Delivery<?> delivery) {}

    /** The handler succeeded and the delivery is acked. */
    default void completed(Delivery<?> delivery, Duration handling) {}

    /** The handler failed. */
    default void failed(Delivery<?> delivery, Throwable cause) {}

    /** The message will be tried again after the delay. */
    default void retried(Delivery<?> delivery, Duration delay) {}

    /** The message was set aside; {@code source} is the queue or group. */
    default void deadLettered(String source, Message message, Failure failure) {}

    /** The message was thrown away: by the handler, by the absence of dead letters, or by a policy. */
    default void discarded(String source, Message message, String why) {}

    /** The message's time to live was over. */
    default void expired(String source, Message message) {}

    /** The idempotency store knew the message as done; the handler was not called. */
    default void duplicateSkipped(String source, Message message) {}

    /** The idempotency store could not be reached, or a message had no lasting id and bypassed it. */
    default void idempotencyBypassed(String source, Message message, String why) {}

    /** A lane's span is full behind a key that waits for its retry; the lane receives nothing more. */
    default void laneBlocked(String source, int lane) {}

    /** A delivery is no longer this client's. */
    default void leaseLost(String source, Message message, String why) {}

    /** A message was handed out so often without an outcome that it is run alone. */
    default void suspected(String source, Message message, int deliveries) {}

    /** A reply came too late, twice, or could not be received by anyone. */
    default void replyDropped(String correlationId, String why) {}

    /** The connection is lost; the client keeps trying. */
    default void reconnecting(String why) {}

    /** The connection is back, with topology and subscriptions. */
    default void reconnected() {}

    /** A subscription ended by itself, such as after its queue was deleted. */
    default void subscriptionFailed(String source, Throwable cause) {}

    /** The client is closed. */
    default void drained(CloseReport report) {}
}
