package dev.transload.mq.client;

import dev.transload.mq.MqObserver;
import dev.transload.mq.Subscription.State;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a flow: as many threads as its concurrency at most, each takes a delivery, runs it, and takes the next
 * under a single acquisition of the flow's lock. They start as they are needed and end after half a minute without work.
 *
 * <p>What says "lock held" is called under {@link FlowState#lock}; the rest without it.
 *
 * @param <T> type of the payload
 */
final class FlowWorkers<T> {

    private static final long WORKER_IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final FlowSpec<T> spec;
    private final FlowState<T> state;
    private final Events events;
    private final ThreadFactory threads;
    private final ToIntFunction<EngineDelivery<T>> pipeline;
    private final AtomicInteger starting = new AtomicInteger();

    /**
     * Workers that have yet to start.
     *
     * @param pipeline runs one delivery and returns how it ended, as {@link DeliveryPipeline#run} does
     */
    FlowWorkers(
            FlowSpec<T> spec,
            FlowState<T> state,
            Events events,
            ThreadFactory threads,
            ToIntFunction<EngineDelivery<T>> pipeline) {
        this.spec = spec;
        this.state = state;
        this.events = events;
        this.threads = threads;
        this.pipeline = pipeline;
    }

    /** Whether some delivery was taken that has not come to its handler yet. */
    boolean starting() {
        return starting.get() > 0;
    }

    /** A worker's life: take, run, until the flow ends or there has been nothing to do for a while. */
    private void work() {
        EngineDelivery<T> finished = null;
        int result = DeliveryPipeline.LEFT;
        while (true) {
            EngineDelivery<T> delivery = next(finished, result);
            if (delivery == null) {
                return;
            }
            result = pipeline.applyAsInt(delivery);
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
    void reopen(EngineDelivery<T> delivery) {
        if (delivery.worker != null) {
            delivery.due = true;
        } else if (delivery.move(EngineDelivery.HELD, EngineDelivery.QUEUED)) {
            state.lanes.reopen(delivery);
        }
    }

    // Lock held. Wakes or makes a worker if one is wanted and none is on its way.
    void wakeOne() {
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

    /** Makes a change and wakes a worker if it brought work. */
    private void change(Runnable change) {
        state.change(() -> {
            change.run();
            wakeOne();
        });
    }
}
