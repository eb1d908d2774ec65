package dev.transload.mq.rabbitmq;

import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Lets deliveries through to a sink as far as there is credit, one call at a time and in order. Whoever brings a
 * delivery, credit or news passes on what can be passed on, unless someone is at it.
 *
 * <p>Thread-safe; nothing waits.
 *
 * @param <D> what is delivered
 */
final class CreditGate<D extends Incoming> {

    private static final int BATCH = 256;

    private final Sink sink;
    private final int maxCredit;
    private final Predicate<D> claim;
    private final Queue<D> waiting = new ConcurrentLinkedQueue<>();
    /** What is being passed on; of whoever is at it. */
    private final List<D> batch = new ArrayList<>();

    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicInteger credit = new AtomicInteger();
    private final AtomicInteger busy = new AtomicInteger();
    private volatile boolean shut;

    /**
     * A gate without credit.
     *
     * @param claim asked for each delivery before it is passed on; one that it refuses is dropped
     */
    CreditGate(Sink sink, int maxCredit, Predicate<D> claim) {
        this.sink = sink;
        this.maxCredit = maxCredit;
        this.claim = claim;
    }

    /** Takes a delivery. */
    void offer(D delivery) {
        waiting.add(delivery);
        run();
    }

    /** Takes a delivery that waits until the next call of {@link #offer}, {@link #credit} or {@link #pass}. */
    void add(D delivery) {
        waiting.add(delivery);
    }

    /** Passes on what can be. */
    void pass() {
        run();
    }

    /** Takes credit. */
    void credit(int n) {
        credit.updateAndGet(now -> (int) Math.min(maxCredit, (long) now + n));
        run();
    }

    /** Calls the sink with something else than a delivery, between deliveries. */
    void tell(Runnable call) {
        news.add(call);
        run();
    }

    /** Drops deliveries that wait. */
    void dropIf(Predicate<? super D> which) {
        waiting.removeIf(which);
    }

    /** Passes no further delivery on, and returns, in order, those that wait. News still pass. */
    List<D> shut() {
        shut = true;
        while (busy.get() != 0) {
            Thread.onSpinWait(); // a sink does not block
        }
        List<D> rest = new ArrayList<>();
        for (D delivery = waiting.poll(); delivery != null; delivery = waiting.poll()) {
            rest.add(delivery);
        }
        return rest;
    }

    // Collects what can be passed on together; says whether there is anything.
    private boolean collect() {
        batch.clear();
        int most = Math.min(credit.get(), BATCH);
        while (!shut && batch.size() < most) {
            D delivery = waiting.poll();
            if (delivery == null) {
                break;
            }
            if (claim.test(delivery)) {
                batch.add(delivery);
            }
        }
        return !batch.isEmpty();
    }

    /** Whether {@link #shut} was called. */
    boolean isShut() {
        return shut;
    }

    private void run() {
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
}
