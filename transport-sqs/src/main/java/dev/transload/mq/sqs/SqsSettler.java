package dev.transload.mq.sqs;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.TimeSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;

/**
 * Deletes messages of one queue and changes how long they stay hidden, in batches. What fails while the lease holds is
 * tried again.
 *
 * <p>Its state belongs to the worker.
 */
final class SqsSettler {

    /** Instead of a number of seconds: the message is done. */
    static final int DELETE = -1;

    private static final int REQUESTS = 16;
    private static final int BYTES = Integer.MAX_VALUE;
    private static final long AGAIN_MILLIS = 250;
    private static final long INBOX_LINGER = 500;

    private final SqsAsk ask;
    private final QueueRef queue;
    private final TimeSource time;
    private final String deleting;
    private final Batcher<Order> deletes;
    private final Batcher<Order> changes;
    private final GroupLeaves leaves = new GroupLeaves();
    private int open;
    private boolean closing;

    /**
     * An order about one delivery.
     *
     * @param seconds how long it stays hidden, or {@link #DELETE}
     */
    private record Order(SqsDelivery delivery, int seconds, Result result) {}

    /** Told on the worker how an order ended. */
    interface Result {
        void ended(@Nullable MessagingException failure);
    }

    /**
     * @param inbox whether the queue is the client's own and ends with it, so that a delete may wait for others longer
     */
    SqsSettler(SqsAsk ask, QueueRef queue, TimeSource time, boolean inbox) {
        this.time = time;
        this.ask = ask;
        this.queue = queue;
        this.deleting = "delete from " + queue.name();
        // A message group gives out nothing before the delete; elsewhere nobody waits for one.
        long linger = queue.isFifo() ? 2 : inbox ? INBOX_LINGER : 10;
        this.deletes = new Batcher<>(BYTES, REQUESTS, linger, queue.isFifo(), ask.worker(), this::delete);
        // What goes back into a group goes in one request, or in one after the other, lest a later message be first
        // there: emulators open a group with the first message that is back.
        this.changes = new Batcher<>(BYTES, REQUESTS, 2, true, ask.worker(), this::lane, true, this::change);
    }

    QueueRef queue() {
        return queue;
    }

    /**
     * Takes an order that ends a delivery; it goes with {@link #go}. What goes back waits for the renewals that are under
     * way, which would hide it again, and for the deletes of its message group: it makes the group visible, while they
     * would still count as in flight.
     */
    void order(SqsDelivery delivery, int seconds, Result result) {
        if (seconds != DELETE) {
            Order order = counted(delivery, seconds, result);
            leaves.behind(group(delivery), () -> add(order));
        } else if (queue.isFifo()) {
            add(counted(delivery, seconds, holding(delivery, result)));
        } else {
            add(counted(delivery, seconds, result));
        }
    }

    /** Takes an order to keep a delivery longer, which waits for nothing. */
    void prolong(SqsDelivery delivery, int seconds, Result result) {
        add(counted(delivery, seconds, holding(delivery, result)));
    }

    // What goes back goes behind this.
    private Result holding(SqsDelivery delivery, Result result) {
        String group = group(delivery);
        leaves.begun(group);
        return failure -> {
            boolean followed = leaves.ended(group);
            result.ended(failure);
            if (followed) {
                go();
            }
        };
    }

    private @Nullable String lane(Order order) {
        return queue.isFifo() ? order.delivery().group : null;
    }

    // A message that is in no group is alone in one.
    private String group(SqsDelivery delivery) {
        String group = delivery.group;
        return queue.isFifo() && group != null ? group : delivery.receipt;
    }

    private Order counted(SqsDelivery delivery, int seconds, Result result) {
        open++;
        return new Order(delivery, seconds, result);
    }

    private void ended(Order order, @Nullable MessagingException failure) {
        open--;
        order.result().ended(failure);
    }

    private void add(Order order) {
        (order.seconds() == DELETE ? deletes : changes).add(order, 0);
    }

    void go() {
        if (closing) {
            flush();
            return;
        }
        deletes.go();
        changes.go();
    }

    /** From now on nothing waits for a full batch. */
    void flush() {
        closing = true;
        deletes.flush();
        changes.flush();
    }

    /** Orders that have not ended. */
    int open() {
        return open;
    }

    private void delete(List<Order> batch, Runnable ended) {
        List<DeleteMessageBatchRequestEntry> entries = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            entries.add(DeleteMessageBatchRequestEntry.builder()
                    .id(Batcher.id(i))
                    .receiptHandle(batch.get(i).delivery().receipt)
                    .build());
        }
        CompletableFuture<List<BatchResultErrorEntry>> request = ask.messages(
                        deleting,
                        sqs -> sqs.deleteMessageBatch(
                                r -> r.queueUrl(queue.url()).entries(entries)))
                .thenApply(answer -> answer.failed());
        ended(request, batch, ended);
    }

    private void change(List<Order> batch, Runnable ended) {
        List<ChangeMessageVisibilityBatchRequestEntry> entries = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            entries.add(ChangeMessageVisibilityBatchRequestEntry.builder()
                    .id(Batcher.id(i))
                    .receiptHandle(batch.get(i).delivery().receipt)
                    .visibilityTimeout(batch.get(i).seconds())
                    .build());
        }
        CompletableFuture<List<BatchResultErrorEntry>> request = ask.messages(
                        "change the visibility of messages of " + queue.name(),
                        sqs -> sqs.changeMessageVisibilityBatch(
                                r -> r.queueUrl(queue.url()).entries(entries)))
                .thenApply(answer -> answer.failed());
        ended(request, batch, ended);
    }

    private void ended(CompletableFuture<List<BatchResultErrorEntry>> request, List<Order> batch, Runnable ended) {
        SqsAsk.told(request.handle((failed, failure) -> {
            Map<String, BatchResultErrorEntry> refused =
                    failed == null || failed.isEmpty() ? Map.of() : new HashMap<>();
            if (failed != null) {
                failed.forEach(one -> refused.put(one.id(), one));
            }
            for (int i = 0; i < batch.size(); i++) {
                Order order = batch.get(i);
                BatchResultErrorEntry entry = refused.get(Batcher.id(i));
                if (failure != null) {
                    refused(order, SqsErrors.operation("settle a message of " + queue.name(), failure));
                } else if (entry == null) {
                    ended(order, null);
                } else if (SqsErrors.isOfLostLease(entry.code())) {
                    ended(
                            order,
                            new LeaseLostException(
                                    "sqs: a message of " + queue.name() + " is no longer ours: " + entry.code(), null));
                } else {
                    refused(
                            order,
                            SqsErrors.entry(
                                    "settle a message of " + queue.name(),
                                    entry.code(),
                                    Boolean.TRUE.equals(entry.senderFault())));
                }
            }
            ended.run();
            return null;
        }));
    }

    private void refused(Order order, MessagingException why) {
        long left = (order.delivery().deadlineNanos - time.nanos()) / 1_000_000;
        if (!why.retryable() || left < AGAIN_MILLIS || closing) {
            ended(
                    order,
                    why.retryable()
                            ? TransportException.unknown(
                                    "sqs: no answer to the settle of a message of " + queue.name(), why)
                            : why);
            return;
        }
        ask.worker().later(AGAIN_MILLIS, () -> {
            add(order);
            go();
        });
    }
}
