package dev.transload.mq;

/** What becomes of a message whose time to live is over when it reaches a consumer. */
public enum ExpiryPolicy {
    /** It is thrown away, with an event. */
    DISCARD,
    /** It is set aside among the dead letters, reason {@code EXPIRED}. */
    DEAD_LETTER
}
