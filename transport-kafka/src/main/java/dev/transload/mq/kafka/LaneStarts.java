package dev.transload.mq.kafka;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out where partitions go on that a member has been given. Used by the member's loop alone. */
final class LaneStarts {

    private static final Logger LOG = LoggerFactory.getLogger(LaneStarts.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final String group;
    private final Lanes lanes;
    private final Consumer<?, ?> consumer;
    private final TimeSource time;
    private final int mostSpan;
    private final Runnable answered;

    /**
     * @param mostSpan how far past the base of a partition its last owner can have come
     * @param answered told of each answer of the broker
     */
    LaneStarts(String group, Lanes lanes, Consumer<?, ?> consumer, TimeSource time, int mostSpan, Runnable answered) {
        this.group = group;
        this.lanes = lanes;
        this.consumer = consumer;
        this.time = time;
        this.mostSpan = mostSpan;
        this.answered = answered;
    }

    /** Opens lanes that are new to this member. Blocks for the broker. */
    void openFresh() {
        Set<TopicPartition> fresh = new LinkedHashSet<>();
        Set<TopicPartition> assigned = consumer.assignment();
        for (Lane lane : lanes.all()) {
            if (lane.state() == Lane.State.FRESH && assigned.contains(lane.partition())) {
                fresh.add(lane.partition());
            }
        }
        if (fresh.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> committed = answer(() -> consumer.committed(fresh, ANSWER));
        Map<TopicPartition, Long> starts = answer(() -> consumer.beginningOffsets(fresh, ANSWER));
        Map<TopicPartition, Long> ends = answer(() -> consumer.endOffsets(fresh, ANSWER));
        for (TopicPartition partition : fresh) {
            Lane lane = lanes.of(partition);
            if (lane == null || lane.state() != Lane.State.FRESH) {
                continue;
            }
            long start = starts.getOrDefault(partition, 0L);
            Progress from = from(lane, committed.get(partition), start)
                    .handedOver(mostSpan, ends.getOrDefault(partition, start));
            try {
                consumer.seek(partition, from.base());
            } catch (IllegalStateException e) {
                LOG.debug("kafka: {} was taken away before it was open; the next poll tells", partition, e);
                continue;
            }
            LOG.debug("kafka: group {} goes on in {} from {}", group, partition, from);
            lanes.open(lane, from, Math.max(from.fence() + 1, time.millis()));
        }
    }

    private <T> T answer(Supplier<T> question) {
        T answer = Committer.again(question);
        answered.run();
        return answer;
    }

    private static Progress from(Lane lane, @Nullable OffsetAndMetadata committed, long start) {
        if (lane.restartAt() >= 0) {
            return Progress.at(lane.restartAt());
        }
        if (committed == null) {
            return Progress.at(start);
        }
        return ProgressText.read(committed.offset(), committed.metadata()).from(start);
    }
}
