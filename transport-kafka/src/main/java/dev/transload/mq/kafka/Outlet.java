package dev.transload.mq.kafka;

import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes deliveries to a sink as far as there is credit, one call at a time. Whoever brings deliveries, credit or news
 * passes on what can be passed on, unless someone is at it.
 *
 * <p>Thread-safe; nothing waits.
 */
final class Outlet {

    private static final int BATCH = 256;

    private final Sink sink;
    private final Feed feed;
    /** What is being passed on; of whoever is at it. */
    private final List<Incoming> batch = new ArrayList<>();

    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicInteger credit = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();

    Outlet(Sink sink, Feed feed) {
        this.sink = sink;
        this.feed = feed;
    }

    /** Where deliveries wait for credit. */
    interface Feed {
        /** Moves deliveries that wait, at most so many, to the end of a list. */
        void take(List<? super Incoming> into, int most);
    }

    void credit(int n) {
        credit.addAndGet(n);
        pass();
    }

    /** Calls the sink with something else than a delivery, between deliveries. */
    void tell(Runnable call) {
        news.add(call);
        pass();
    }

    Sink sink() {
        return sink;
    }

    /** Passes on what can be. */
    void pass() {
        if (busy.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            for (Runnable call = news.poll(); call != null; call = news.poll()) {
                call.run();
            }
            while (collect()) {
                credit.addAndGet(-batch.size());
                sink.deliver(batch);
            }
            seen = busy.addAndGet(-seen);
        } while (seen != 0);
    }

    private boolean collect() {
        batch.clear();
        int most = Math.min(credit.get(), BATCH);
        if (most > 0 && news.isEmpty()) {
            feed.take(batch, most);
        }
        return !batch.isEmpty();
    }
}
