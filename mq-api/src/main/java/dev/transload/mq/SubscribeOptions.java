package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a subscription handles its deliveries.
 *
 * <p>Immutable.
 */
public final class SubscribeOptions {

    private static final SubscribeOptions DEFAULTS = builder().build();

    private final int concurrency;
    private final int prefetch;
    private final RetryPolicy retry;
    private final boolean deadLettering;
    private final @Nullable String deadLetterQueue;
    private final @Nullable Idempotency<?> idempotency;
    private final OrderPolicy orderPolicy;
    private final ExpiryPolicy expiryPolicy;
    private final Duration lease;
    private final Duration maxProcessingTime;
    private final boolean manualSettle;
    private final @Nullable MqListener listener;

    private SubscribeOptions(Builder b) {
        this.concurrency = b.concurrency;
        this.prefetch = b.prefetch;
        this.retry = b.retry;
        this.deadLettering = b.deadLettering;
        this.deadLetterQueue = b.deadLetterQueue;
        this.idempotency = b.idempotency;
        this.orderPolicy = b.orderPolicy;
        this.expiryPolicy = b.expiryPolicy;
        this.lease = b.lease;
        this.maxProcessingTime = b.maxProcessingTime;
        this.manualSettle = b.manualSettle;
        this.listener = b.listener;
    }

    /** All defaults, see the methods of {@link Builder}. */
    public static SubscribeOptions defaults() {
        return DEFAULTS;
    }

    /** Starts with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Handlers at once. */
    public int concurrency() {
        return concurrency;
    }

    /** Most unsettled deliveries, 0 for the default of the kind of destination. */
    public int prefetch() {
        return prefetch;
    }

    /** When a failed delivery is tried again. */
    public RetryPolicy retry() {
        return retry;
    }

    /** Whether messages that are given up are kept; if not they are discarded, with an event. */
    public boolean deadLettering() {
        return deadLettering;
    }

    /** Queue that takes the dead letters instead of the derived one, or null. */
    public @Nullable String deadLetterQueue() {
        return deadLetterQueue;
    }

    /** How duplicates are recognised, or null if they are handled again. */
    public @Nullable Idempotency<?> idempotency() {
        return idempotency;
    }

    /** What becomes of a key when one of its messages fails. */
    public OrderPolicy orderPolicy() {
        return orderPolicy;
    }

    /** What becomes of expired messages. */
    public ExpiryPolicy expiryPolicy() {
        return expiryPolicy;
    }

    /** How long the broker waits for a consumer that shows no sign of life. */
    public Duration lease() {
        return lease;
    }

    /** How long one handler call may take. */
    public Duration maxProcessingTime() {
        return maxProcessingTime;
    }

    /** Whether a handler that returns without settling leaves the delivery open. */
    public boolean manualSettle() {
        return manualSettle;
    }

    /** Told of this subscription's events, or null. */
    public @Nullable MqListener listener() {
        return listener;
    }

    /** Builds {@link SubscribeOptions}. Not thread-safe. */
    public static final class Builder {
        private int concurrency = 1;
        private int prefetch;
        private RetryPolicy retry = RetryPolicy.defaults();
        private boolean deadLettering = true;
        private @Nullable String deadLetterQueue;
        private @Nullable Idempotency<?> idempotency;
        private OrderPolicy orderPolicy = OrderPolicy.BLOCK_KEY;
        private ExpiryPolicy expiryPolicy = ExpiryPolicy.DISCARD;
        private Duration lease = Duration.ofSeconds(30);
        private Duration maxProcessingTime = Duration.ofMinutes(10);
        private boolean manualSettle;
        private @Nullable MqListener listener;

        private Builder() {}

        private Builder(SubscribeOptions o) {
            this.concurrency = o.concurrency;
            this.prefetch = o.prefetch;
            this.retry = o.retry;
            this.deadLettering = o.deadLettering;
            this.deadLetterQueue = o.deadLetterQueue;
            this.idempotency = o.idempotency;
            this.orderPolicy = o.orderPolicy;
            this.expiryPolicy = o.expiryPolicy;
            this.lease = o.lease;
            this.maxProcessingTime = o.maxProcessingTime;
            this.manualSettle = o.manualSettle;
            this.listener = o.listener;
        }

        /** Handlers at once, 1 to 10,000; 1 unless given. */
        public Builder concurrency(int concurrency) {
            if (concurrency < 1 || concurrency > 10_000) {
                throw new IllegalArgumentException("concurrency must be 1 to 10000, was " + concurrency);
            }
            this.concurrency = concurrency;
            return this;
        }

        /**
         * Most unsettled deliveries, 1 to 100,000. Unless given, 250 or twice the concurrency if that is more, and on
         * ordered destinations 1,000.
         */
        public Builder prefetch(int prefetch) {
            if (prefetch < 1 || prefetch > 100_000) {
                throw new IllegalArgumentException("prefetch must be 1 to 100000, was " + prefetch);
            }
            this.prefetch = prefetch;
            return this;
        }

        /** When a failed delivery is tried again; {@link RetryPolicy#defaults()} unless given. */
        public Builder retry(RetryPolicy retry) {
            this.retry = requireNonNull(retry, "retry");
            return this;
        }

        /** Messages that are given up are discarded, with an event, instead of kept. */
        public Builder noDeadLetters() {
            this.deadLettering = false;
            this.deadLetterQueue = null;
            return this;
        }

        /** Messages that are given up go to this queue instead of the derived one. */
        public Builder deadLetterQueue(String name) {
            this.deadLetterQueue = Names.existing(name);
            this.deadLettering = true;
            return this;
        }

        /** Recognises duplicates; they are handled again unless given. */
        public Builder idempotency(Idempotency<?> idempotency) {
            this.idempotency = requireNonNull(idempotency, "idempotency");
            return this;
        }

        /** On ordered destinations; {@link OrderPolicy#BLOCK_KEY} unless given. */
        public Builder orderPolicy(OrderPolicy policy) {
            this.orderPolicy = requireNonNull(policy, "orderPolicy");
            return this;
        }

        /** {@link ExpiryPolicy#DISCARD} unless given. */
        public Builder expiryPolicy(ExpiryPolicy policy) {
            this.expiryPolicy = requireNonNull(policy, "expiryPolicy");
            return this;
        }

        /** How long the broker waits for a silent consumer, 1 s to 12 h; 30 s unless given. */
        public Builder lease(Duration lease) {
            this.lease = between("lease", lease, Duration.ofSeconds(1), Duration.ofHours(12));
            return this;
        }

        /** How long one handler call may take before it is interrupted, 1 s to 12 h; 10 minutes unless given. */
        public Builder maxProcessingTime(Duration time) {
            this.maxProcessingTime = between("maxProcessingTime", time, Duration.ofSeconds(1), Duration.ofHours(12));
            return this;
        }

        /** A handler that returns without settling leaves the delivery open, to be settled by hand later. */
        public Builder manualSettle() {
            this.manualSettle = true;
            return this;
        }

        /** Told of this subscription's events. */
        public Builder listener(MqListener listener) {
            this.listener = requireNonNull(listener, "listener");
            return this;
        }

        public SubscribeOptions build() {
            if (prefetch != 0 && prefetch < concurrency) {
                throw new IllegalArgumentException(
                        "prefetch must not be below the concurrency of " + concurrency + ", was " + prefetch);
            }
            return new SubscribeOptions(this);
        }

        private static Duration between(String what, Duration value, Duration min, Duration max) {
            requireNonNull(value, what);
            if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
                throw new IllegalArgumentException(what + " must be " + min + " to " + max + ", was " + value);
            }
            return value;
        }
    }
}
