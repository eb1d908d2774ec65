package dev.transload.mq.client;

import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MqObserver;
import dev.transload.mq.OrderPolicy;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a failed message is tried again: whether it may be, how its failures are remembered, and where it waits. It waits
 * at the broker as a copy or under a note, and where order must hold it stays where it is.
 *
 * <p>Thread-safe. Expects deliveries that are claimed (SETTLING), and leaves them settled, held, or given back.
 *
 * @param <T> type of the payload
 */
final class Retries<T> {

    private final EngineContext engine;
    private final FlowSpec<T> spec;
    private final Outcomes<T> outcomes;
    private final Events events;
    private final TimeSource time;
    private final Capabilities capable;
    private final RetryPolicy policy;
    private final RetrySchedule schedule;
    private final FailureMemory memory = new FailureMemory();

    Retries(EngineContext engine, FlowSpec<T> spec, Outcomes<T> outcomes, Events events) {
        this.engine = engine;
        this.spec = spec;
        this.outcomes = outcomes;
        this.events = events;
        this.time = engine.time();
        this.capable = spec.capabilities();
        this.policy = spec.options().retry();
        this.schedule = new RetrySchedule(policy);
    }

    /** The numbers of this delivery, with what this process knows of its failures. */
    Attempts attempts(EngineDelivery<T> delivery) {
        Attempts told = Attempts.of(delivery.stored(), delivery.incoming());
        if (delivery.heldFailures == 0 && spec.ordered() && told.crashes() > 0) {
            delivery.heldFailures = memory.failures(delivery.id()); // it failed here, and was given back or lost
        }
        if (delivery.heldFailures <= told.failures()) {
            return told;
        }
        int counted = givesBackInOrder() ? delivery.heldFailures - told.failures() : 0;
        return new Attempts(delivery.heldFailures, Math.max(0, told.crashes() - counted));
    }

    /** Whether a message that waits for its retry is at the broker, which keeps its key there and counts the failure. */
    private boolean givesBackInOrder() {
        return spec.ordered() && capable.has(Capability.KEY_HOLD) && !capable.has(Capability.NOTE_ATTEMPTS);
    }

    /** Whether a message with these numbers, which has failed once more, is tried again. */
    boolean allowed(Attempts attempts) {
        boolean letGo = spec.ordered() && spec.options().orderPolicy() == OrderPolicy.DEAD_LETTER_AND_CONTINUE;
        return !letGo && attempts.mayRetry(policy.maxAttempts());
    }

    /** Tries again after the wait of the policy. */
    void retry(EngineDelivery<T> delivery, Attempts attempts, @Nullable Throwable cause) {
        retry(delivery, attempts, schedule.delayAfter(attempts.failures() + 1), cause);
    }

    /** Tries again after the wait. */
    void retry(EngineDelivery<T> delivery, Attempts attempts, Duration wait, @Nullable Throwable cause) {
        int failures = attempts.failures() + 1;
        events.count(MqObserver.Event.RETRIED, spec.source());
        if (events.listened()) {
            events.tell(l -> l.retried(delivery, wait));
        }
        delivery.firstFailureMillis = firstFailure(delivery, time.millis());
        if (spec.ephemeral()) {
            if (wait.compareTo(spec.options().lease()) > 0) {
                outcomes.giveUp(delivery, Failure.Reason.ATTEMPTS_EXHAUSTED, cause);
            } else {
                hold(delivery, failures, wait);
            }
        } else if (spec.ordered()) {
            retryInOrder(delivery, failures, wait);
        } else if (capable.has(Capability.NOTE_ATTEMPTS) && wait.compareTo(capable.maxReleaseDelay()) <= 0) {
            memory.remember(delivery.id(), delivery.firstFailureMillis, failures);
            note(delivery, failures, () -> outcomes.release(delivery, wait, false));
        } else {
            retryByCopy(delivery, failures, wait);
        }
    }

    private void retryInOrder(EngineDelivery<T> delivery, int failures, Duration wait) {
        if (capable.has(Capability.NOTE_ATTEMPTS)) {
            note(delivery, failures, () -> hold(delivery, failures, wait));
            return;
        }
        memory.remember(delivery.id(), delivery.firstFailureMillis, failures);
        if (givesBackInOrder()) {
            outcomes.release(delivery, wait, true);
        } else {
            // Given back it would come again behind what was received after it, and be there when the lease is lost.
            hold(delivery, failures, wait);
        }
    }

    private void hold(EngineDelivery<T> delivery, int failures, Duration wait) {
        delivery.heldFailures = failures;
        outcomes.hold(delivery, wait);
    }

    private void note(EngineDelivery<T> delivery, int failures, Runnable then) {
        delivery.incoming().note(failures, new Completion() {
            @Override
            public void done() {
                then.run();
            }

            @Override
            public void failed(Throwable cause) {
                outcomes.settleRefused(delivery, cause);
            }
        });
    }

    private void retryByCopy(EngineDelivery<T> delivery, int failures, Duration wait) {
        Message.Builder copy = Outcomes.unmarked(delivery.message())
                .annotation(Annotations.ATTEMPT, Integer.toString(failures + 1))
                .annotation(Annotations.FIRST_FAILURE, Long.toString(delivery.firstFailureMillis));
        if (spec.home().role() == Place.Role.GROUP) {
            copy.annotation(Annotations.DESTINATION, delivery.destination());
        }
        outcomes.move(delivery, spec.home(), copy.build(), wait, () -> {});
    }

    /** When the message failed first; now if this is the first time. */
    long firstFailure(EngineDelivery<T> delivery, long now) {
        return delivery.firstFailureMillis != 0 ? delivery.firstFailureMillis : memory.of(delivery.message(), now);
    }

    /** The message has ended here, so its failures are of no account any more. */
    void forget(EngineDelivery<T> delivery) {
        memory.forget(delivery.id());
    }

    // ---- limits

    /** Refuses a wait that this source cannot do. */
    void requireDelay(Duration wait) {
        Duration most = maxDelay(
                engine,
                spec.ordered(),
                spec.ephemeral(),
                capable,
                spec.options().lease());
        if (wait.compareTo(most) > 0) {
            throw Refused.retry(spec.source(), most, wait, capable);
        }
    }

    /** Longest wait before a retry that a source of these properties can do. */
    static Duration maxDelay(
            EngineContext engine, boolean ordered, boolean ephemeral, Capabilities capable, Duration lease) {
        if (ephemeral) {
            return lease;
        }
        if (ordered) {
            return capable.has(Capability.KEY_HOLD) && !capable.has(Capability.NOTE_ATTEMPTS)
                    ? capable.maxReleaseDelay()
                    : capable.maxLease();
        }
        return engine.maxDelay(capable);
    }
}
