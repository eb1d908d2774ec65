package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record that a share group lent to one slot of a receiver. */
final class ShareDelivery implements Incoming {

    /** How far a delivery has come. Guarded by the receiver's lock. */
    enum Stage {
        /** It waits here for credit. */
        BUFFERED,
        /** The engine has it. */
        HANDED,
        /** Settled, though the broker may not know yet. */
        SETTLED,
        /** Someone else may have the message. */
        LOST
    }

    /**
     * Which record it is.
     *
     * @param topic its topic
     * @param partition its partition
     * @param offset its place there
     */
    record Id(String topic, int partition, long offset) {
        static Id of(ConsumerRecord<?, ?> record) {
            return new Id(record.topic(), record.partition(), record.offset());
        }
    }

    private final ShareReceiver receiver;
    private final ShareSlot slot;
    private final Message message;
    private final String destination;
    private final long storedAt;
    private final int deliveries;

    /** Guarded by the receiver's lock. */
    Stage stage = Stage.BUFFERED;
    /** Guarded by the receiver's lock: handlers that failed here, after which it was handed out again. */
    int failedHere;
    /** Guarded by the receiver's lock until it is told: how it was settled. */
    AcknowledgeType outcome = AcknowledgeType.ACCEPT;
    /** Guarded likewise: who hears that the broker has its outcome. */
    Completion completion = Completion.IGNORED;

    /** Whether the slot has it out; of the slot's thread. */
    boolean out = true;

    /** What the consumer knows it by; written by the slot's thread. */
    volatile ConsumerRecord<byte[], ByteBuffer> record;

    private int count;

    ShareDelivery(ShareReceiver receiver, ShareSlot slot, ConsumerRecord<byte[], ByteBuffer> record) {
        this.receiver = receiver;
        this.slot = slot;
        this.record = record;
        this.message = KafkaMessages.late(record);
        this.destination = receiver.destination(record.topic(), message);
        this.storedAt = KafkaMessages.storedAt(record, message);
        this.deliveries = record.deliveryCount().map(Short::intValue).orElse(1);
        this.count = deliveries;
    }

    /** With the receiver's lock held. */
    void handedOut() {
        stage = Stage.HANDED;
        count = deliveries + failedHere;
    }

    ShareSlot slot() {
        return slot;
    }

    Id id() {
        return Id.of(record);
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
        return record.partition();
    }

    @Override
    public int brokerCount() {
        return count;
    }

    @Override
    public void ack(Completion completion) {
        receiver.ack(this, completion);
    }

    @Override
    public void release(Duration delay, boolean failed, Completion completion) {
        if (!delay.isZero()) {
            throw new IllegalArgumentException("release delay must be zero, was " + delay);
        }
        receiver.release(this, failed, completion);
    }

    @Override
    public void renew(Completion completion) {
        receiver.renew(this, completion);
    }

    @Override
    public String toString() {
        return "ShareDelivery[" + id() + "]";
    }
}
