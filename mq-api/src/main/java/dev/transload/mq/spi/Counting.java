package dev.transload.mq.spi;

/**
 * What makes {@link Incoming#brokerCount} rise.
 *
 * @param exact only deliveries whose handler had begun are counted, so a crash count accuses no bystander
 * @param uncountedRelease a release with {@code failed = false} leaves the count as it was
 * @param limit deliveries after which the broker takes the message away by itself, into the dead letters;
 *     {@link Integer#MAX_VALUE} for never
 */
public record Counting(boolean exact, boolean uncountedRelease, int limit) {}
