package dev.transload.mq.sqs;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One delivery: a message with the receipt that settles it. What changes belongs to the worker. */
final class SqsDelivery implements Incoming {

    private final SqsReceiver receiver;
    private final Message message;
    private final String destination;
    private final long storedAt;
    private final int count;

    /** What only the owner of this delivery can name. */
    final String receipt;

    /** Its message group, or null where there are none. */
    final @Nullable String group;

    /** When it was received, by {@code nanos()}; 12 hours from then it is over. */
    final long receivedNanos;

    /** When it is not ours any more unless it is prolonged. */
    long deadlineNanos;

    /** Until when it is prolonged without being asked for. */
    long leaseNanos;

    /** Renewals that have not ended. */
    int renewals;

    /** What waits for the end of the renewals, since requests may overtake one another; null for nothing. */
    @Nullable
    Runnable afterRenewals;

    SqsDelivery(
            SqsReceiver receiver,
            Message message,
            String destination,
            software.amazon.awssdk.services.sqs.model.Message received,
            long nowNanos,
            long deadlineNanos) {
        this.receiver = receiver;
        this.message = message;
        this.destination = destination;
        this.receipt = received.receiptHandle();
        Map<String, String> system = received.attributesAsStrings();
        this.group = system.get(SqsMessages.GROUP_ID);
        String sent = system.get(SqsMessages.SENT_TIMESTAMP);
        this.storedAt = sent == null ? -1 : SqsMessages.number(sent);
        this.count =
                (int) Math.max(1, Math.min(Integer.MAX_VALUE, SqsMessages.number(system.get(SqsMessages.RECEIVES))));
        this.receivedNanos = nowNanos;
        this.deadlineNanos = deadlineNanos;
    }

    private SqsDelivery(SqsDelivery before) {
        this.receiver = before.receiver;
        this.message = before.message;
        this.destination = before.destination;
        this.storedAt = before.storedAt;
        this.count = before.count + 1;
        this.receipt = before.receipt;
        this.group = before.group;
        this.receivedNanos = before.receivedNanos;
        this.deadlineNanos = before.deadlineNanos;
        this.leaseNanos = before.leaseNanos;
    }

    /** The next delivery of the same message under the same lease. */
    SqsDelivery again() {
        return new SqsDelivery(this);
    }

    /** Whether its message group keeps order. */
    boolean isOrdered() {
        return receiver.queue().isFifo();
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public String destination() {
        return destination;
    }

    @Override
    public long storedAt() {
        return storedAt;
    }

    @Override
    public int lane() {
        return 0;
    }

    @Override
    public int brokerCount() {
        return count;
    }

    @Override
    public void ack(Completion completion) {
        receiver.settle(this, SqsSettler.DELETE, completion);
    }

    @Override
    public void release(Duration delay, boolean failed, Completion completion) {
        receiver.settle(this, (int) ((delay.toMillis() + 999) / 1000), completion);
    }

    @Override
    public void renew(Completion completion) {
        receiver.renew(this, completion);
    }
}
