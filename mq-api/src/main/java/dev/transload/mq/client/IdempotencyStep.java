package dev.transload.mq.client;

import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.IdempotencyStore.Claim;
import dev.transload.mq.MqObserver;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the idempotency store before a handler and tells it after. Claims are renewed while the handler runs. Runs on
 * worker threads, where the store may block; thread-safe.
 *
 * @param <T> type of the payload
 */
final class IdempotencyStep<T> {

    /** The handler is to be called. */
    static final int HANDLE = -1;

    private static final Logger LOG = LoggerFactory.getLogger(IdempotencyStep.class);
    private static final Duration STORE_DOWN = Duration.ofSeconds(1);
    private static final int MAX_KEY = 512;

    private final Idempotency<T> idempotency;
    private final IdempotencyStore store;
    private final EngineContext engine;
    private final FlowSpec<T> spec;
    private final Events events;
    private final TimeSource time;
    private final String owner;

    private IdempotencyStep(Idempotency<T> idempotency, EngineContext engine, FlowSpec<T> spec, Events events) {
        this.idempotency = idempotency;
        this.store = idempotency.store();
        this.engine = engine;
        this.spec = spec;
        this.events = events;
        this.time = engine.time();
        this.owner = engine.clientId();
    }

    /** The step of a subscription that asks for one, or null. */
    @SuppressWarnings("unchecked") // the key function of a subscription takes its own payload type
    static <T> @Nullable IdempotencyStep<T> of(EngineContext engine, FlowSpec<T> spec, Events events) {
        Idempotency<?> wanted = spec.options().idempotency();
        return wanted == null ? null : new IdempotencyStep<>((Idempotency<T>) wanted, engine, spec, events);
    }

    /** Claims the delivery's key; returns {@link #HANDLE}, or what the pipeline returns since it is decided. */
    int begin(EngineDelivery<T> delivery, Outcomes<T> outcomes) {
        String key = keyOf(delivery);
        if (key == null) {
            bypassed(delivery, "the message has no id that lasts");
            return HANDLE;
        }
        Claim claim;
        try {
            claim = store.begin(key, owner, idempotency.lease());
            if (claim instanceof Claim.Done && delivery.message().annotations().containsKey(Annotations.FORCE)) {
                claim = store.begin(forced(key, delivery), owner, idempotency.lease());
                key = forced(key, delivery);
            }
        } catch (RuntimeException e) {
            LOG.warn("the idempotency store cannot be reached, {} waits: {}", delivery, LogText.of(e));
            outcomes.giveBack(delivery, STORE_DOWN);
            return DeliveryPipeline.PARKED;
        }
        if (claim instanceof Claim.Started started) {
            delivery.claimKey = key;
            delivery.claimToken = started.token();
            keepRenewed(delivery, key, started.token());
            return HANDLE;
        }
        if (claim instanceof Claim.InProgress progress) {
            outcomes.giveBack(delivery, untilOver(progress.until()));
            return DeliveryPipeline.PARKED;
        }
        return outcomes.duplicate(delivery);
    }

    // At least a moment, so that a claim that ends right now is not asked for in a circle.
    private Duration untilOver(Instant until) {
        long wait = until.toEpochMilli() - time.millis();
        return Duration.ofMillis(
                Math.min(Math.max(wait, 10), idempotency.lease().toMillis()));
    }

    private @Nullable String keyOf(EngineDelivery<T> delivery) {
        String own;
        if (idempotency.keyOf() == null) {
            if (delivery.stored().idAssigned()) {
                return null;
            }
            own = delivery.id();
        } else {
            own = idempotency.keyOf().apply(delivery);
            if (own == null || own.isEmpty()) {
                throw new IllegalArgumentException("the idempotency key of " + delivery + " must not be empty");
            }
        }
        String key = spec.source() + "/" + own;
        if (key.length() > MAX_KEY) {
            throw new IllegalArgumentException("the idempotency key of " + delivery + " must have at most "
                    + (MAX_KEY - spec.source().length() - 1) + " characters, had " + own.length());
        }
        return key;
    }

    private static String forced(String key, EngineDelivery<?> delivery) {
        String redrive = delivery.message().annotations().getOrDefault(Annotations.REDRIVES, "1");
        return key + "/redrive-" + redrive;
    }

    private void keepRenewed(EngineDelivery<T> delivery, String key, String token) {
        Duration every = idempotency.lease().dividedBy(3);
        Runnable renewal = new Runnable() {
            @Override
            public void run() {
                if (token.equals(delivery.claimToken)) {
                    // The store may block and the timer may not.
                    engine.complete(() -> renew(delivery, key, token));
                    delivery.claimRenewal = time.schedule(every, this);
                }
            }
        };
        delivery.claimRenewal = time.schedule(every, renewal);
    }

    private void renew(EngineDelivery<T> delivery, String key, String token) {
        try {
            if (token.equals(delivery.claimToken) && !store.renew(key, token, idempotency.lease())) {
                LOG.warn("the claim of {} was lost while its handler runs", delivery);
            }
        } catch (RuntimeException e) {
            LOG.warn("the claim of {} could not be renewed: {}", delivery, LogText.of(e));
        }
    }

    private static void stopRenewing(EngineDelivery<?> delivery) {
        delivery.claimToken = null;
        TimeSource.Timer renewal = delivery.claimRenewal;
        if (renewal != null) {
            renewal.cancel();
        }
    }

    /** The handler succeeded. The message is acked whatever the store says. */
    void complete(EngineDelivery<T> delivery) {
        String token = delivery.claimToken;
        String key = delivery.claimKey;
        if (token == null || key == null) {
            return;
        }
        stopRenewing(delivery);
        try {
            if (!store.complete(key, token, idempotency.retention())) {
                bypassed(delivery, "the claim ended before the handler did");
            }
        } catch (RuntimeException e) {
            bypassed(delivery, "the store could not be reached after the handler: " + e);
        }
    }

    /** The handler failed, or never ran: the key is free again. */
    void abandon(EngineDelivery<T> delivery) {
        String token = delivery.claimToken;
        String key = delivery.claimKey;
        if (token == null || key == null) {
            return;
        }
        stopRenewing(delivery);
        try {
            store.abandon(key, token);
        } catch (RuntimeException e) {
            LOG.warn("the claim of {} was not given up and ends with its lease: {}", delivery, LogText.of(e));
        }
    }

    private void bypassed(EngineDelivery<T> delivery, String why) {
        events.count(MqObserver.Event.IDEMPOTENCY_BYPASSED, spec.source());
        events.tell(l -> l.idempotencyBypassed(spec.source(), delivery.message(), why));
    }
}
