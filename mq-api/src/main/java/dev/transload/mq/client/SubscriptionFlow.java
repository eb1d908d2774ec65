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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One flow of deliveries from a receiver to handlers.
 *
 * <p>Threads: the transport calls {@link #deliver} and {@link #lost}; as many worker threads as the concurrency take
 * deliveries and run {@link DeliveryPipeline}; {@link LeaseKeeper} looks after leases on the timer; any thread may
 * pause or close. {@link FlowState} guards what they share. A worker ends one delivery and takes the next under a single
 * acquisition of its lock, so a message costs two
 * at most: one to come in, with all that came together, and one to leave. Workers start as they are needed and
 * end after half a minute without work.
 *
 * <p>Credit goes back when a settle has been handed to the transport, in batches of an eighth of the prefetch or when
 * nothing is left to run; with a prefetch of one that is strict.
 *
 * @param <T> type of the payload
 */
final class SubscriptionFlow<T> implements Sink {

    private static final long WORKER_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final FlowSpec<T> spec;
    private final TimeSource time;
    private final Events events;
    private final FlowState<T> state;
    private final LeaseKeeper<T> leases;
    private final Outcomes<T> outcomes;
    private final DeliveryPipeline<T> pipeline;
    private final ThreadFactory threads;
    private final Runnable onFailed;
    private final AtomicInteger starting = new AtomicInteger();
    private final Settling settling = new Settling();

    SubscriptionFlow(EngineContext engine, FlowSpec<T> spec, ThreadFactory threads, Runnable onFailed) {
        this.spec = spec;
        this.time = engine.time();
        this.events = engine.events().with(spec.options().listener());
        this.state = new FlowState<>(spec, time, engine.transport().time().isPresent());
        this.leases = new LeaseKeeper<>(spec, this, state, time);
        this.threads = threads;
        this.onFailed = onFailed;
        this.outcomes = new Outcomes<>(engine, spec, this, events);
        this.pipeline = new DeliveryPipeline<>(engine, spec, this, outcomes, events);
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
                wakeOne();
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

    // ---- workers

    /** A worker's life: take, run, until the flow ends or there has been nothing to do for a while. */
    private void work() {
        EngineDelivery<T> finished = null;
        int result = DeliveryPipeline.LEFT;
        while (true) {
            EngineDelivery<T> delivery = next(finished, result);
            if (delivery == null) {
                return;
            }
            result = pipeline.run(delivery);
            finished = delivery;
        }
    }

    private @Nullable EngineDelivery<T> next(@Nullable EngineDelivery<T> finished, int result) {
        EngineDelivery<T> delivery = null;
        while (true) {
            boolean blocked = false;
            Runnable afterAll = null;
            long dues;
            state.lock.lock();
            try {
                if (finished != null) {
                    finish(finished, result);
                    workerLeft(finished);
                    finished = null;
                }
                if (state.atQuiet != null && state.running == 0 && state.unsettled() == 0) {
                    afterAll = state.atQuiet;
                    state.atQuiet = null;
                }
                if (state.mayStart()) {
                    delivery = state.lanes.take();
                }
                if (delivery != null) {
                    start(delivery);
                } else {
                    blocked = state.becameBlocked();
                }
                dues = state.dues();
                if (delivery == null && dues == 0 && !blocked && afterAll == null) {
                    if (state.ended || !awaitWork()) {
                        state.workers--;
                        state.quiet.signalAll();
                        return null;
                    }
                    continue;
                }
            } finally {
                state.lock.unlock();
            }
            state.pass(dues);
            if (blocked) {
                events.count(MqObserver.Event.LANE_BLOCKED, spec.source());
                events.tellElsewhere(l -> l.laneBlocked(spec.source(), 0));
            }
            if (afterAll != null) {
                afterAll.run();
            }
            if (delivery != null) {
                return delivery;
            }
        }
    }

    // Lock held.
    private void start(EngineDelivery<T> delivery) {
        state.running++;
        starting.incrementAndGet();
        delivery.run(Thread.currentThread());
        state.waking = false;
        wakeOne();
    }

    // Lock held. Returns false if the worker should end for want of work.
    @SuppressWarnings("WaitNotInLoop") // the worker's loop looks again
    private boolean awaitWork() {
        state.idle++;
        boolean signalled;
        try {
            signalled = state.work.awaitNanos(WORKER_IDLE_NANOS) > 0;
        } catch (InterruptedException e) {
            signalled = true; // an interrupt meant for a handler that had just ended
        } finally {
            state.idle--;
            state.waking = false;
        }
        return signalled || state.lanes.runnable() > 0 || state.ended;
    }

    // Lock held.
    private void finish(EngineDelivery<T> delivery, int result) {
        if (result == DeliveryPipeline.PENDING) {
            state.pending++;
        } else {
            state.running--;
        }
        if (state.solo == delivery && result != DeliveryPipeline.PENDING) {
            state.solo = null;
            wakeOne();
        }
        if (delivery.startedNanos != EngineDelivery.NOT_BEGUN) {
            state.progressNanos = delivery.startedNanos;
        }
        if (result == DeliveryPipeline.LEFT || delivery.state() == EngineDelivery.LOST) {
            state.leave(delivery);
        }
        state.quiet.signalAll();
    }

    // Lock held, on the worker's thread.
    private void workerLeft(EngineDelivery<T> delivery) {
        delivery.worker = null;
        if (delivery.interrupted) {
            delivery.interrupted = false;
            Thread.interrupted();
        }
        if (delivery.due) {
            delivery.due = false;
            reopen(delivery);
        }
    }

    // Lock held. A delivery never runs beside its own last handler.
    private void reopen(EngineDelivery<T> delivery) {
        if (delivery.worker != null) {
            delivery.due = true;
        } else if (delivery.move(EngineDelivery.HELD, EngineDelivery.QUEUED)) {
            state.lanes.reopen(delivery);
        }
    }

    // Lock held. Wakes or makes a worker if one is wanted and none is on its way.
    private void wakeOne() {
        if (state.waking || state.lanes.runnable() == 0 || !state.mayStart()) {
            return;
        }
        if (state.idle > 0) {
            state.waking = true;
            state.work.signal();
        } else if (state.workers < spec.options().concurrency()) {
            state.workers++;
            threads.newThread(this::work).start();
        }
    }

    /** The pipeline is about to call the handler; returns false if the delivery was lost meanwhile. */
    boolean begin(EngineDelivery<T> delivery) {
        delivery.startedNanos = time.nanos();
        delivery.incoming().began();
        return delivery.state() == EngineDelivery.RUNNING;
    }

    /** The handler runs now, or will not; only the first call of a run counts. */
    void started(EngineDelivery<T> delivery) {
        if (delivery.starting) {
            delivery.starting = false;
            if (starting.decrementAndGet() == 0 && state.state == State.PAUSED) {
                state.change(() -> {});
            }
        }
    }

    /** An asynchronous handler's stage has completed, and with it the use of its slot. */
    void stageEnded(EngineDelivery<T> delivery, int run, int result) {
        change(() -> {
            state.pending--;
            if (delivery.isInRun(run)) {
                finish(delivery, result);
            } else {
                state.running--;
            }
        });
    }

    /**
     * Waits until the delivery's handler would be the only one; none other starts until it has ended.
     *
     * @return false if another delivery has that place, or the others took too long: this one was put back and will
     *     come round again
     */
    boolean aloneNow(EngineDelivery<T> delivery) {
        boolean[] owner = new boolean[1];
        change(() -> {
            owner[0] = state.solo == null || state.solo == delivery;
            if (owner[0]) {
                state.solo = delivery;
            } else {
                putBack(delivery);
            }
        });
        if (!owner[0]) {
            return false;
        }
        long most = spec.options().maxProcessingTime().toNanos();
        if (state.await(() -> state.running == 1, System.nanoTime() + most)) {
            return true;
        }
        change(() -> putBack(delivery));
        return false;
    }

    // Lock held, on the worker's thread: it runs again when this worker has left it.
    private void putBack(EngineDelivery<T> delivery) {
        if (delivery.move(EngineDelivery.RUNNING, EngineDelivery.HELD)) {
            delivery.due = true;
        }
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
            time.schedule(wait, () -> change(() -> reopen(delivery)));
        }
        return !ending[0];
    }

    /** A settle has begun; {@link #settleEnded} or {@link #settleFailed} will follow. */
    void settleBegan() {
        settling.began();
    }

    void settleEnded() {
        if (settling.ended() && state.state == State.DRAINING) {
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
            wakeOne();
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
            state.await(() -> starting.get() == 0, System.nanoTime() + PAUSE_NANOS);
        }
    }

    void resume() {
        change(() -> {
            if (state.state == State.PAUSED) {
                state.state = State.RUNNING;
            }
        });
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
