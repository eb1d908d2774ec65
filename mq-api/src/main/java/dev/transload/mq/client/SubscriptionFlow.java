package dev.transload.mq.client;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.Health;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Subscription.State;
import dev.transload.mq.spi.Capability;
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
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One flow of deliveries from a receiver to handlers: what it holds, who may run, whose lease must be renewed, and
 * how much more may come.
 *
 * <p>Threads: the transport calls {@link #deliver} and {@link #lost}; as many worker threads as the concurrency take
 * deliveries and run {@link DeliveryPipeline}; the timer renews leases and ends waits; any thread may pause or close.
 * One lock guards all state; it is never held while the transport, a handler or a listener is called. A worker ends
 * one delivery and takes the next under a single acquisition, so a message costs two: one to come in, one to leave.
 *
 * <p>Credit goes back when a settle has been handed to the transport, in batches of an eighth of the prefetch or when
 * nothing is left to run; with a prefetch of one that is strict.
 *
 * @param <T> type of the payload
 */
final class SubscriptionFlow<T> implements Sink {

    private static final long WORKER_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final FlowSpec<T> spec;
    private final TimeSource time;
    private final boolean virtualTime;
    private final Events events;
    private final DeliveryPipeline<T> pipeline;
    private final Outcomes<T> outcomes;
    private final ThreadFactory threads;
    private final int concurrency;
    private final int creditBatch;
    private final boolean renews;
    private final long renewEveryNanos;
    private final long leaseNanos;
    private final long maxProcessingNanos;
    private final Runnable onFailed;

    private final Lock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition quiet = lock.newCondition();
    private final KeyLanes<EngineDelivery<T>> lanes;
    private @Nullable EngineDelivery<T> first;
    private @Nullable EngineDelivery<T> last;
    private State state = State.RUNNING;
    private @Nullable Receiver receiver;
    private @Nullable Throwable failure;
    private int unsettled;
    private int running;
    /** Of those running, handlers whose stage is not complete; below zero while one completes within its call. */
    private int pending;

    private int workers;
    private int idle;
    private boolean waking;
    private int owed;
    private int active;
    private boolean sweepScheduled;
    private boolean blockedTold;
    private boolean ended;
    private @Nullable Runnable atQuiet;
    private long progressNanos;

    private final AtomicInteger starting = new AtomicInteger();
    private final AtomicInteger settling = new AtomicInteger();
    private final List<String> ackUnknown = Collections.synchronizedList(new ArrayList<>());

    SubscriptionFlow(EngineContext engine, FlowSpec<T> spec, ThreadFactory threads, Runnable onFailed) {
        this.spec = spec;
        this.time = engine.time();
        this.virtualTime = engine.transport().time().isPresent();
        this.events = engine.events().with(spec.options().listener());
        this.threads = threads;
        this.concurrency = spec.options().concurrency();
        this.creditBatch = Math.max(1, spec.prefetch() / 8);
        this.renews = spec.capabilities().has(Capability.RENEW);
        this.leaseNanos = renews
                ? spec.options().lease().toNanos()
                : spec.capabilities().maxLease().toNanos();
        this.renewEveryNanos = Math.max(TimeUnit.MILLISECONDS.toNanos(100), leaseNanos / 3);
        this.maxProcessingNanos = spec.options().maxProcessingTime().toNanos();
        this.onFailed = onFailed;
        this.lanes = new KeyLanes<>(spec.ordered());
        this.outcomes = new Outcomes<>(engine, spec, this, events);
        this.pipeline = new DeliveryPipeline<>(engine, spec, this, outcomes, events);
        this.progressNanos = time.nanos();
    }

    /** Starts the flow over a receiver that has no credit yet. */
    void attach(Receiver started) {
        lock.lock();
        try {
            receiver = started;
        } finally {
            lock.unlock();
        }
        started.credit(spec.prefetch());
    }

    String source() {
        return spec.source();
    }

    Outcomes<T> outcomes() {
        return outcomes;
    }

    FlowSpec<T> spec() {
        return spec;
    }

    // ---- from the transport

    @Override
    public void deliver(Incoming incoming) {
        EngineDelivery<T> delivery = new EngineDelivery<>(this, incoming, time.nanos());
        boolean refused;
        boolean sweep = false;
        boolean returned = false;
        int delta = 0;
        lock.lock();
        try {
            refused = state != State.RUNNING && state != State.PAUSED;
            if (!refused) {
                append(delivery);
                returned = lanes.add(delivery);
                wakeOne();
                if (!sweepScheduled) {
                    sweepScheduled = true;
                    sweep = true;
                }
                delta = activity();
            }
        } finally {
            lock.unlock();
        }
        tellActivity(delta);
        if (refused) {
            incoming.release(Duration.ZERO, false, Completion.IGNORED);
            return;
        }
        if (sweep) {
            time.schedule(Duration.ofNanos(sweepNanos()), this::sweep);
        }
        if (returned) {
            outcomes.returned(delivery);
        }
    }

    @Override
    public void lost(List<? extends Incoming> deliveries, String why) {
        Set<Incoming> gone = Collections.newSetFromMap(new IdentityHashMap<>());
        gone.addAll(deliveries);
        List<EngineDelivery<T>> told = new ArrayList<>();
        int credit;
        int delta;
        lock.lock();
        try {
            for (EngineDelivery<T> d = first; d != null; ) {
                EngineDelivery<T> next = d.next;
                if (gone.contains(d.incoming())) {
                    if (d.move(EngineDelivery.QUEUED, EngineDelivery.LOST)
                            || d.move(EngineDelivery.HELD, EngineDelivery.LOST)) {
                        lanes.remove(d);
                        depart(d);
                        told.add(d);
                    } else if (d.move(EngineDelivery.RUNNING, EngineDelivery.LOST)) {
                        interrupt(d);
                        told.add(d);
                        if (d.worker == null && spec.options().manualSettle()) {
                            lanes.done(d);
                            depart(d);
                        }
                    }
                }
                d = next;
            }
            lanes.awaitNoMore();
            wakeOne();
            credit = creditDue();
            delta = activity();
        } finally {
            lock.unlock();
        }
        tellActivity(delta);
        giveCredit(credit);
        for (EngineDelivery<T> d : told) {
            events.count(MqObserver.Event.LEASE_LOST, spec.source());
            events.tellElsewhere(l -> l.leaseLost(spec.source(), d.message(), why));
        }
    }

    @Override
    public void failed(Throwable cause) {
        lock.lock();
        try {
            if (state == State.CLOSED || state == State.FAILED) {
                return;
            }
            state = State.FAILED;
            failure = cause;
            ended = true;
            work.signalAll();
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
        events.tellElsewhere(l -> l.subscriptionFailed(spec.source(), cause));
        onFailed.run();
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
            int credit;
            int delta;
            boolean told = false;
            Runnable last = null;
            lock.lock();
            try {
                if (finished != null) {
                    finish(finished, result);
                    finished = null;
                }
                if (atQuiet != null && running == 0 && unsettled == 0) {
                    last = atQuiet;
                    atQuiet = null;
                }
                if (!ended && state == State.RUNNING && running < concurrency) {
                    delivery = lanes.take();
                }
                if (delivery != null) {
                    running++;
                    starting.incrementAndGet();
                    delivery.move(EngineDelivery.QUEUED, EngineDelivery.RUNNING);
                    delivery.worker = Thread.currentThread();
                    waking = false;
                    wakeOne();
                } else {
                    told = laneBlocked();
                }
                credit = creditDue();
                delta = activity();
                if (delivery == null && credit == 0 && delta == 0 && !told && last == null) {
                    if (ended || !awaitWork()) {
                        workers--;
                        quiet.signalAll();
                        return null;
                    }
                    continue;
                }
            } finally {
                lock.unlock();
            }
            tellActivity(delta);
            giveCredit(credit);
            if (told) {
                tellBlocked();
            }
            if (last != null) {
                last.run();
            }
            if (delivery != null) {
                return delivery;
            }
        }
    }

    // Lock held. Returns false if the worker should end for want of work.
    @SuppressWarnings("WaitNotInLoop") // the worker's loop looks again
    private boolean awaitWork() {
        idle++;
        boolean signalled;
        try {
            signalled = work.awaitNanos(WORKER_IDLE_NANOS) > 0;
        } catch (InterruptedException e) {
            signalled = true; // an interrupt meant for a handler that had just ended
        } finally {
            idle--;
            waking = false;
        }
        return signalled || lanes.runnable() > 0 || ended;
    }

    // Lock held.
    private void finish(EngineDelivery<T> delivery, int result) {
        if (result == DeliveryPipeline.PENDING) {
            pending++;
        } else {
            running--;
        }
        delivery.worker = null;
        if (delivery.interrupted) {
            delivery.interrupted = false;
            Thread.interrupted();
        }
        progressNanos = delivery.startedNanos;
        if (result == DeliveryPipeline.LEFT && delivery.inLanes) {
            lanes.done(delivery);
            depart(delivery);
        } else if (delivery.state() == EngineDelivery.LOST && delivery.inLanes) {
            lanes.done(delivery);
            depart(delivery);
        }
        quiet.signalAll();
    }

    // Lock held. Wakes or makes a worker if one is wanted and none is on its way.
    private void wakeOne() {
        if (waking || state != State.RUNNING || lanes.runnable() == 0 || running >= concurrency) {
            return;
        }
        if (idle > 0) {
            waking = true;
            work.signal();
        } else if (workers < concurrency) {
            workers++;
            threads.newThread(this::work).start();
        }
    }

    /** The pipeline is about to call the handler; returns false if the delivery was lost meanwhile. */
    boolean begin(EngineDelivery<T> delivery) {
        delivery.startedNanos = time.nanos();
        delivery.incoming().began();
        return delivery.state() == EngineDelivery.RUNNING;
    }

    /** The handler runs now, or the delivery ended before it could. */
    void started() {
        if (starting.decrementAndGet() == 0 && state == State.PAUSED) {
            lock.lock();
            try {
                quiet.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** An asynchronous handler's stage has completed, and with it the use of its slot. */
    void stageEnded(EngineDelivery<T> delivery, int result) {
        int credit;
        int delta;
        lock.lock();
        try {
            pending--;
            finish(delivery, result);
            wakeOne();
            credit = creditDue();
            delta = activity();
        } finally {
            lock.unlock();
        }
        tellActivity(delta);
        giveCredit(credit);
    }

    // ---- what outcomes do with a delivery

    /** The settle was handed over outside the pipeline's own return. */
    void leave(EngineDelivery<T> delivery) {
        afterwards(() -> {
            if (delivery.inLanes) {
                lanes.done(delivery);
                depart(delivery);
            }
        });
    }

    /** The delivery stays, unsettled, and becomes runnable after the wait. */
    void hold(EngineDelivery<T> delivery, Duration wait) {
        if (!delivery.move(EngineDelivery.SETTLING, EngineDelivery.HELD)) {
            return;
        }
        time.schedule(
                wait,
                () -> afterwards(() -> {
                    if (delivery.move(EngineDelivery.HELD, EngineDelivery.QUEUED)) {
                        lanes.reopen(delivery);
                    }
                }));
    }

    /** The delivery goes back to the broker and will come again to this lane, whose key waits for it. */
    void awaitReturn(EngineDelivery<T> delivery) {
        afterwards(() -> {
            if (delivery.inLanes) {
                lanes.await(delivery);
                depart(delivery);
            }
        });
    }

    /** A delivery that came back becomes runnable after the wait. */
    void holdReturned(EngineDelivery<T> delivery, Duration wait) {
        if (delivery.move(EngineDelivery.QUEUED, EngineDelivery.SETTLING)) {
            hold(delivery, wait);
        }
    }

    /** A settle has begun; {@link #settleEnded} or {@link #settleFailed} will follow. */
    void settleBegan() {
        settling.incrementAndGet();
    }

    void settleEnded() {
        if (settling.decrementAndGet() == 0 && state == State.DRAINING) {
            signalQuiet();
        }
    }

    void settleFailed(EngineDelivery<T> delivery, Throwable cause) {
        ackUnknown.add(delivery.id());
        events.count(MqObserver.Event.LEASE_LOST, spec.source());
        String why = cause instanceof LeaseLostException ? "settled too late" : "settle failed: " + cause;
        events.tellElsewhere(l -> l.leaseLost(spec.source(), delivery.message(), why));
        settleEnded();
    }

    private void signalQuiet() {
        lock.lock();
        try {
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void afterwards(Runnable change) {
        int credit;
        int delta;
        lock.lock();
        try {
            change.run();
            wakeOne();
            credit = creditDue();
            delta = activity();
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
        tellActivity(delta);
        giveCredit(credit);
    }

    Instant leaseUntil(EngineDelivery<T> delivery) {
        long left = delivery.renewedNanos + leaseNanos - time.nanos();
        return Instant.ofEpochMilli(time.millis() + TimeUnit.NANOSECONDS.toMillis(left));
    }

    void requireDelay(Duration delay) {
        outcomes.requireDelay(delay);
    }

    // ---- leases

    private long sweepNanos() {
        long every = Math.min(renews ? renewEveryNanos : leaseNanos, maxProcessingNanos) / 2;
        return Math.max(TimeUnit.MILLISECONDS.toNanos(50), every);
    }

    private void sweep() {
        long now = time.nanos();
        List<EngineDelivery<T>> renew = new ArrayList<>();
        List<EngineDelivery<T>> overdue = new ArrayList<>();
        List<EngineDelivery<T>> stale = new ArrayList<>();
        boolean again;
        lock.lock();
        try {
            for (EngineDelivery<T> d = first; d != null; d = d.next) {
                int s = d.state();
                if (s == EngineDelivery.RUNNING
                        && d.startedNanos != 0
                        && now - d.startedNanos > maxProcessingNanos
                        && !spec.options().manualSettle()) {
                    overdue.add(d);
                } else if (renews && s <= EngineDelivery.SETTLING && now - d.renewedNanos >= renewEveryNanos) {
                    d.renewedNanos = now;
                    renew.add(d);
                } else if (!renews
                        && s == EngineDelivery.QUEUED
                        && !spec.ordered()
                        && now - d.arrivedNanos > leaseNanos - maxProcessingNanos
                        && d.move(EngineDelivery.QUEUED, EngineDelivery.SETTLING)) {
                    stale.add(d);
                }
            }
            stale.forEach(d -> {
                lanes.remove(d);
                depart(d);
            });
            again = first != null && !ended;
            sweepScheduled = again;
        } finally {
            lock.unlock();
        }
        stale.forEach(d -> outcomes.giveBackUnstarted(d));
        renew.forEach(d -> d.incoming().renew(new RenewalResult<>(this, d)));
        overdue.forEach(this::overdue);
        if (!stale.isEmpty()) {
            afterwards(() -> {});
        }
        if (again) {
            time.schedule(Duration.ofNanos(sweepNanos()), this::sweep);
        }
    }

    private void overdue(EngineDelivery<T> delivery) {
        if (!delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING)) {
            return;
        }
        lock.lock();
        try {
            interrupt(delivery);
        } finally {
            lock.unlock();
        }
        outcomes.overdue(delivery);
    }

    // Lock held.
    private void interrupt(EngineDelivery<T> delivery) {
        Thread thread = delivery.worker;
        if (thread != null && !delivery.interrupted) {
            delivery.interrupted = true;
            thread.interrupt();
        }
    }

    // ---- bookkeeping, lock held

    private void append(EngineDelivery<T> d) {
        unsettled++;
        d.previous = last;
        if (last == null) {
            first = d;
        } else {
            last.next = d;
        }
        last = d;
    }

    private void depart(EngineDelivery<T> d) {
        d.inLanes = false;
        unsettled--;
        owed++;
        EngineDelivery<T> before = d.previous;
        EngineDelivery<T> after = d.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        d.previous = null;
        d.next = null;
        blockedTold = false;
    }

    private int creditDue() {
        if (owed == 0
                || receiver == null
                || (state != State.RUNNING && state != State.PAUSED)
                || (owed < creditBatch && lanes.runnable() > 0)) {
            return 0;
        }
        int n = owed;
        owed = 0;
        return n;
    }

    private boolean laneBlocked() {
        boolean blocked = spec.ordered()
                && !blockedTold
                && unsettled >= spec.prefetch()
                && running == 0
                && lanes.runnable() == 0
                && state == State.RUNNING;
        blockedTold |= blocked;
        return blocked;
    }

    private int activity() {
        if (!virtualTime) {
            return 0;
        }
        int now = running - pending + (state == State.RUNNING ? lanes.runnable() : 0);
        int delta = now - active;
        active = now;
        return delta;
    }

    // ---- calls out, no lock held

    private void giveCredit(int credit) {
        Receiver to = receiver;
        if (credit > 0 && to != null) {
            to.credit(credit);
        }
    }

    private void tellActivity(int delta) {
        for (int i = 0; i < delta; i++) {
            time.workBegan();
        }
        for (int i = 0; i > delta; i--) {
            time.workEnded();
        }
    }

    private void tellBlocked() {
        events.count(MqObserver.Event.LANE_BLOCKED, spec.source());
        events.tellElsewhere(l -> l.laneBlocked(spec.source(), 0));
    }

    // ---- for the owner: pause, close, health

    void pause() {
        int delta;
        lock.lock();
        try {
            if (state != State.RUNNING) {
                return;
            }
            state = State.PAUSED;
            delta = activity();
        } finally {
            lock.unlock();
        }
        tellActivity(delta);
        if (DeliveryPipeline.current() == null) {
            awaitNoneStarting();
        }
    }

    // Deliveries taken before the pause reach their handlers; the pause returns when they have.
    private void awaitNoneStarting() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        lock.lock();
        try {
            while (starting.get() > 0 && System.nanoTime() < deadline) {
                quiet.awaitNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    void resume() {
        afterwards(() -> {
            if (state == State.PAUSED) {
                state = State.RUNNING;
            }
        });
    }

    State state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    Health health() {
        lock.lock();
        try {
            long now = time.nanos();
            Receiver r = receiver;
            Duration contact = Duration.ofNanos(r == null ? 0 : Math.max(0, now - r.lastContact()));
            if (state == State.FAILED) {
                return new Health(Health.Status.DOWN, "ended by itself: " + failure, contact);
            }
            if (state == State.CLOSED || r == null) {
                return new Health(Health.Status.DOWN, "closed", contact);
            }
            if (state != State.RUNNING) {
                return new Health(Health.Status.DEGRADED, state.toString(), contact);
            }
            if (running > 0 && now - progressNanos > maxProcessingNanos) {
                return new Health(Health.Status.DEGRADED, "no handler has ended for its processing time", contact);
            }
            return new Health(Health.Status.UP, running + " handlers run, " + unsettled + " unsettled", contact);
        } finally {
            lock.unlock();
        }
    }

    /** Begins to drain; returns the receiver to stop, or null if there is nothing to do. */
    @Nullable
    Receiver beginDrain() {
        int delta;
        Receiver r;
        lock.lock();
        try {
            if (state == State.CLOSED || state == State.DRAINING) {
                return null;
            }
            r = receiver;
            state = State.DRAINING;
            delta = activity();
        } finally {
            lock.unlock();
        }
        tellActivity(delta);
        return r;
    }

    /** Takes out what was not started, in the order it came. */
    List<EngineDelivery<T>> takeUnstarted() {
        List<EngineDelivery<T>> unstarted = new ArrayList<>();
        lock.lock();
        try {
            for (EngineDelivery<T> d = first; d != null; ) {
                EngineDelivery<T> next = d.next;
                if (d.move(EngineDelivery.QUEUED, EngineDelivery.SETTLING)
                        || d.move(EngineDelivery.HELD, EngineDelivery.SETTLING)) {
                    lanes.remove(d);
                    depart(d);
                    unstarted.add(d);
                }
                d = next;
            }
        } finally {
            lock.unlock();
        }
        return unstarted;
    }

    /** Waits until no more than {@code but} handlers run and their settles are handed over, or the deadline. */
    boolean awaitQuiet(int but, long deadlineNanos) {
        lock.lock();
        try {
            while (running > but || settling.get() > 0 || unsettled > but) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    quiet.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts the handlers that still run, save the caller's own, and returns their deliveries. */
    List<EngineDelivery<T>> interruptRunning(@Nullable EngineDelivery<?> but) {
        List<EngineDelivery<T>> hit = new ArrayList<>();
        lock.lock();
        try {
            for (EngineDelivery<T> d = first; d != null; d = d.next) {
                if (d != but && d.state() == EngineDelivery.RUNNING) {
                    interrupt(d);
                    hit.add(d);
                }
            }
        } finally {
            lock.unlock();
        }
        return hit;
    }

    /** Ends the workers; no handler call starts any more. */
    void end() {
        lock.lock();
        try {
            ended = true;
            state = State.CLOSED;
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all workers but {@code but} have ended. */
    boolean awaitWorkersGone(int but, long deadlineNanos) {
        lock.lock();
        try {
            while (workers > but) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                work.signalAll();
                try {
                    quiet.awaitNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Handlers that run now. */
    int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    /** Runs a task, on a worker, when the last handler has ended and its settle is handed over. */
    void whenQuiet(Runnable task) {
        lock.lock();
        try {
            atQuiet = task;
        } finally {
            lock.unlock();
        }
    }

    List<String> ackUnknown() {
        return List.copyOf(ackUnknown);
    }

    Receiver receiver() {
        return requireNonNull(receiver, "receiver");
    }

    /** What a renewal came to; a refused one is a lost lease. */
    private record RenewalResult<T>(SubscriptionFlow<T> flow, EngineDelivery<T> delivery) implements Completion {
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
