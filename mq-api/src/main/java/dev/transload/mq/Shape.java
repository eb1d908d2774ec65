package dev.transload.mq;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a broker must know of a destination before its first message. Declared once, in code, with the destination,
 * and the same for everyone who uses the name.
 *
 * @param ordered messages of one key are handled one at a time and in send order
 * @param partitions units of order and of parallel consumption, 1 to 1,024; 0 for the transport's default
 * @param priorities levels kept apart, 2 to 10; 1 for none
 * @param retained how long a topic keeps messages for replay, or null if it does not
 */
public record Shape(
        boolean ordered,
        int partitions,
        int priorities,
        @Nullable Duration retained) {

    /** Neither ordered nor retained, no priorities. */
    public static final Shape PLAIN = new Shape(false, 0, 1, null);

    public Shape {
        if (partitions < 0 || partitions > 1024) {
            throw new IllegalArgumentException("partitions must be 1 to 1024, was " + partitions);
        }
        if (priorities < 1 || priorities > 10) {
            throw new IllegalArgumentException("priorities must be 2 to 10, was " + priorities);
        }
        if (retained != null && (retained.isNegative() || retained.isZero())) {
            throw new IllegalArgumentException("retained must be positive, was " + retained);
        }
        if (ordered && priorities > 1) {
            throw new IllegalArgumentException("an ordered destination has no priorities, was " + priorities);
        }
    }

    Shape asOrdered() {
        return new Shape(true, partitions, priorities, retained);
    }

    Shape withPartitions(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("partitions must be 1 to 1024, was " + count);
        }
        return new Shape(ordered, count, priorities, retained);
    }

    Shape withPriorities(int levels) {
        if (levels < 2) {
            throw new IllegalArgumentException("priorities must be 2 to 10, was " + levels);
        }
        return new Shape(ordered, partitions, levels, retained);
    }

    Shape withRetained(Duration duration) {
        return new Shape(ordered, partitions, priorities, duration);
    }
}
