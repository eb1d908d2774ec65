package dev.transload.mq.spi;

/** What a transport may do beyond the required primitives; the engine emulates or refuses the rest. */
public enum Capability {
    /** Groups of a topic, durable and ephemeral. Without it topics are refused. */
    GROUPS,
    /** Ordered shapes: a lane keeps its order and has one receiver at a time. Without it order is refused. */
    LANES,
    /** Sends of one key are stored in call order even if one fails. Without it the engine keeps one in flight. */
    SEND_ORDER,
    /** Deliveries of one key are not handed out while an earlier one is unsettled or released. */
    KEY_HOLD,
    /** {@link Incoming#renew}. Without it the processing time must fit {@link Capabilities#maxLease()}. */
    RENEW,
    /**
     * {@link Incoming#note}, for waits of up to {@link Capabilities#maxReleaseDelay()}, and in order for all. Without it
     * failures are written with a copy that is sent again.
     */
    NOTE_ATTEMPTS,
    /** {@link Incoming#moveTo}, to any place, reply inboxes too. Without it the engine sends, then acks. */
    ATOMIC_MOVE,
    /** Shapes with priorities. Without it the engine keeps a place for each level. */
    PRIORITY,
    /** Retained shapes and a start in the past. Without it replay is refused. */
    HISTORY,
    /** Groups over a pattern of topics, also those made later. Without it patterns are refused. */
    PATTERN,
    /** Header filters by the broker. Without it the engine filters and acks. */
    HEADER_FILTER,
    /** {@link Transport#browse}. Without it the engine receives and gives back. */
    BROWSE
}
