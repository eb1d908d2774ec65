package dev.transload.mq.tck;

import dev.transload.mq.Delivery;
import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** The last events of a case, shown when it fails. Thread-safe. */
final class History implements MqListener {

    private static final int MOST = 60;

    private final long start = System.nanoTime();
    private final Lock lock = new ReentrantLock();
    private final Deque<String> lines = new ArrayDeque<>();
    private final AtomicInteger duplicates = new AtomicInteger();
    private final AtomicInteger bypassed = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicInteger expired = new AtomicInteger();
    private final AtomicInteger discarded = new AtomicInteger();
    private final AtomicInteger deadLettered = new AtomicInteger();

    void add(String line) {
        String stamped = String.format("%7d ms  %s", (System.nanoTime() - start) / 1_000_000, line);
        lock.lock();
        try {
            lines.addLast(stamped);
            if (lines.size() > MOST) {
                lines.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    List<String> lines() {
        lock.lock();
        try {
            return new ArrayList<>(lines);
        } finally {
            lock.unlock();
        }
    }

    int duplicatesSkipped() {
        return duplicates.get();
    }

    int bypassed() {
        return bypassed.get();
    }

    int repliesDropped() {
        return dropped.get();
    }

    int expired() {
        return expired.get();
    }

    int discarded() {
        return discarded.get();
    }

    int deadLettered() {
        return deadLettered.get();
    }

    @Override
    public void sent(String destination, String id) {
        add("sent: " + id + " to " + destination);
    }

    @Override
    public void sendFailed(String destination, String id, Throwable cause) {
        add("send failed: " + id + " to " + destination + ": " + cause);
    }

    @Override
    public void completed(Delivery<?> delivery, Duration handling) {
        add("completed: " + delivery.id());
    }

    @Override
    public void failed(Delivery<?> delivery, Throwable cause) {
        add("failed: " + delivery.id() + " attempt " + delivery.attempt() + ": " + cause);
    }

    @Override
    public void retried(Delivery<?> delivery, Duration delay) {
        add("retried: " + delivery.id() + " after " + delay);
    }

    @Override
    public void deadLettered(String source, Message message, Failure failure) {
        deadLettered.incrementAndGet();
        add("dead-lettered: " + message.id() + " of " + source + ": " + failure.reason());
    }

    @Override
    public void discarded(String source, Message message, String why) {
        discarded.incrementAndGet();
        add("discarded: " + message.id() + " of " + source + ": " + why);
    }

    @Override
    public void expired(String source, Message message) {
        expired.incrementAndGet();
        add("expired: " + message.id() + " of " + source);
    }

    @Override
    public void duplicateSkipped(String source, Message message) {
        duplicates.incrementAndGet();
        add("duplicate skipped: " + message.id() + " of " + source);
    }

    @Override
    public void idempotencyBypassed(String source, Message message, String why) {
        bypassed.incrementAndGet();
        add("idempotency bypassed: " + message.id() + " of " + source + ": " + why);
    }

    @Override
    public void leaseLost(String source, Message message, String why) {
        add("lease lost: " + message.id() + " of " + source + ": " + why);
    }

    @Override
    public void replyDropped(String correlationId, String why) {
        dropped.incrementAndGet();
        add("reply dropped: " + correlationId + ": " + why);
    }

    @Override
    public void reconnecting(String why) {
        add("reconnecting: " + why);
    }

    @Override
    public void reconnected() {
        add("reconnected");
    }

    @Override
    public void subscriptionFailed(String source, Throwable cause) {
        add("subscription failed: " + source + ": " + cause);
    }
}
