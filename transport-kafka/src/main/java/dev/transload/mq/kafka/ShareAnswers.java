package dev.transload.mq.kafka;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Completion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.AcknowledgementCommitCallback;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.jspecify.annotations.Nullable;

/**
 * What a slot has told the broker and has no answer to yet. The consumer passes answers on within its own calls, so all of
 * it belongs to the thread that makes them.
 */
final class ShareAnswers implements AcknowledgementCommitCallback {

    /** After so long an outcome that the broker has not answered is not known to be there. */
    static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** By offset, of each partition. */
    private final Map<TopicPartition, Map<Long, Told>> unanswered = new HashMap<>();

    private final Set<ShareDelivery.Id> notRenewed = new HashSet<>();

    private int waiting;
    private @Nullable TopicPartition lastPartition;
    private Map<Long, Told> ofLastPartition = new HashMap<>();

    private record Told(Completion completion, long since) {}

    /** An outcome is on its way. */
    void told(ConsumerRecord<?, ?> record, Completion completion, long nanos) {
        if (of(record.topic(), record.partition()).put(record.offset(), new Told(completion, nanos)) == null) {
            waiting++;
        }
    }

    // Records of one partition come one after another.
    private Map<Long, Told> of(String topic, int partition) {
        TopicPartition last = lastPartition;
        if (last == null || last.partition() != partition || !last.topic().equals(topic)) {
            last = new TopicPartition(topic, partition);
            lastPartition = last;
            ofLastPartition = unanswered.computeIfAbsent(last, one -> new HashMap<>());
        }
        return ofLastPartition;
    }

    boolean isEmpty() {
        return waiting == 0;
    }

    @Override
    public void onComplete(Map<TopicIdPartition, Set<Long>> offsets, @Nullable Exception failure) {
        offsets.forEach((partition, all) -> {
            Map<Long, Told> waits = unanswered.getOrDefault(partition.topicPartition(), Map.of());
            for (Long offset : all) {
                Told told = waits.isEmpty() ? null : waits.remove(offset);
                if (told != null) {
                    waiting--;
                }
                if (failure == null) {
                    if (told != null) {
                        told.completion().done();
                    }
                } else {
                    refused(new ShareDelivery.Id(partition.topic(), partition.partition(), offset), told, failure);
                }
            }
        });
    }

    private void refused(ShareDelivery.Id id, @Nullable Told told, Exception failure) {
        if (told == null) {
            notRenewed.add(id);
        } else {
            told.completion().failed(cause(id, failure));
        }
    }

    private static Exception cause(ShareDelivery.Id id, Exception failure) {
        if (failure instanceof InvalidRecordStateException) {
            LeaseLostException late = ShareReceiver.late(id);
            late.addSuppressed(failure);
            return late;
        }
        return KafkaErrors.operation("settle offset " + id.offset() + " of " + id.topic(), failure);
    }

    /** Which renewals were refused since the last call. */
    Set<ShareDelivery.Id> notRenewed() {
        Set<ShareDelivery.Id> all = Set.copyOf(notRenewed);
        notRenewed.clear();
        return all;
    }

    /** What has waited too long ends without an answer. */
    void giveUp(long now) {
        fail(now - WAIT_NANOS, "no answer to an outcome of ");
    }

    /** The consumer is closed: nothing will be answered. */
    void close() {
        fail(Long.MAX_VALUE, "closed before the broker took an outcome of ");
    }

    private void fail(long since, String why) {
        List<Runnable> ends = new ArrayList<>();
        unanswered.forEach((partition, waits) -> waits.entrySet().removeIf(one -> {
            Told told = one.getValue();
            boolean over = since == Long.MAX_VALUE || told.since() - since < 0;
            if (over) {
                ShareDelivery.Id id = new ShareDelivery.Id(partition.topic(), partition.partition(), one.getKey());
                ends.add(() -> told.completion().failed(unknown(why, id)));
            }
            return over;
        }));
        waiting -= ends.size();
        ends.forEach(Runnable::run);
    }

    /** It cannot be said whether the broker has an outcome. */
    static ConnectionLostException unknown(String why, ShareDelivery.Id id) {
        return new ConnectionLostException("kafka: " + why + id, Outcome.UNKNOWN, null);
    }
}
