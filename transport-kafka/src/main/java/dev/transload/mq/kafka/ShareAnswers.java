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
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.jspecify.annotations.Nullable;

/**
 * What a slot has told the broker and has no answer to yet. The consumer passes answers on within its own calls, so all of
 * it belongs to the thread that makes them.
 */
final class ShareAnswers implements AcknowledgementCommitCallback {

    /** After so long an outcome that the broker has not answered is not known to be there. */
    static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Map<ShareDelivery.Id, Told> unanswered = new HashMap<>();
    private final Set<ShareDelivery.Id> notRenewed = new HashSet<>();

    private record Told(Completion completion, long since) {}

    /** An outcome is on its way. */
    void told(ShareDelivery.Id id, Completion completion, long nanos) {
        unanswered.put(id, new Told(completion, nanos));
    }

    boolean isEmpty() {
        return unanswered.isEmpty();
    }

    @Override
    public void onComplete(Map<TopicIdPartition, Set<Long>> offsets, @Nullable Exception failure) {
        offsets.forEach((partition, all) -> {
            for (long offset : all) {
                ShareDelivery.Id id = new ShareDelivery.Id(partition.topic(), partition.partition(), offset);
                Told told = unanswered.remove(id);
                if (told == null) {
                    if (failure != null) {
                        notRenewed.add(id);
                    }
                } else if (failure == null) {
                    told.completion().done();
                } else {
                    told.completion().failed(cause(id, failure));
                }
            }
        });
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
        List<ShareDelivery.Id> over = new ArrayList<>();
        unanswered.forEach((id, told) -> {
            if (since == Long.MAX_VALUE || told.since() - since < 0) {
                over.add(id);
            }
        });
        for (ShareDelivery.Id id : over) {
            Told told = unanswered.remove(id);
            if (told != null) {
                told.completion().failed(unknown(why, id));
            }
        }
    }

    /** It cannot be said whether the broker has an outcome. */
    static ConnectionLostException unknown(String why, ShareDelivery.Id id) {
        return new ConnectionLostException("kafka: " + why + id, Outcome.UNKNOWN, null);
    }
}
