package dev.transload.mq.client;

import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a message that may be killing processes away from its neighbours, without punishing any of them.
 *
 * <p>Where the broker counts exactly, the count accuses only those whose handlers ran: the message runs once more in
 * place, when no other handler of the flow does, and is set aside if that ends in a crash too. Elsewhere it is moved to
 * the suspects' place, where it runs with nothing beside it, and is set aside only if that run ends in a crash too. Where
 * order must hold it stays: it runs when no other handler of the flow does, and a mark in {@link SuspectLedger} tells the
 * next process if it did not survive.
 *
 * <p>Thread-safe.
 *
 * @param <T> type of the payload
 */
final class Isolation<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Isolation.class);
    private static final Duration TROUBLE = Duration.ofSeconds(5);

    private final EngineContext engine;
    private final FlowSpec<T> spec;
    private final Outcomes<T> outcomes;
    private final Events events;
    private final int maxAttempts;
    private final @Nullable SuspectLedger ledger;

    Isolation(EngineContext engine, FlowSpec<T> spec, Outcomes<T> outcomes, Events events) {
        this.engine = engine;
        this.spec = spec;
        this.outcomes = outcomes;
        this.events = events;
        this.maxAttempts = spec.options().retry().maxAttempts();
        Place marks = spec.ordered() ? spec.suspects() : null;
        this.ledger = marks == null ? null : new SuspectLedger(engine, marks);
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
        if (!attempts.suspect(maxAttempts) && !isAtTheLimit(delivery)) {
            return true;
        }
        events.count(MqObserver.Event.SUSPECTED, spec.source());
        events.tell(l -> l.suspected(
                spec.source(), delivery.message(), delivery.incoming().brokerCount()));
        if (spec.capabilities().counting().exact()) {
            // The first crash that is counted may stand for unseen ones too: it must have run alone all the same.
            int most = Math.max(maxAttempts, 1 + spec.capabilities().counting().mostUnseen());
            if (attempts.crashes() > most) {
                outcomes.giveUp(delivery, Failure.Reason.CRASHED, null);
                return false;
            }
            // One that only ran beside a killer has as many crashes: what kills the process when it runs alone did it.
            return outcomes.aloneNow(delivery);
        }
        Place alone = spec.suspects();
        if (alone == null) {
            return true; // an ephemeral group: what it has ends with it
        }
        if (ledger != null) {
            return mayRunInPlace(delivery, ledger);
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

    // The broker would take the message away after a few more, and with it whatever nobody has handled.
    private boolean isAtTheLimit(EngineDelivery<T> delivery) {
        int limit = spec.capabilities().counting().limit();
        return limit != Integer.MAX_VALUE && delivery.incoming().brokerCount() >= limit - 1;
    }

    // Order must hold, so it runs where it is, when no other handler does.
    private boolean mayRunInPlace(EngineDelivery<T> delivery, SuspectLedger marks) {
        if (!outcomes.aloneNow(delivery)) {
            return false;
        }
        try {
            if (marks.isMarked(delivery.id())) {
                outcomes.giveUp(delivery, Failure.Reason.CRASHED, null);
                marks.clear(delivery.id());
                return false;
            }
            marks.mark(delivery.message());
            delivery.marked = true;
            return true;
        } catch (MessagingException e) {
            LOG.warn("suspect {} of {} waits: {}", LogText.of(delivery.id()), spec.source(), LogText.of(e));
            outcomes.giveBack(delivery, TROUBLE);
            return false;
        }
    }

    /** The handler of a delivery that ran alone has ended, and the process lives. */
    void survived(EngineDelivery<T> delivery) {
        if (delivery.marked && ledger != null) {
            delivery.marked = false;
            try {
                ledger.clear(delivery.id());
            } catch (MessagingException e) {
                // The mark stays and would convict the message if it became a suspect once more: say so.
                LOG.warn(
                        "the mark of suspect {} of {} stays: {}",
                        LogText.of(delivery.id()),
                        spec.source(),
                        LogText.of(e));
            }
        }
    }

    /** The same, for a thread that must not wait for the broker. */
    void survivedElsewhere(EngineDelivery<T> delivery) {
        HandlerThreads.named(engine.clientId(), spec.place().name() + "-survived", false)
                .newThread(() -> survived(delivery))
                .start();
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
