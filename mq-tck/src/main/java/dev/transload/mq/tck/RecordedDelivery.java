package dev.transload.mq.tck;

import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.tck.HistoryEvent.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;

/** A delivery whose settling by hand is written down before it happens. Thread-safe. */
final class RecordedDelivery<T> implements Delivery<T> {

    private final Delivery<T> delivery;
    private final HistoryLog log;
    private final String source;
    private final long call;
    private final AtomicBoolean ended = new AtomicBoolean();

    /** A delivery whose handler call has that number in the log. */
    RecordedDelivery(Delivery<T> delivery, HistoryLog log, String source, long call) {
        this.delivery = delivery;
        this.log = log;
        this.source = source;
        this.call = call;
    }

    /** Writes down how the handler call ends, unless it is written already. Returns whether it was not. */
    boolean end(Kind kind, String why) {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            log.ended(kind, delivery.id(), source, call, why);
        }
        return first;
    }

    @Override
    public void ack() {
        end(Kind.ACKED, "by hand");
        delivery.ack();
    }

    @Override
    public void retry(Duration delay) {
        end(Kind.FAILED, "by hand");
        delivery.retry(delay);
    }

    @Override
    public void deadLetter(String reason) {
        end(Kind.REJECTED, reason);
        delivery.deadLetter(reason);
    }

    @Override
    public void discard() {
        end(Kind.DROPPED, "by hand");
        delivery.discard();
    }

    @Override
    public T payload() {
        return delivery.payload();
    }

    @Override
    public Message message() {
        return delivery.message();
    }

    @Override
    public String destination() {
        return delivery.destination();
    }

    @Override
    public int attempt() {
        return delivery.attempt();
    }

    @Override
    public boolean redelivered() {
        return delivery.redelivered();
    }

    @Override
    public Instant leaseUntil() {
        return delivery.leaseUntil();
    }

    @Override
    public boolean leaseLost() {
        return delivery.leaseLost();
    }

    @Override
    public long fence() {
        return delivery.fence();
    }

    @Override
    public String toString() {
        return delivery.toString();
    }
}
