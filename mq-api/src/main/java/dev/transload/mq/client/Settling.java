package dev.transload.mq.client;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Settles handed to the transport whose end is not known yet, and those that did not reach the broker. Thread-safe. */
final class Settling {

    private static final int MOST = 1_000;

    private final AtomicInteger underWay = new AtomicInteger();
    private final Lock lock = new ReentrantLock();
    private final Deque<String> unknown = new ArrayDeque<>();

    /** One was handed over. */
    void began() {
        underWay.incrementAndGet();
    }

    /** One ended, either way; returns whether it was the last. */
    boolean ended() {
        return underWay.decrementAndGet() == 0;
    }

    boolean none() {
        return underWay.get() == 0;
    }

    /** The settle of this message did not reach the broker. Kept for the report of a close, the newest 1,000. */
    void unknown(String id) {
        lock.lock();
        try {
            if (unknown.size() == MOST) {
                unknown.remove();
            }
            unknown.add(id);
        } finally {
            lock.unlock();
        }
    }

    List<String> unknown() {
        lock.lock();
        try {
            return List.copyOf(unknown);
        } finally {
            lock.unlock();
        }
    }
}
