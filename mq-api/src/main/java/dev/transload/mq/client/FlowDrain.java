package dev.transload.mq.client;

import dev.transload.mq.Subscription.State;
import dev.transload.mq.spi.Receiver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps by which a flow ends, for {@link ClientSubscription} to take one after the other. Thread-safe.
 *
 * @param <T> type of the payload
 */
final class FlowDrain<T> {

    private final FlowState<T> state;
    private final Settling settling;
    private final Outcomes<T> outcomes;

    FlowDrain(FlowState<T> state, Settling settling, Outcomes<T> outcomes) {
        this.state = state;
        this.settling = settling;
        this.outcomes = outcomes;
    }

    /** Begins to drain; returns the receiver to stop, or null if there is nothing to do. */
    @Nullable
    Receiver begin() {
        Receiver[] receiver = new Receiver[1];
        state.change(() -> {
            if (state.state != State.CLOSED && state.state != State.DRAINING) {
                receiver[0] = state.receiver;
                state.state = State.DRAINING;
            }
        });
        return receiver[0];
    }

    /** Takes out what was not started, in the order it came. */
    List<EngineDelivery<T>> takeUnstarted() {
        List<EngineDelivery<T>> unstarted = new ArrayList<>();
        state.change(() -> unstarted.addAll(state.takeUnstarted()));
        return unstarted;
    }

    /** Waits until no more than {@code but} handlers run and their settles are handed over, or the deadline. */
    boolean awaitQuiet(int but, long deadlineNanos) {
        return state.await(() -> state.running <= but && settling.none() && state.unsettled() <= but, deadlineNanos);
    }

    /** Interrupts the handlers that still run, save the caller's own, and returns their deliveries. */
    List<EngineDelivery<T>> interruptRunning(@Nullable EngineDelivery<?> but) {
        List<EngineDelivery<T>> hit = new ArrayList<>();
        state.change(() -> state.forEach(d -> {
            if (d != but && d.state() == EngineDelivery.RUNNING) {
                d.cutShort = true;
                state.interrupt(d);
                hit.add(d);
            }
        }));
        return hit;
    }

    /** Ends the workers; no handler call starts any more. */
    void end() {
        state.change(() -> state.end(State.CLOSED));
    }

    /** Waits until all workers but {@code but} have ended. */
    boolean awaitWorkersGone(int but, long deadlineNanos) {
        return state.await(() -> state.workers <= but, deadlineNanos);
    }

    /** Handlers that run now. */
    int running() {
        state.lock.lock();
        try {
            return state.running;
        } finally {
            state.lock.unlock();
        }
    }

    /** Runs a task, on a worker, when the last handler has ended and its settle is handed over. */
    void whenQuiet(Runnable task) {
        state.change(() -> state.atQuiet = task);
    }

    /** Ids of messages whose settle did not reach the broker. */
    List<String> ackUnknown() {
        return settling.unknown();
    }

    /** What happens to the deliveries that are given back. */
    Outcomes<T> outcomes() {
        return outcomes;
    }
}
