package dev.transload.mq.kafka;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions that a group has given a member and not taken back, by what its consumer's callbacks said. What the
 * consumer says it is assigned is not enough: with the protocol {@code consumer} it still names a partition for some
 * time after the callback that took it away, and whoever begins to receive from it again in that time writes over the
 * orderly end that was just committed.
 *
 * <p>Used by the member's loop alone.
 */
final class HeldPartitions {

    private final Set<TopicPartition> held = new LinkedHashSet<>();

    void given(Collection<TopicPartition> partitions) {
        held.addAll(partitions);
    }

    void taken(Collection<TopicPartition> partitions) {
        partitions.forEach(held::remove);
    }

    /** Those of the assigned ones that it still holds. */
    List<TopicPartition> of(Set<TopicPartition> assigned) {
        return held.stream().filter(assigned::contains).toList();
    }
}
