package dev.transload.mq.client;

import dev.transload.mq.AsyncMessageHandler;
import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.MqObserver;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one delivery, in their order: still ours? due? expired? filtered? suspect? decode, seen before?,
 * handler, outcome. Attempts stand before decoding, since a decoder can bring a process down too; idempotency stands
 * after it, since its key may come from the payload.
 *
 * <p>Runs on the flow's worker threads, one delivery at a time for each; keeps no state.
 *
 * @param <T> type of the payload
 */
final class DeliveryPipeline<T> {

    /** The settle is handed over and the delivery leaves the flow with the worker's return. */
    static final int LEFT = 0;
    /** The worker is done with it, but it stays or leaves by another way. */
    static final int PARKED = 1;
    /** Its handler goes on without a thread and keeps the slot. */
    static final int PENDING = 2;

    private static final ThreadLocal<@Nullable EngineDelivery<?>> CURRENT = new ThreadLocal<>();

    private final FlowSpec<T> spec;
    private final SubscriptionFlow<T> flow;
    private final Outcomes<T> outcomes;
    private final Events events;
    private final TimeSource time;
    private final @Nullable IdempotencyStep<T> idempotency;
    private final boolean timed;

    DeliveryPipeline(
            EngineContext engine, FlowSpec<T> spec, SubscriptionFlow<T> flow, Outcomes<T> outcomes, Events events) {
        this.spec = spec;
        this.flow = flow;
        this.outcomes = outcomes;
        this.events = events;
        this.time = engine.time();
        this.idempotency = outcomes.idempotency();
        this.timed = events.listened() || events.observed();
    }

    /** The delivery whose handler runs in this thread, or null. */
    static @Nullable EngineDelivery<?> current() {
        return CURRENT.get();
    }

    /** Runs one delivery through all steps. Never throws. */
    int run(EngineDelivery<T> delivery) {
        try {
            Message message = delivery.stored();
            if (delivery.state() != EngineDelivery.RUNNING) {
                return notStarted(delivery, PARKED);
            }
            Runnable unfinished = delivery.unfinished;
            if (unfinished != null) {
                delivery.unfinished = null;
                if (delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING)) {
                    unfinished.run();
                }
                return notStarted(delivery, PARKED);
            }
            if (!message.annotations().isEmpty() && notDue(delivery, message)) {
                return notStarted(delivery, PARKED);
            }
            if (message.ttl() > 0 && !spec.onTheWay() && time.millis() >= message.expiresAt()) {
                return notStarted(delivery, outcomes.expired(delivery));
            }
            if (!matches(delivery, message)) {
                return notStarted(delivery, outcomes.filtered(delivery));
            }
            Attempts attempts = outcomes.attempts(delivery);
            if (attempts.crashes() > 0
                    && !spec.onTheWay()
                    && !outcomes.isolation().mayRun(delivery, attempts)) {
                return notStarted(delivery, PARKED);
            }
            delivery.attempt(attempts.attempt() + (spec.alone() ? Isolation.crashesBefore(message) : 0));
            if (!decode(delivery, message)) {
                return notStarted(delivery, PARKED);
            }
            if (idempotency != null) {
                int decided = idempotency.begin(delivery, outcomes);
                if (decided != IdempotencyStep.HANDLE) {
                    return notStarted(delivery, decided);
                }
            }
            int result = handle(delivery);
            if (delivery.marked && result != PENDING) {
                outcomes.isolation().survived(delivery);
            }
            return result;
        } catch (RuntimeException | Error e) {
            // Nothing above throws by design; whatever does is a failed attempt, not a dead worker.
            flow.started(delivery);
            if (delivery.state() == EngineDelivery.LOST) {
                outcomes.lostMeanwhile(delivery, false);
                return PARKED;
            }
            return outcomes.failed(delivery, e);
        }
    }

    private int notStarted(EngineDelivery<T> delivery, int result) {
        flow.started(delivery);
        return result;
    }

    private boolean notDue(EngineDelivery<T> delivery, Message message) {
        String delay = message.annotations().get(Annotations.DELAY);
        if (delay == null) {
            return false;
        }
        try {
            long wait = DelayRoutes.since(delivery.incoming()) + Long.parseLong(delay) - time.millis();
            return wait > 0 && outcomes.notDue(delivery, Duration.ofMillis(wait));
        } catch (NumberFormatException e) {
            return false; // a foreign header that only looks like ours
        }
    }

    private boolean matches(EngineDelivery<T> delivery, Message message) {
        if (spec.pattern() != null && !spec.pattern().matches(delivery.destination())) {
            return false;
        }
        if (!spec.headerFilter().isEmpty()) {
            for (Map.Entry<String, String> wanted : spec.headerFilter().entrySet()) {
                if (!wanted.getValue().equals(message.headers().get(wanted.getKey()))) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean decode(EngineDelivery<T> delivery, Message message) {
        try {
            delivery.decoded(spec.codec().decode(message));
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            outcomes.giveUp(delivery, Failure.Reason.UNDECODABLE, e);
            return false;
        }
    }

    private int handle(EngineDelivery<T> delivery) {
        if (!flow.begin(delivery)) {
            outcomes.lostMeanwhile(delivery, false);
            return notStarted(delivery, PARKED);
        }
        events.count(MqObserver.Event.DELIVERED, spec.source());
        if (events.listened()) {
            events.tell(l -> l.delivered(delivery));
        }
        EngineDelivery<?> outer = CURRENT.get();
        CURRENT.set(delivery);
        flow.started(delivery);
        try {
            MessageHandler<T> sync = spec.sync();
            if (sync != null) {
                sync.handle(delivery.hand());
            } else {
                return handleAsync(delivery);
            }
        } catch (Throwable e) {
            // Errors too: a handler that overflows its stack must not take the worker with it.
            return failed(delivery, e);
        } finally {
            CURRENT.set(outer);
        }
        return succeeded(delivery);
    }

    private int handleAsync(EngineDelivery<T> delivery) throws Exception {
        AsyncMessageHandler<T> async = spec.async();
        if (async == null) {
            throw new IllegalStateException("a flow needs a handler");
        }
        int run = delivery.run();
        CompletionStage<?> stage = async.handle(delivery.hand());
        if (stage == null) {
            throw new NullPointerException("an asynchronous handler returned null");
        }
        stage.whenComplete((value, e) -> {
            int result = PARKED;
            if (delivery.isInRun(run)) { // else it was given up for late and runs again
                result = e == null ? succeeded(delivery) : failed(delivery, unwrapped(e));
                if (delivery.marked) {
                    outcomes.isolation().survivedElsewhere(delivery);
                }
            }
            flow.stageEnded(delivery, run, result);
        });
        return PENDING;
    }

    private static Throwable unwrapped(Throwable e) {
        return e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
    }

    private int succeeded(EngineDelivery<T> delivery) {
        if (timed) {
            events.time(MqObserver.Timing.HANDLE, spec.source(), time.nanos() - delivery.startedNanos);
        }
        if (spec.options().manualSettle() && delivery.state() == EngineDelivery.RUNNING) {
            return PARKED;
        }
        if (!delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING)) {
            outcomes.lostMeanwhile(delivery, !spec.options().manualSettle());
            return PARKED; // settled by hand, or lost
        }
        return outcomes.acknowledge(delivery, false);
    }

    private int failed(EngineDelivery<T> delivery, Throwable e) {
        if (delivery.cutShort) {
            // The close's doing, not the message's.
            outcomes.giveBackRunning(delivery);
            return PARKED;
        }
        if (!delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING)) {
            outcomes.lostMeanwhile(delivery, false);
            return PARKED;
        }
        return outcomes.failed(delivery, e);
    }
}
