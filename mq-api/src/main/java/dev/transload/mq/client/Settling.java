package dev.transload.mq.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Settles handed to the transport whose end is not known yet, and those that did not reach the broker. Thread-safe. */
final class Settling {

    private final AtomicInteger underWay = new AtomicInteger();
    private final List<String> unknown = Collections.synchronizedList(new ArrayList<>());

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
        synchronized (unknown) {
            if (unknown.size() == 1_000) {
                unknown.remove(0);
            }
            unknown.add(id);
        }
    }

    List<String> unknown() {
        synchronized (unknown) {
            return List.copyOf(unknown);
        }
    }
}
