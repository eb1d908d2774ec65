package dev.transload.mq;

/**
 * Where counters and timings go: a small interface without dependencies, behind which a metrics library plugs in.
 *
 * <p>Called on engine threads for every message: must return quickly and must not throw. A delayed message that clients
 * move along counts where it was sent and where it is handled, not on its way.
 */
public interface MqObserver {

    /** Does nothing. */
    MqObserver NONE = new MqObserver() {};

    /** Something happened {@code by} times at a destination or source. */
    default void count(Event event, String destination, long by) {}

    /** Something took that long, in nanoseconds. */
    default void time(Timing timing, String destination, long nanos) {}

    /** What is counted. */
    enum Event {
        SENT,
        SEND_FAILED,
        SEND_RETRIED,
        DELIVERED,
        COMPLETED,
        FAILED,
        RETRIED,
        DEAD_LETTERED,
        DISCARDED,
        EXPIRED,
        DUPLICATE_SKIPPED,
        IDEMPOTENCY_BYPASSED,
        FILTERED,
        LANE_BLOCKED,
        LEASE_LOST,
        SUSPECTED,
        REPLY_DROPPED,
        RECONNECTED
    }

    /** What is timed. */
    enum Timing {
        /** From the call of send to the broker's confirmation. */
        SEND,
        /** One handler call. */
        HANDLE
    }
}
