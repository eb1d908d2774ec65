package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import java.time.Duration;

/** A record of a partition that this client owns; worth nothing once it does not. */
final class KafkaDelivery extends CompletionTracker.Entry<KafkaDelivery> implements Incoming {

    /** How far a delivery has come. Guarded by the member's lock. */
    enum Stage {
        /** It waits here for credit. */
        BUFFERED,
        /** The engine has it. */
        HANDED,
        /** Its handler is about to begin, as soon as that is noted. */
        STARTING,
        /** Its handler has begun. */
        RUNNING,
        /** Settled. */
        SETTLED,
        /** Someone else may have the message. */
        LOST
    }

    private final Lane lane;
    private final Message message;
    private final String destination;
    private final long storedAt;

    /** Guarded by the member's lock. */
    Stage stage = Stage.BUFFERED;
    /** Whether the engine has been told that it is lost. Guarded by the member's lock. */
    boolean lossTold;

    /** What it came with, in the order of coming; 0 if it was put back. Guarded by the member's lock. */
    long cameWith;

    private int count = 1;
    private int failures;
    private boolean suspected;

    KafkaDelivery(Lane lane, long offset, Message message, String destination, long storedAt) {
        super(offset);
        this.lane = lane;
        this.message = message;
        this.destination = destination;
        this.storedAt = storedAt;
    }

    /** The same message, to be handed out once more. */
    KafkaDelivery again() {
        return new KafkaDelivery(lane, offset(), message, destination, storedAt);
    }

    /**
     * Counts what happened before this delivery; with the member's lock held.
     *
     * @param mayHaveBegun whether an owner that died may have begun it unseen
     */
    void handedOut(boolean mayHaveBegun) {
        stage = Stage.HANDED;
        suspected = mayHaveBegun;
        failures = note().failures();
        count = 1 + failures + note().crashes();
    }

    /** Has the message keep its own bytes, rather than all that was fetched with it. */
    void detach() {
        byte[] own = message.body();
        assert own != null;
    }

    Lane ownLane() {
        return lane;
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
        return lane.number();
    }

    @Override
    public int brokerCount() {
        return count;
    }

    @Override
    public int notedFailures() {
        return failures;
    }

    @Override
    public boolean mayHaveBegun() {
        return suspected;
    }

    @Override
    public long fence() {
        return lane.fence();
    }

    @Override
    public void began() {
        lane.deliveries().began(this);
    }

    @Override
    public void ack(Completion completion) {
        lane.deliveries().ack(this, completion);
    }

    @Override
    public void release(Duration delay, boolean failed, Completion completion) {
        if (!delay.isZero()) {
            throw new IllegalArgumentException("release delay must be zero, was " + delay);
        }
        lane.deliveries().release(this, failed, completion);
    }

    @Override
    public void renew(Completion completion) {
        lane.deliveries().renew(this, completion);
    }

    @Override
    public void note(int failures, Completion completion) {
        lane.deliveries().note(this, failures, completion);
    }

    @Override
    public String toString() {
        return "KafkaDelivery[" + lane.partition() + " at " + offset() + "]";
    }
}
