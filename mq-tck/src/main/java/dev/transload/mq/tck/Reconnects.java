package dev.transload.mq.tck;

import dev.transload.mq.MqListener;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what a client tells of its connection. Thread-safe. */
final class Reconnects implements MqListener {

    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger back = new AtomicInteger();

    @Override
    public void reconnecting(String why) {
        lost.incrementAndGet();
    }

    @Override
    public void reconnected() {
        back.incrementAndGet();
    }

    /** How often the connection was lost. */
    int lost() {
        return lost.get();
    }

    /** How often it came back. */
    int back() {
        return back.get();
    }

    /** Whether it was lost, and is there now. */
    boolean whole() {
        return lost.get() > 0 && back.get() >= lost.get();
    }
}
