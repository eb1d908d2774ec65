package dev.transload.mq.client;

import dev.transload.mq.Health;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Subscription.State;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * One flow of deliveries from a receiver to handlers.
 *
 * <p>Threads: the transport calls {@link #deliver} and {@link #lost}; {@link FlowWorkers} take deliveries and run {@link
 * DeliveryPipeline}; {@link LeaseKeeper} looks after leases on the timer; any thread may pause or close. {@link
 * FlowState} guards what they share. A message costs two acquisitions of its lock at most: one to come in, with all that
 * came together, and one to leave.
 *
 * <p>Credit goes back when a settle has been handed to the transport, in batches of an eighth of the prefetch or when
 * nothing is left to run; with a prefetch of one that is strict.
 *
 * @param <T> type of the payload
 */
final class SubscriptionFlow<T> implements Sink {

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final FlowSpec<T> spec;
    private final TimeSource time;
    private final Events events;
    private final FlowState<T> state;
    private final LeaseKeeper<T> leases;
    private final Outcomes<T> outcomes;
    private final FlowWorkers<T> workers;
    private final Runnable onFailed;
    private final Settling settling = new Settling();

    SubscriptionFlow(EngineContext engine, FlowSpec<T> spec, ThreadFactory threads, Runnable onFailed) {
        this.spec = spec;
        this.time = engine.time();
        this.events = engine.events().with(spec.options().listener());
        // What only passes here is no delivery of the application; but that it may come twice is worth a word.
        Events deliveries = spec.onTheWay() ? Events.SILENT : events;
        this.state =
                new FlowState<>(spec, settling, time, engine.transport().time().isPresent());
        this.leases = new LeaseKeeper<>(spec, this, state, time);
        this.onFailed = onFailed;
        this.outcomes = new Outcomes<>(engine, spec, this, deliveries);
        DeliveryPipeline<T> pipeline = new DeliveryPipeline<>(engine, spec, this, outcomes, deliveries);
        this.workers = new FlowWorkers<>(spec, state, deliveries, threads, pipeline::run);
    }

    /** Starts the flow over a receiver that has no credit yet; a flow that was closed meanwhile closes it. */
    void attach(Receiver receiver) {
        boolean[] wanted = new boolean[1];
        state.change(() -> {
            wanted[0] = !state.ended;
            if (wanted[0]) {
                state.receiver = receiver;
            }
        });
        if (wanted[0]) {
            receiver.credit(spec.prefetch());
        } else {
            Waits.whenDone(receiver.close(Duration.ZERO), (closed, e) -> {});
        }
    }

    String source() {
        return spec.source();
    }

    /** What a message was sent to that says nothing about it; nobody sends to the place where suspects run alone. */
    String destination(Incoming incoming) {
        return spec.alone() ? spec.destination() : incoming.destination();
    }

    /** How the flow ends. */
    FlowDrain<T> drain() {
        return new FlowDrain<>(state, settling, outcomes);
    }

    Outcomes<T> outcomes() {
        return outcomes;
    }

    // ---- from the transport

    @Override
    public void deliver(Incoming incoming) {
        deliver(List.of(incoming));
    }

    @Override
    public void deliver(List<? extends Incoming> batch) {
        long now = time.nanos();
        boolean taken;
        long dues = 0;
        state.lock.lock();
        try {
            taken = state.state == State.RUNNING || state.state == State.PAUSED;
            if (taken) {
                for (int i = 0; i < batch.size(); i++) {
                    EngineDelivery<T> delivery = new EngineDelivery<>(this, batch.get(i), now);
                    state.append(delivery);
                    state.lanes.add(delivery);
                }
                workers.wakeOne();
                dues = state.dues();
            }
        } finally {
            state.lock.unlock();
        }
        state.pass(dues);
        if (!taken) {
            batch.forEach(incoming -> incoming.release(Duration.ZERO, false, Completion.IGNORED));
            return;
        }
        leases.watch();
    }

    @Override
    public void lost(List<? extends Incoming> deliveries, String why) {
        Set<Incoming> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        gone.addAll(deliveries);
        List<EngineDelivery<T>> told = new ArrayList<>();
        change(() -> state.forEach(d -> {
            if (gone.contains(d.incoming()) && lose(d)) {
                told.add(d);
            }
        }));
        for (EngineDelivery<T> d : told) {
            outcomes.lostOpen(d);
            events.count(MqObserver.Event.LEASE_LOST, spec.source());
            events.tellElsewhere(l -> l.leaseLost(spec.source(), d.message(), why));
        }
    }

    // Lock held. Returns whether it was in a state in which it can be lost.
    private boolean lose(EngineDelivery<T> d) {
        d.gone = true;
        if (d.move(EngineDelivery.QUEUED, EngineDelivery.LOST) || d.move(EngineDelivery.HELD, EngineDelivery.LOST)) {
            state.leaveUnstarted(d);
            return true;
        }
        if (d.move(EngineDelivery.RUNNING, EngineDelivery.LOST)) {
            state.interrupt(d);
            if (d.worker == null && spec.options().manualSettle()) {
                state.leave(d);
            }
            return true;
        }
        return false; // someone settles it and will be told
    }

    @Override
    public void failed(Throwable cause) {
        boolean[] first = new boolean[1];
        state.change(() -> {
            first[0] = state.state != State.CLOSED && state.state != State.FAILED;
            if (first[0]) {
                state.failure = cause;
                state.end(State.FAILED);
            }
        });
        if (first[0]) {
            events.tellElsewhere(l -> l.subscriptionFailed(spec.source(), cause));
            onFailed.run();
        }
    }

    /** The pipeline is about to call the handler; returns false if the delivery was lost meanwhile. */
    boolean begin(EngineDelivery<T> delivery) {
        delivery.startedNanos = time.nanos();
        delivery.incoming().began();
        return delivery.state() == EngineDelivery.RUNNING;
    }

    /** See {@link FlowWorkers#started}. */
    void started(EngineDelivery<T> delivery) {
        workers.started(delivery);
    }

    /** See {@link FlowWorkers#stageEnded}. */
    void stageEnded(EngineDelivery<T> delivery, int run, int result) {
        workers.stageEnded(delivery, run, result);
    }

    /** See {@link FlowWorkers#aloneNow}. */
    boolean aloneNow(EngineDelivery<T> delivery) {
        return workers.aloneNow(delivery);
    }

    // ---- what outcomes do with a delivery

    /** The settle was handed over outside the pipeline's own return. */
    void leave(EngineDelivery<T> delivery) {
        change(() -> state.leave(delivery));
    }

    /**
     * The delivery stays, unsettled, and becomes runnable after the wait; unless it was lost meanwhile.
     *
     * @return false if nothing is held any more since the flow ends: the delivery is still the caller's to settle
     */
    boolean hold(EngineDelivery<T> delivery, Duration wait) {
        boolean[] held = new boolean[1];
        boolean[] ending = new boolean[1];
        change(() -> {
            if (delivery.gone) {
                delivery.move(EngineDelivery.SETTLING, EngineDelivery.LOST);
                state.leave(delivery);
            } else if (state.state == State.RUNNING || state.state == State.PAUSED) {
                held[0] = delivery.move(EngineDelivery.SETTLING, EngineDelivery.HELD);
            } else {
                ending[0] = delivery.state() == EngineDelivery.SETTLING;
            }
        });
        if (held[0]) {
            time.schedule(wait, () -> change(() -> workers.reopen(delivery)));
        }
        return !ending[0];
    }

    /** A settle has begun; {@link #settleEnded} or {@link #settleFailed} will follow. */
    void settleBegan() {
        settling.began();
    }

    void settleEnded() {
        if (settling.ended() && (spec.alone() || state.state == State.DRAINING)) {
            state.change(() -> {});
        }
    }

    void settleFailed(EngineDelivery<T> delivery, Throwable cause) {
        settling.unknown(delivery.id());
        events.count(MqObserver.Event.LEASE_LOST, spec.source());
        String why = cause instanceof LeaseLostException ? "settled too late" : "settle failed: " + cause;
        events.tellElsewhere(l -> l.leaseLost(spec.source(), delivery.message(), why));
        settleEnded();
    }

    private void change(Runnable change) {
        state.change(() -> {
            change.run();
            workers.wakeOne();
        });
    }

    Instant leaseUntil(EngineDelivery<T> delivery) {
        return leases.leaseUntil(delivery);
    }

    // ---- for the owner: pause, health, close

    void pause() {
        boolean[] paused = new boolean[1];
        state.change(() -> {
            paused[0] = state.state == State.RUNNING;
            if (paused[0]) {
                state.state = State.PAUSED;
            }
        });
        // Deliveries taken before the pause reach their handlers; the pause returns when they have.
        if (paused[0] && DeliveryPipeline.current() == null) {
            state.await(() -> !workers.starting(), System.nanoTime() + PAUSE_NANOS);
        }
    }

    void resume() {
        change(() -> {
            if (state.state == State.PAUSED) {
                state.state = State.RUNNING;
            }
        });
    }

    /** Deliveries that the flow has not settled. */
    int unsettled() {
        state.lock.lock();
        try {
            return state.unsettled();
        } finally {
            state.lock.unlock();
        }
    }

    State state() {
        state.lock.lock();
        try {
            return state.state;
        } finally {
            state.lock.unlock();
        }
    }

    Health health() {
        state.lock.lock();
        try {
            long now = time.nanos();
            Receiver r = state.receiver;
            Duration contact = Duration.ofNanos(r == null ? 0 : Math.max(0, now - r.lastContact()));
            if (state.state == State.FAILED) {
                return new Health(Health.Status.DOWN, "ended by itself: " + state.failure, contact);
            }
            if (state.state == State.CLOSED || r == null) {
                return new Health(Health.Status.DOWN, "closed", contact);
            }
            if (state.state != State.RUNNING) {
                return new Health(Health.Status.DEGRADED, state.state.toString(), contact);
            }
            if (state.running > 0 && leases.overlong(now - state.progressNanos)) {
                return new Health(Health.Status.DEGRADED, "no handler has ended for its processing time", contact);
            }
            return new Health(
                    Health.Status.UP, state.running + " handlers run, " + state.unsettled() + " unsettled", contact);
        } finally {
            state.lock.unlock();
        }
    }
}
