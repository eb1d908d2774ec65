package dev.transload.mq.kafka;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Which partitions of a member are not fetched for now: those whose lane takes no more, and those it has no lane for.
 * Used by the member's loop alone.
 */
final class Pauses {

    private final Lanes lanes;
    private final Consumer<?, ?> consumer;
    private final Set<TopicPartition> now = new HashSet<>();

    Pauses(Lanes lanes, Consumer<?, ?> consumer) {
        this.lanes = lanes;
        this.consumer = consumer;
    }

    /** Partitions are new to the member: nothing is fetched of them before it is known where they go on. */
    void begin(Collection<TopicPartition> partitions) {
        consumer.pause(partitions);
        now.addAll(partitions);
    }

    /** Partitions are no longer the member's. */
    void forget(Collection<TopicPartition> partitions) {
        now.removeAll(partitions);
    }

    /** Pauses and resumes partitions as it must be; returns whether any is fetched, or may come. */
    boolean set() {
        Set<TopicPartition> wanted = lanes.paused();
        Set<TopicPartition> assigned = consumer.assignment();
        for (TopicPartition partition : assigned) {
            if (lanes.of(partition) == null) {
                wanted.add(partition);
            }
        }
        wanted.retainAll(assigned);
        now.retainAll(assigned);
        if (!wanted.equals(now)) {
            Set<TopicPartition> resume = new HashSet<>(now);
            resume.removeAll(wanted);
            Set<TopicPartition> pause = new HashSet<>(wanted);
            pause.removeAll(now);
            if (!resume.isEmpty()) {
                consumer.resume(resume);
            }
            if (!pause.isEmpty()) {
                consumer.pause(pause);
            }
            now.clear();
            now.addAll(wanted);
        }
        return assigned.isEmpty() || wanted.size() < assigned.size();
    }
}
