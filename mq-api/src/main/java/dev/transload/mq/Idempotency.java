package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a subscription recognises a message it has handled before, so that the handler is not called again.
 *
 * <p>The key is kept under the queue's or group's name, so two groups never hide messages from each other. Immutable.
 *
 * @param <T> type of the payload, or {@link Object} for any
 */
public final class Idempotency<T> {

    private final IdempotencyStore store;
    private final @Nullable Function<? super Delivery<T>, String> keyOf;
    private final Duration lease;
    private final Duration retention;

    private Idempotency(
            IdempotencyStore store,
            @Nullable Function<? super Delivery<T>, String> keyOf,
            Duration lease,
            Duration retention) {
        this.store = store;
        this.keyOf = keyOf;
        this.lease = lease;
        this.retention = retention;
    }

    /** One handling per message id. A message whose id was made up on arrival bypasses the store and is counted. */
    public static <T> Idempotency<T> byMessageId(IdempotencyStore store) {
        return new Idempotency<>(requireNonNull(store, "store"), null, Duration.ofMinutes(1), Duration.ofDays(1));
    }

    /** One handling per key that the function finds in the delivery, such as an order number; never null. */
    public static <T> Idempotency<T> by(Function<? super Delivery<T>, String> key, IdempotencyStore store) {
        return new Idempotency<>(
                requireNonNull(store, "store"), requireNonNull(key, "key"), Duration.ofMinutes(1), Duration.ofDays(1));
    }

    /** How long a claim outlives its owner; renewed while the handler runs. One minute unless given. */
    public Idempotency<T> lease(Duration lease) {
        return new Idempotency<>(store, keyOf, atLeastSecond("lease", lease), retention);
    }

    /** How long a handled key is remembered. One day unless given. */
    public Idempotency<T> retention(Duration retention) {
        return new Idempotency<>(store, keyOf, lease, atLeastSecond("retention", retention));
    }

    private static Duration atLeastSecond(String what, Duration duration) {
        requireNonNull(duration, what);
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException(what + " must be at least 1 s, was " + duration);
        }
        return duration;
    }

    /** Where keys are kept. */
    public IdempotencyStore store() {
        return store;
    }

    /** Finds the key in a delivery, or null for the message id. */
    public @Nullable Function<? super Delivery<T>, String> keyOf() {
        return keyOf;
    }

    /** How long a claim outlives its owner. */
    public Duration lease() {
        return lease;
    }

    /** How long a handled key is remembered. */
    public Duration retention() {
        return retention;
    }
}
