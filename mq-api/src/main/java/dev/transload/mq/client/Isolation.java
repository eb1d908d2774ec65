package dev.transload.mq.client;

import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MqObserver;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Place;
import java.time.Duration;

/**
 * Keeps a message that may be killing processes away from its neighbours, without punishing any of them.
 *
 * <p>Where the broker counts exactly, the count accuses nobody else: the message runs once more in place and is then
 * set aside. Elsewhere it is moved to the suspects' place, where it runs with nothing beside it, and is set aside only
 * if that run ends in a crash too.
 *
 * <p>Thread-safe.
 *
 * @param <T> type of the payload
 */
final class Isolation<T> {

    private final EngineContext engine;
    private final FlowSpec<T> spec;
    private final Outcomes<T> outcomes;
    private final Events events;
    private final int maxAttempts;

    Isolation(EngineContext engine, FlowSpec<T> spec, Outcomes<T> outcomes, Events events) {
        this.engine = engine;
        this.spec = spec;
        this.outcomes = outcomes;
        this.events = events;
        this.maxAttempts = spec.options().retry().maxAttempts();
    }

    /** Decides whether the delivery may run here; if not it is on its way elsewhere. */
    boolean mayRun(EngineDelivery<T> delivery, Attempts attempts) {
        if (spec.alone()) {
            if (attempts.crashes() > 0) {
                outcomes.giveUp(delivery, Failure.Reason.CRASHED, null);
                return false;
            }
            return true;
        }
        if (!attempts.suspect(maxAttempts)) {
            return true;
        }
        events.count(MqObserver.Event.SUSPECTED, spec.source());
        events.tell(l -> l.suspected(
                spec.source(), delivery.message(), delivery.incoming().brokerCount()));
        if (spec.capabilities().counting().exact()) {
            if (attempts.crashes() > maxAttempts) {
                outcomes.giveUp(delivery, Failure.Reason.CRASHED, null);
                return false;
            }
            return true;
        }
        Place alone = spec.suspects();
        if (alone == null) {
            return true;
        }
        if (delivery.move(EngineDelivery.RUNNING, EngineDelivery.SETTLING)) {
            Message.Builder copy = Outcomes.unmarked(delivery.message())
                    .annotation(Annotations.CRASHES, Integer.toString(attempts.crashes()));
            if (spec.home().role() == Place.Role.GROUP) {
                copy.annotation(Annotations.DESTINATION, delivery.destination());
            }
            outcomes.move(delivery, alone, copy.build(), Duration.ZERO, () -> engine.suspectsAt(alone));
        }
        return false;
    }

    /** Deliveries without outcome that brought the message here. */
    static int crashesBefore(Message message) {
        String crashes = message.annotations().get(Annotations.CRASHES);
        try {
            return crashes == null ? 0 : Math.max(0, Math.min(Integer.parseInt(crashes), RetryPolicy.MAX_ATTEMPTS));
        } catch (NumberFormatException e) {
            return 0; // anyone may write on an envelope
        }
    }
}
