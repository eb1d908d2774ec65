package dev.transload.mq.inmemory;

import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a receiver's sink has yet to be told, in order. Filled under the broker's lock; emptied without it, by one
 * thread at a time, so that calls of the sink do not overlap.
 */
final class Outbox {

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    /** After so many rounds a sender's thread has served others long enough. */
    private static final int ROUNDS = 64;

    private final Broker broker;
    private final Sink sink;
    private List<Object> pending = new ArrayList<>();
    private boolean draining;

    Outbox(Broker broker, Sink sink) {
        this.broker = broker;
        this.sink = sink;
    }

    /** Adds an {@link InMemoryDelivery} or one of the records below; under the broker's lock. */
    void add(Object what) {
        pending.add(what);
        if (!draining) {
            draining = true;
            broker.time.workBegan();
            broker.touched(this);
        }
    }

    /** Forgets the deliveries; under the broker's lock. */
    void discard() {
        pending.removeIf(what -> what instanceof InMemoryDelivery);
    }

    /** Tells the sink all there is; without the broker's lock, and only if {@link #add} has touched this. */
    void drain() {
        for (int round = 0; round < ROUNDS || broker.time.virtual(); round++) {
            List<Object> batch = broker.call(this::take);
            if (batch.isEmpty()) {
                broker.time.workEnded();
                return;
            }
            tell(batch);
        }
        if (!broker.later(this::drain)) {
            drain();
        }
    }

    private List<Object> take() {
        if (pending.isEmpty()) {
            draining = false;
            return List.of();
        }
        List<Object> batch = pending;
        pending = new ArrayList<>();
        return batch;
    }

    private void tell(List<Object> batch) {
        List<InMemoryDelivery> run = new ArrayList<>(batch.size());
        for (Object what : batch) {
            if (what instanceof InMemoryDelivery delivery) {
                run.add(delivery);
            } else {
                run = deliver(run);
                tell(what);
            }
        }
        deliver(run);
    }

    private List<InMemoryDelivery> deliver(List<InMemoryDelivery> run) {
        if (run.isEmpty()) {
            return run;
        }
        try {
            if (run.size() == 1) {
                sink.deliver(run.get(0));
            } else {
                sink.deliver(run);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("a sink threw, which it must not", e);
        }
        return new ArrayList<>();
    }

    private void tell(Object what) {
        try {
            if (what instanceof Lost lost) {
                sink.lost(lost.deliveries, lost.why);
            } else if (what instanceof Failed failed) {
                sink.failed(failed.cause);
            } else if (what instanceof Refused refused) {
                refused.completion.failed(refused.cause);
            } else if (what instanceof Mark mark) {
                mark.reached.complete(null);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("a sink threw, which it must not", e);
        }
    }

    /** Deliveries are no longer the receiver's. */
    record Lost(List<InMemoryDelivery> deliveries, String why) {}

    /** The receiver has ended. */
    record Failed(Throwable cause) {}

    /** A settle came too late. */
    record Refused(Completion completion, Throwable cause) {}

    /** All before it has been told. */
    record Mark(CompletableFuture<Void> reached) {}
}
