package dev.transload.mq;

/** What becomes of a key of an ordered destination when one of its messages fails. */
public enum OrderPolicy {
    /** The later messages of the key wait until the failed one has succeeded or is dead-lettered. */
    BLOCK_KEY,
    /** The failed message is dead-lettered at its first failure and the key goes on with the next. */
    DEAD_LETTER_AND_CONTINUE
}
