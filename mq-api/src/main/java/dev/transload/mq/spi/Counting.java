package dev.transload.mq.spi;

/**
 * What makes {@link Incoming#brokerCount} rise.
 *
 * @param exact only deliveries whose handler had begun are counted, so a crash count accuses no bystander; save by what
 *     the last two say
 * @param uncountedRelease a release with {@code failed = false} leaves the count as it was
 * @param limit deliveries after which the broker takes the message away by itself, into the dead letters;
 *     {@link Integer#MAX_VALUE} for never
 * @param mostUnseen how many handlers that began before their process died may be missing from an exact count: such a
 *     delivery is at least {@link Incoming#mayHaveBegun}
 * @param mostSupposed how many handlers may be in an exact count that a process which died had not begun; of a count that
 *     is not exact, how many deliveries of a message may be in it to processes that had died before it was sent
 */
public record Counting(boolean exact, boolean uncountedRelease, int limit, int mostUnseen, int mostSupposed) {

    public Counting {
        if (mostUnseen < 0 || mostSupposed < 0) {
            throw new IllegalArgumentException(
                    "mostUnseen and mostSupposed must be at least 0, were " + mostUnseen + " and " + mostSupposed);
        }
        if (!exact && mostUnseen > 0) {
            throw new IllegalArgumentException("mostUnseen must be 0 where counts are not exact, was " + mostUnseen);
        }
    }

    /** Counting that, if it is exact, is so after crashes too. */
    public Counting(boolean exact, boolean uncountedRelease, int limit) {
        this(exact, uncountedRelease, limit, 0, 0);
    }
}
