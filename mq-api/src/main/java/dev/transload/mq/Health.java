package dev.transload.mq;

import java.time.Duration;

/**
 * How a client or a subscription is.
 *
 * @param status the verdict
 * @param detail a sentence for people
 * @param sinceContact time since the broker last showed that it serves this client
 */
public record Health(Status status, String detail, Duration sinceContact) {

    /** The verdict. */
    public enum Status {
        /** The broker answers and handlers make progress. */
        UP,
        /** Connected, but something needs a look: paused, blocked by the broker, or no progress. */
        DEGRADED,
        /** Not connected, or ended. */
        DOWN
    }
}
