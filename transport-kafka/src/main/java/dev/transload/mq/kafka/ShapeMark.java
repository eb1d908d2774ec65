package dev.transload.mq.kafka;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a topic was made for, kept with it. Kafka has no room for notes on a topic, so it stands in {@code
 * delete.retention.ms}, which has no effect on a topic that is not compacted: a billion and the fields in its lower 20
 * bits. Pure.
 *
 * @param role what the topic is for
 * @param ordered whether keys keep their order
 * @param retained whether messages are kept for replay
 * @param priorities levels
 * @param partitions as declared, 0 for the default
 */
record ShapeMark(Role role, boolean ordered, boolean retained, int priorities, int partitions) {

    /** Numbers of roles, as they are written: their place here. */
    private static final List<Role> ROLES = List.of(
            Role.QUEUE,
            Role.TOPIC,
            Role.GROUP,
            Role.DEAD_LETTERS,
            Role.SUSPECTS,
            Role.DELAY_LANE,
            Role.PRIORITY_LANE,
            Role.REPLY);

    private static final long MARK = 1_000_000_000L;
    private static final int PARTITION_BITS = 11;
    private static final int LEVEL_BITS = 4;

    static ShapeMark of(Role role, Shape shape) {
        return new ShapeMark(role, shape.ordered(), shape.retained() != null, shape.priorities(), shape.partitions());
    }

    /** The value of the setting. */
    long value() {
        long bits = ROLES.indexOf(role);
        bits = bits << 1 | (ordered ? 1 : 0);
        bits = bits << 1 | (retained ? 1 : 0);
        bits = bits << LEVEL_BITS | priorities;
        bits = bits << PARTITION_BITS | partitions;
        return MARK + bits;
    }

    /** Reads a value of the setting; null if it is no mark. */
    static @Nullable ShapeMark read(@Nullable String text) {
        long bits;
        try {
            bits = text == null ? -1 : Long.parseLong(text) - MARK;
        } catch (NumberFormatException e) {
            return null;
        }
        int role = (int) (bits >> (PARTITION_BITS + LEVEL_BITS + 2));
        if (bits < 0 || role >= ROLES.size()) {
            return null;
        }
        int priorities = (int) (bits >> PARTITION_BITS) & 0xf;
        int partitions = (int) bits & 0x7ff;
        if (priorities < 1 || priorities > 10 || partitions > 1024) {
            return null;
        }
        boolean ordered = (bits >> (PARTITION_BITS + LEVEL_BITS + 1) & 1) == 1;
        boolean retained = (bits >> (PARTITION_BITS + LEVEL_BITS) & 1) == 1;
        return new ShapeMark(ROLES.get(role), ordered, retained, priorities, partitions);
    }

    /** Whether it is a topic that is sent to, rather than a place one receives from. */
    boolean isTopic() {
        return role == Role.TOPIC;
    }

    boolean sameShape(ShapeMark other) {
        return ordered == other.ordered
                && retained == other.retained
                && priorities == other.priorities
                && partitions == other.partitions;
    }
}
