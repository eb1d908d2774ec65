package dev.transload.mq.client;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks after the leases of one flow, running and buffered deliveries alike: renews them at a third of their length,
 * ends handlers that take longer than they may, and gives back what has waited so long that its handler could not end
 * in time, where leases cannot be renewed.
 *
 * <p>Looks when something is due, on the timer, only while there are deliveries. Thread-safe.
 *
 * @param <T> type of the payload
 */
final class LeaseKeeper<T> {

    private final FlowSpec<T> spec;
    private final SubscriptionFlow<T> flow;
    private final FlowState<T> state;
    private final TimeSource time;
    private final boolean renews;
    private final long leaseNanos;
    private final long renewEveryNanos;
    private final long maxProcessingNanos;
    private final Duration lookEvery;
    private final AtomicBoolean scheduled = new AtomicBoolean();

    LeaseKeeper(FlowSpec<T> spec, SubscriptionFlow<T> flow, FlowState<T> state, TimeSource time) {
        this.spec = spec;
        this.flow = flow;
        this.state = state;
        this.time = time;
        this.renews = spec.capabilities().has(Capability.RENEW);
        this.leaseNanos = renews
                ? spec.options().lease().toNanos()
                : spec.capabilities().maxLease().toNanos();
        this.renewEveryNanos = Math.max(TimeUnit.MILLISECONDS.toNanos(100), leaseNanos / 3);
        this.maxProcessingNanos = spec.options().maxProcessingTime().toNanos();
        long every = Math.min(renews ? renewEveryNanos : leaseNanos, maxProcessingNanos) / 2;
        this.lookEvery = Duration.ofNanos(Math.max(TimeUnit.MILLISECONDS.toNanos(50), every));
    }

    /** There is a delivery to look after. Without the lock. */
    void watch() {
        if (!scheduled.get() && scheduled.compareAndSet(false, true)) {
            time.schedule(lookEvery, this::look);
        }
    }

    /** When the delivery's lease ends unless it is renewed. */
    Instant leaseUntil(EngineDelivery<T> delivery) {
        long left = delivery.renewedNanos + leaseNanos - time.nanos();
        return Instant.ofEpochMilli(time.millis() + TimeUnit.NANOSECONDS.toMillis(left));
    }

    /** Whether so long without the end of any handler is longer than one may take. */
    boolean overlong(long nanos) {
        return nanos > maxProcessingNanos;
    }

    private void look() {
        long now = time.nanos();
        List<EngineDelivery<T>> renew = new ArrayList<>();
        List<EngineDelivery<T>> overdue = new ArrayList<>();
        List<EngineDelivery<T>> stale = new ArrayList<>();
        boolean[] more = new boolean[1];
        state.change(() -> {
            state.forEach(d -> {
                if (isOverdue(d, now)) {
                    state.interrupt(d);
                    overdue.add(d);
                } else if (renews && d.isUnsettled() && now - d.renewedNanos >= renewEveryNanos) {
                    d.renewedNanos = now;
                    renew.add(d);
                } else if (isStale(d, now)) {
                    state.leaveUnstarted(d);
                    stale.add(d);
                }
            });
            more[0] = state.unsettled() > 0 && !state.ended;
        });
        overdue.forEach(flow.outcomes()::overdue);
        stale.forEach(flow.outcomes()::giveBackUnstarted);
        renew.forEach(d -> d.incoming().renew(new Renewal<>(flow, d)));
        if (more[0]) {
            time.schedule(lookEvery, this::look);
        } else {
            scheduled.set(false);
            if (state.await(() -> state.unsettled() > 0 && !state.ended, System.nanoTime())) {
                watch(); // one came between the look and the flag
            }
        }
    }

    private boolean isOverdue(EngineDelivery<T> d, long now) {
        return d.startedNanos != EngineDelivery.NOT_BEGUN
                && now - d.startedNanos > maxProcessingNanos
                && !spec.options().manualSettle()
                && d.take();
    }

    private boolean isStale(EngineDelivery<T> d, long now) {
        return !renews
                && !spec.ordered()
                && now - d.arrivedNanos > leaseNanos - maxProcessingNanos
                && d.move(EngineDelivery.QUEUED, EngineDelivery.SETTLING);
    }

    /** What a renewal came to; a refused one is a lost lease. */
    private record Renewal<T>(SubscriptionFlow<T> flow, EngineDelivery<T> delivery) implements Completion {
        @Override
        public void done() {}

        @Override
        public void failed(Throwable cause) {
            if (cause instanceof LeaseLostException) {
                flow.lost(List.of(delivery.incoming()), "the lease could not be renewed");
            }
        }
    }
}
