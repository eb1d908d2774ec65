package dev.transload.mq.client;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns what a handler or a rule decided about a delivery into calls on the transport, once. Every method but the
 * waiting ones expects the delivery claimed (SETTLING) or claims it, and leaves it settled, held, or given back.
 *
 * <p>Thread-safe. Nothing here waits for the network: what needs a send first goes on when the broker has it.
 *
 * @param <T> type of the payload
 */
final class Outcomes<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

    /** How long a delivery waits when what its outcome needs, such as the dead-letter place, cannot be reached. */
    private static final Duration TROUBLE = Duration.ofSeconds(1);

    /** How long a reply waits that did not get through; its caller waits, too. */
    private static final Duration ANSWER_AGAIN = Duration.ofMillis(100);

    private final EngineContext engine;
    private final FlowSpec<T> spec;
    private final SubscriptionFlow<T> flow;
    private final Events events;
    private final TimeSource time;
    private final Capabilities capable;
    private final RetryPolicy policy;
    private final @Nullable IdempotencyStep<T> idempotency;
    private final Isolation<T> isolation;
    private final Retries<T> retries;

    Outcomes(EngineContext engine, FlowSpec<T> spec, SubscriptionFlow<T> flow, Events events) {
        this.engine = engine;
        this.spec = spec;
        this.flow = flow;
        this.events = events;
        this.time = engine.time();
        this.capable = spec.capabilities();
        this.policy = spec.options().retry();
        this.idempotency = IdempotencyStep.of(engine, spec, events);
        this.isolation = new Isolation<>(engine, spec, this, events);
        this.retries = new Retries<>(engine, spec, this, events);
    }

    /** How messages are tried again. */
    Retries<T> retries() {
        return retries;
    }

    /** The numbers of this delivery, with what this process knows of its failures. */
    Attempts attempts(EngineDelivery<T> delivery) {
        return retries.attempts(delivery);
    }

    @Nullable
    IdempotencyStep<T> idempotency() {
        return idempotency;
    }

    Isolation<T> isolation() {
        return isolation;
    }

    /** See {@link SubscriptionFlow#aloneNow}. */
    boolean aloneNow(EngineDelivery<T> delivery) {
        return flow.aloneNow(delivery);
    }

    // ---- good ends

    /** The handler succeeded, or acked by hand. */
    int acknowledge(EngineDelivery<T> delivery, boolean byHand) {
        if (idempotency != null) {
            idempotency.complete(delivery);
        }
        flow.settleBegan();
        delivery.incoming().ack(delivery);
        completed(delivery);
        if (byHand) {
            flow.leave(delivery);
            return DeliveryPipeline.PARKED;
        }
        return DeliveryPipeline.LEFT;
    }

    private void completed(EngineDelivery<T> delivery) {
        if (delivery.heldFailures > 0) {
            retries.forget(delivery);
        }
        events.count(MqObserver.Event.COMPLETED, spec.source());
        if (events.listened()) {
            Duration handling = delivery.handling(time.nanos());
            events.tell(l -> l.completed(delivery, handling));
        }
    }

    /**
     * Whether a reply and the ack of its request are one step. Not where a store has to know between the two that the
     * request is done: before the reply it would be too early, after the ack too late.
     */
    boolean answersInOneStep() {
        return idempotency == null && capable.has(Capability.ATOMIC_MOVE);
    }

    /** Sends a reply and acks its request. The delivery is claimed. */
    void answer(Answer<T> answer) {
        flow.settleBegan();
        answer.delivery().incoming().moveTo(answer);
    }

    void answered(EngineDelivery<T> delivery) {
        moved(delivery, () -> completed(delivery));
    }

    /** The reply was not sent, or nobody knows; the request is not acked, as far as is known. */
    void notAnswered(Answer<T> answer, Throwable cause) {
        EngineDelivery<T> delivery = answer.delivery();
        if (cause instanceof MessagingException failure && failure.retryable()) {
            events.count(MqObserver.Event.SEND_RETRIED, answer.to().name());
            flow.settleEnded();
            delivery.unfinished = () -> answer(answer);
            hold(delivery, ANSWER_AGAIN);
            return;
        }
        engine.complete(() -> {
            if (cause instanceof DestinationNotFoundException) {
                answer.nobody().run();
                acknowledge(delivery, true);
            } else {
                retryByHand(delivery, TROUBLE);
            }
            flow.settleEnded();
        });
    }

    /** The store knows the message as done. */
    int duplicate(EngineDelivery<T> delivery) {
        events.count(MqObserver.Event.DUPLICATE_SKIPPED, spec.source());
        events.tell(l -> l.duplicateSkipped(spec.source(), delivery.message()));
        return ackUnhandled(delivery);
    }

    /** The message is not for this group. */
    int filtered(EngineDelivery<T> delivery) {
        events.count(MqObserver.Event.FILTERED, spec.source());
        return ackUnhandled(delivery);
    }

    private int ackUnhandled(EngineDelivery<T> delivery) {
        if (!delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING)) {
            return DeliveryPipeline.PARKED;
        }
        flow.settleBegan();
        delivery.incoming().ack(delivery);
        return DeliveryPipeline.LEFT;
    }

    /** The message is thrown away. */
    void discard(EngineDelivery<T> delivery, String why) {
        if (idempotency != null) {
            idempotency.abandon(delivery);
        }
        events.count(MqObserver.Event.DISCARDED, spec.source());
        LOG.info("message {} of {} is discarded: {}", LogText.of(delivery.id()), spec.source(), why);
        events.tell(l -> l.discarded(spec.source(), delivery.message(), why));
        settle(delivery);
    }

    private void settle(EngineDelivery<T> delivery) {
        flow.settleBegan();
        delivery.incoming().ack(delivery);
        flow.leave(delivery);
    }

    // ---- waits and returns

    /** The message is early: it stays away for the rest of its delay. Returns whether it does. */
    boolean notDue(EngineDelivery<T> delivery, Duration wait) {
        if (!delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING)) {
            return true;
        }
        if (capable.maxReleaseDelay().compareTo(Duration.ZERO) > 0) {
            Duration away = wait.compareTo(capable.maxReleaseDelay()) < 0 ? wait : capable.maxReleaseDelay();
            release(delivery, away, false);
        } else {
            hold(delivery, wait);
        }
        return true;
    }

    /** Not now: the delivery waits and is tried again, which counts as nothing. */
    void giveBack(EngineDelivery<T> delivery, Duration wait) {
        delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING);
        hold(delivery, wait);
    }

    /** A delivery that was taken out of the flow unstarted goes back to the broker. */
    void giveBackUnstarted(EngineDelivery<T> delivery) {
        flow.settleBegan();
        delivery.incoming().release(Duration.ZERO, false, delivery);
    }

    /** A delivery whose handler would not end goes back to the broker. */
    void giveBackRunning(EngineDelivery<T> delivery) {
        if (delivery.take()) {
            if (idempotency != null) {
                idempotency.abandon(delivery);
            }
            release(delivery, Duration.ZERO, true);
        }
    }

    void release(EngineDelivery<T> delivery, Duration wait, boolean failed) {
        flow.settleBegan();
        delivery.incoming().release(wait, failed, delivery);
        flow.leave(delivery);
    }

    // Held while the flow lives; a flow that ends gives everything back.
    void hold(EngineDelivery<T> delivery, Duration wait) {
        if (!flow.hold(delivery, wait)) {
            release(delivery, Duration.ZERO, false);
        }
    }

    /** The delivery was lost before its handler ended; whether the handler did its work is remembered all the same. */
    void lostMeanwhile(EngineDelivery<T> delivery, boolean succeeded) {
        if (idempotency != null && delivery.state() == EngineDelivery.LOST) {
            if (succeeded) {
                idempotency.complete(delivery);
            } else {
                idempotency.abandon(delivery);
            }
        }
    }

    /** A delivery was lost; if its handler left it open, to be settled by hand, nobody else gives its claim up. */
    void lostOpen(EngineDelivery<T> delivery) {
        if (idempotency != null && spec.options().manualSettle()) {
            engine.complete(() -> lostMeanwhile(delivery, false));
        }
    }

    // ---- failures

    /** The handler failed. */
    int failed(EngineDelivery<T> delivery, Throwable cause) {
        delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING);
        if (idempotency != null) {
            idempotency.abandon(delivery);
        }
        events.count(MqObserver.Event.FAILED, spec.source());
        if (events.listened()) {
            events.tell(l -> l.failed(delivery, cause));
        }
        LOG.debug("handling of {} failed", delivery, cause);
        Attempts attempts = attempts(delivery);
        if (!policy.retries(cause)) {
            giveUp(delivery, Failure.Reason.NOT_RETRYABLE, cause);
        } else if (!retries.allowed(attempts)) {
            giveUp(delivery, Failure.Reason.ATTEMPTS_EXHAUSTED, cause);
        } else {
            retries.retry(delivery, attempts, cause);
        }
        return DeliveryPipeline.PARKED;
    }

    /** The handler has taken longer than it may; it was interrupted, and what it does now is of no account. */
    void overdue(EngineDelivery<T> delivery) {
        failed(
                delivery,
                new TimeoutException("the handler took longer than maxProcessingTime, "
                        + spec.options().maxProcessingTime()));
    }

    /** The handler asked for another attempt. */
    void retryByHand(EngineDelivery<T> delivery, Duration wait) {
        if (idempotency != null) {
            idempotency.abandon(delivery);
        }
        Attempts attempts = attempts(delivery);
        if (retries.allowed(attempts)) {
            retries.retry(delivery, attempts, wait, null);
        } else {
            giveUp(delivery, Failure.Reason.ATTEMPTS_EXHAUSTED, null);
        }
    }

    /** The handler asked to set the message aside. */
    void deadLetterByHand(EngineDelivery<T> delivery, String reason) {
        giveUp(delivery, Failure.Reason.REQUESTED, new Requested(reason));
    }

    /** The time to live is over. */
    int expired(EngineDelivery<T> delivery) {
        events.count(MqObserver.Event.EXPIRED, spec.source());
        events.tell(l -> l.expired(spec.source(), delivery.message()));
        return switch (spec.options().expiryPolicy()) {
            case DISCARD -> ackUnhandled(delivery);
            case DEAD_LETTER -> {
                giveUp(delivery, Failure.Reason.EXPIRED, null);
                yield DeliveryPipeline.PARKED;
            }
        };
    }

    /** The message without what was written on it for the place it leaves. */
    static Message.Builder unmarked(Message message) {
        return message.toBuilder()
                .removeAnnotation(Annotations.DELAY)
                .removeAnnotation(Annotations.DELAY_SINCE)
                .removeAnnotation(Annotations.DELAY_TOTAL)
                .removeAnnotation(Annotations.CRASHES);
    }

    /** No more attempts: the message is set aside, or thrown away where nothing is kept. */
    void giveUp(EngineDelivery<T> delivery, Failure.Reason reason, @Nullable Throwable cause) {
        delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING);
        if (delivery.state() != EngineDelivery.SETTLING) {
            return;
        }
        if (idempotency != null) {
            idempotency.abandon(delivery);
        }
        Place to = spec.deadLetters();
        if (to == null) {
            discard(
                    delivery,
                    reason + (cause == null ? "" : ": " + cause.getClass().getSimpleName()));
            return;
        }
        Failure failure = failure(delivery, reason, cause);
        Message letter = FailureRecords.deadLetter(delivery.message(), failure, delivery.destination(), time.millis());
        move(delivery, to, letter, Duration.ZERO, () -> {
            LOG.warn("message {} of {} is dead-lettered: {}", LogText.of(delivery.id()), spec.source(), reason);
            events.count(MqObserver.Event.DEAD_LETTERED, spec.source());
            events.tell(l -> l.deadLettered(spec.source(), delivery.message(), failure));
        });
    }

    private Failure failure(EngineDelivery<T> delivery, Failure.Reason reason, @Nullable Throwable cause) {
        Attempts attempts = attempts(delivery);
        boolean handled = reason != Failure.Reason.EXPIRED
                && reason != Failure.Reason.CRASHED
                && reason != Failure.Reason.UNDECODABLE;
        int calls = attempts.failures() + attempts.crashes() + (handled ? 1 : 0);
        long now = time.millis();
        long first = retries.firstFailure(delivery, now);
        retries.forget(delivery);
        int redrives = FailureRecords.redrives(delivery.message());
        return FailureRecords.of(cause, reason, delivery.destination(), spec.group(), calls, first, now, redrives);
    }

    // ---- send, then settle

    /** Puts the message elsewhere and then settles the delivery; in one step where the broker can. */
    void move(EngineDelivery<T> delivery, Place to, Message message, Duration delay, Runnable then) {
        long delayMillis = delay.toMillis();
        Runnable again = () -> move(delivery, to, message, delay, then);
        flow.settleBegan();
        if (capable.has(Capability.ATOMIC_MOVE) && delay.compareTo(capable.maxSendDelay()) <= 0) {
            Waits.whenDone(engine.declared(to), (made, e) -> {
                if (e != null) {
                    trouble(delivery, to, e, again);
                } else {
                    delivery.incoming().moveTo(new Move<>(this, delivery, to, message, delayMillis, then, again));
                }
            });
        } else {
            Waits.whenDone(engine.sendInternal(to, message, delayMillis), (sent, e) -> {
                if (e != null) {
                    trouble(delivery, to, e, again);
                } else {
                    delivery.incoming().ack(delivery);
                    flow.leave(delivery);
                    engine.complete(then);
                }
            });
        }
    }

    void moved(EngineDelivery<T> delivery, Runnable then) {
        delivery.done();
        flow.leave(delivery);
        engine.complete(then);
    }

    /** Someone else may have the message, so it was not moved. */
    void moveLost(EngineDelivery<T> delivery, Throwable cause) {
        delivery.failed(cause);
        flow.leave(delivery);
    }

    /** The broker refused what had to come before the settle. */
    void settleRefused(EngineDelivery<T> delivery, Throwable cause) {
        flow.settleBegan();
        delivery.failed(cause);
        flow.leave(delivery);
    }

    /** The message could not be put elsewhere: it stays unsettled and the step is tried again, without the handler. */
    void trouble(EngineDelivery<T> delivery, Place to, Throwable cause, Runnable again) {
        LOG.warn(
                "message {} cannot be moved to {}, it waits: {}",
                LogText.of(delivery.id()),
                to.name(),
                LogText.of(cause));
        flow.settleEnded();
        delivery.unfinished = again;
        hold(delivery, TROUBLE);
    }

    /** A failure that a handler asked for; carries its words and no stack. */
    private static final class Requested extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Requested(String reason) {
            super(reason, null, false, false);
        }
    }
}
