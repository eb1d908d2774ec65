package dev.transload.mq.redis;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/** An entry that is pending for this client's consumer. Thread-safe. */
final class RedisDelivery implements Incoming {

    /** What has become of a delivery. */
    enum State {
        OUT,
        SETTLING,
        SETTLED,
        LOST
    }

    private static final AtomicReferenceFieldUpdater<RedisDelivery, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(RedisDelivery.class, State.class, "state");

    private final Deliveries deliveries;
    private final Source source;
    private final EntryId entry;
    private final byte[] idBytes;
    private final Message message;
    private final String destination;
    private final DeliveryCount count;
    private final String token;
    private volatile State state = State.OUT;

    /** Failures and starts, with what happened since it was handed out. */
    volatile DeliveryCount noted;

    /** Whether the next start is written down before it begins. */
    volatile boolean doubtful;

    /** Whether a handler has begun. */
    volatile boolean begun;

    /** Whether a handler has begun that is not written down; it is when it runs for a while. */
    volatile boolean begunUnnoted;

    /** When the lease ends, in nanoseconds of the engine's clock. */
    volatile long leaseEnd;

    /** Whether a settle was asked for whose answer never came. */
    volatile boolean askedBefore;

    RedisDelivery(
            Deliveries deliveries,
            Source source,
            byte[] id,
            Message message,
            String destination,
            DeliveryCount count,
            boolean doubtful,
            String token) {
        this.deliveries = deliveries;
        this.source = source;
        this.entry = EntryId.of(source, id);
        this.idBytes = id;
        this.message = message;
        this.destination = destination;
        this.count = count;
        this.noted = count;
        this.doubtful = doubtful;
        this.token = token;
    }

    private RedisDelivery(RedisDelivery before) {
        this.deliveries = before.deliveries;
        this.source = before.source;
        this.entry = before.entry;
        this.idBytes = before.idBytes;
        this.message = before.message;
        this.destination = before.destination;
        this.count = before.noted;
        this.noted = before.noted;
        this.doubtful = before.doubtful;
        this.token = before.token;
        this.leaseEnd = before.leaseEnd;
    }

    EntryId entry() {
        return entry;
    }

    /** The same message, to be handed out once more. */
    RedisDelivery again() {
        return new RedisDelivery(this);
    }

    Source source() {
        return source;
    }

    byte[] idBytes() {
        return idBytes;
    }

    /** Token of the lane's ownership it was made under; empty text where no order is kept. */
    String token() {
        return token;
    }

    State state() {
        return state;
    }

    boolean become(State from, State to) {
        return STATE.compareAndSet(this, from, to);
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
        return Math.max(0, entry.millis());
    }

    @Override
    public int lane() {
        return source.lane();
    }

    @Override
    public int brokerCount() {
        return count.deliveries();
    }

    @Override
    public int notedFailures() {
        return count.failures();
    }

    @Override
    public long fence() {
        return token.isEmpty() ? 0 : Bytes.number(Bytes.of(token));
    }

    @Override
    public void began() {
        begun = true;
        if (doubtful) {
            deliveries.began(this);
        } else {
            begunUnnoted = true;
        }
    }

    @Override
    public void ack(Completion completion) {
        deliveries.ack(this, completion);
    }

    @Override
    public void release(Duration delay, boolean failed, Completion completion) {
        deliveries.release(this, delay.toMillis(), failed, completion);
    }

    @Override
    public void renew(Completion completion) {
        deliveries.renew(this, completion);
    }

    @Override
    public void note(int failures, Completion completion) {
        deliveries.note(this, failures, completion);
    }

    @Override
    public void moveTo(Outgoing outgoing) {
        deliveries.move(this, outgoing);
    }

    @Override
    public String toString() {
        return "RedisDelivery[" + Bytes.text(idBytes) + " of " + source.stream() + "]";
    }
}
