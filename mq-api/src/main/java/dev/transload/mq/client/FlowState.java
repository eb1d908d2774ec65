package dev.transload.mq.client;

import dev.transload.mq.Subscription.State;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a flow has and is doing, behind one lock: its unsettled deliveries in the order they came, its key lanes, its
 * handlers and workers, and the credit it owes.
 *
 * <p>Fields and methods are guarded by {@link #lock} unless they say otherwise. What a change brings about outside,
 * credit for the receiver and news for a virtual clock, is taken under the lock as {@link #dues} and passed on after
 * it by {@link #pass}; nothing outside is called while the lock is held.
 *
 * @param <T> type of the payload
 */
final class FlowState<T> {

    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Guards everything here. */
    final Lock lock = new ReentrantLock();
    /** Signalled when a worker should look for something to do. */
    final Condition work = lock.newCondition();
    /** Signalled when a handler or worker has ended. */
    final Condition quiet = lock.newCondition();

    final KeyLanes<EngineDelivery<T>> lanes;
    State state = State.RUNNING;

    @Nullable
    Receiver receiver;

    @Nullable
    Throwable failure;
    /** Handlers at work, asynchronous ones whose stage is not complete included. */
    int running;
    /** Of those, the ones without a thread; below zero while one completes within its own call. */
    int pending;

    int workers;
    int idle;
    /** Whether a worker was woken and has not looked yet. */
    boolean waking;
    /** The delivery that runs with nothing beside it, or is about to. */
    @Nullable
    EngineDelivery<T> solo;
    /** No handler starts any more. */
    boolean ended;
    /** What the last handler's worker does when all is settled. */
    @Nullable
    Runnable atQuiet;

    long progressNanos;

    private final FlowSpec<T> spec;
    private final Settling settling;
    private final TimeSource time;
    private final boolean virtualTime;
    private final int creditBatch;
    private @Nullable EngineDelivery<T> first;
    private @Nullable EngineDelivery<T> last;
    private int unsettled;
    private int owed;
    private int active;
    private boolean blockedTold;

    FlowState(FlowSpec<T> spec, Settling settling, TimeSource time, boolean virtualTime) {
        this.spec = spec;
        this.settling = settling;
        this.time = time;
        this.virtualTime = virtualTime;
        this.creditBatch = Math.max(1, spec.prefetch() / 8);
        this.lanes = new KeyLanes<>(spec.ordered());
        this.progressNanos = time.nanos();
    }

    /** Deliveries unsettled, in the flow's hands. */
    int unsettled() {
        return unsettled;
    }

    /** A delivery came in. */
    void append(EngineDelivery<T> d) {
        unsettled++;
        d.previous = last;
        if (last == null) {
            first = d;
        } else {
            last.next = d;
        }
        last = d;
    }

    /** The delivery left the flow, whichever way, unless it had left before. */
    void leave(EngineDelivery<T> d) {
        if (d.inLanes) {
            lanes.done(d);
            depart(d);
        }
    }

    /** A delivery that had not started left the flow. */
    void leaveUnstarted(EngineDelivery<T> d) {
        lanes.remove(d);
        depart(d);
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

    /** Shows every delivery, oldest first; the one shown may leave meanwhile. */
    void forEach(Consumer<EngineDelivery<T>> each) {
        for (EngineDelivery<T> d = first; d != null; ) {
            EngineDelivery<T> next = d.next;
            each.accept(d);
            d = next;
        }
    }

    /** Takes out what was not started, or waits, in the order it came. */
    List<EngineDelivery<T>> takeUnstarted() {
        List<EngineDelivery<T>> unstarted = new ArrayList<>();
        forEach(d -> {
            if (d.move(EngineDelivery.QUEUED, EngineDelivery.SETTLING)
                    || d.move(EngineDelivery.HELD, EngineDelivery.SETTLING)) {
                leaveUnstarted(d);
                unstarted.add(d);
            }
        });
        return unstarted;
    }

    /** Whether a handler may start now. */
    boolean mayStart() {
        return !ended && state == State.RUNNING && running < spec.options().concurrency() && solo == null;
    }

    /** Whether a lane's span is full behind a key that waits; true once until something leaves. */
    boolean becameBlocked() {
        boolean blocked = spec.ordered()
                && !blockedTold
                && unsettled >= spec.prefetch()
                && running == 0
                && lanes.runnable() == 0
                && state == State.RUNNING;
        blockedTold |= blocked;
        return blocked;
    }

    /** Interrupts the delivery's handler, once. */
    void interrupt(EngineDelivery<T> delivery) {
        Thread thread = delivery.worker;
        if (thread != null && !delivery.interrupted) {
            delivery.interrupted = true;
            thread.interrupt();
        }
    }

    /** Ends everything: no handler starts any more. */
    void end(State as) {
        state = as;
        ended = true;
        work.signalAll();
        quiet.signalAll();
    }

    /**
     * Credit in the low half, change of activity in the high: what must be passed on after the lock. Until it is, a
     * virtual clock stands still: it could see no work between an end that was told and a beginning that was not yet.
     */
    long dues() {
        long dues = ((long) activity() << 32) | creditDue();
        if (virtualTime && dues != 0) {
            time.workBegan();
        }
        return dues;
    }

    private int creditDue() {
        if (owed == 0
                || receiver == null
                || state != State.RUNNING // what others could handle does not come to wait here for the end of a pause
                || (spec.alone() && !settling.none()) // or a crash would accuse one that is done of the next one's deed
                || (owed < creditBatch && lanes.runnable() > 0)) {
            return 0;
        }
        int n = owed;
        owed = 0;
        return n;
    }

    private int activity() {
        if (!virtualTime) {
            return 0;
        }
        // What cannot start while asynchronous handlers are waited for is no work: they may wait for time to go on.
        int startable = mayStart() ? Math.min(lanes.runnable(), spec.options().concurrency() - running) : 0;
        int now = running - pending + startable;
        int delta = now - active;
        active = now;
        return delta;
    }

    /** Passes on what {@link #dues} told. Without the lock. */
    void pass(long dues) {
        if (dues == 0) {
            return;
        }
        try {
            passAll(dues);
        } finally {
            if (virtualTime) {
                time.workEnded();
            }
        }
    }

    private void passAll(long dues) {
        int delta = (int) (dues >> 32);
        for (int i = 0; i < delta; i++) {
            time.workBegan();
        }
        for (int i = 0; i > delta; i--) {
            time.workEnded();
        }
        int credit = (int) dues;
        Receiver to = receiver;
        if (credit > 0 && to != null) {
            to.credit(credit);
        }
    }

    /** Makes a change under the lock, and passes on what it brings about. Without the lock. */
    void change(Runnable change) {
        long dues;
        lock.lock();
        try {
            change.run();
            dues = dues();
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
        pass(dues);
    }

    /** Waits until the condition holds, at most until the deadline; returns whether it does. Without the lock. */
    boolean await(BooleanSupplier condition, long deadlineNanos) {
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                // Settles end without the lock, so it looks again from time to time.
                quiet.awaitNanos(Math.min(left, LOOK_AGAIN_NANOS));
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
