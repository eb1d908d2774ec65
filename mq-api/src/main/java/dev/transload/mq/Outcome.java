package dev.transload.mq;

/** What is known about a message whose send failed. */
public enum Outcome {
    /** The broker does not have the message; sending it again cannot duplicate it. */
    NOT_SENT,
    /** The broker may have the message; sending it again, with the same id, may duplicate it. */
    UNKNOWN
}
