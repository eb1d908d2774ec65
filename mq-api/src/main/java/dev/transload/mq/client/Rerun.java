package dev.transload.mq.client;

import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.time.Instant;

/**
 * A delivery that is handled again in its place, as one more handler sees it: a handler of an earlier run, which may
 * still be at work, holds another object. Thread-safe.
 *
 * @param <T> type of the payload
 */
final class Rerun<T> implements Delivery<T>, Answerable {
    private final EngineDelivery<T> delivery;
    private final int attempt;
    private volatile boolean taken;

    Rerun(EngineDelivery<T> delivery) {
        this.delivery = delivery;
        this.attempt = delivery.attempt();
    }

    /** It was taken from this handler, which had not settled it. */
    void taken() {
        taken = true;
    }

    boolean isTaken() {
        return taken;
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
        return attempt;
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
        return delivery.leaseLost(this);
    }

    @Override
    public long fence() {
        return delivery.fence();
    }

    @Override
    public Message stored() {
        return delivery.stored();
    }

    @Override
    public boolean answer(Place to, Message reply, Runnable nobody) {
        return delivery.answer(this, to, reply, nobody);
    }

    @Override
    public void ack() {
        delivery.ack(this);
    }

    @Override
    public void retry(Duration delay) {
        delivery.retry(this, delay);
    }

    @Override
    public void deadLetter(String reason) {
        delivery.deadLetter(this, reason);
    }

    @Override
    public void discard() {
        delivery.discard(this);
    }

    @Override
    public String toString() {
        return delivery.toString();
    }
}
