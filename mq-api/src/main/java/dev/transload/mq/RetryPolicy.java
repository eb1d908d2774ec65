package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a failed delivery is tried again, and when it is given up.
 *
 * <p>Attempts count all handler calls, the first included: {@code exponential(3, ofSeconds(1))} calls at most three
 * times, 1 s and 2 s apart. Immutable.
 */
public final class RetryPolicy {

    /** Most attempts a policy may ask for. */
    public static final int MAX_ATTEMPTS = 1000;

    private static final Duration DEFAULT_MAX_DELAY = Duration.ofHours(1);

    private final int maxAttempts;
    private final List<Duration> delays;
    private final Duration initialDelay;
    private final double multiplier;
    private final Duration maxDelay;
    private final double jitter;
    private final List<Class<? extends Throwable>> retryOn;
    private final List<Class<? extends Throwable>> neverRetry;

    private RetryPolicy(Builder b) {
        this.maxAttempts = b.maxAttempts;
        this.delays = List.copyOf(b.delays);
        this.initialDelay = b.initialDelay;
        this.multiplier = b.multiplier;
        this.maxDelay = b.bound();
        this.jitter = b.jitter;
        this.retryOn = List.copyOf(b.retryOn);
        this.neverRetry = List.copyOf(b.neverRetry);
    }

    /** What a subscription gets that names no policy: 3 attempts, exponential from 1 s, jitter of a tenth. */
    public static RetryPolicy defaults() {
        return builder()
                .maxAttempts(3)
                .exponential(Duration.ofSeconds(1))
                .jitter(0.1)
                .build();
    }

    /** One attempt: the first failure dead-letters. */
    public static RetryPolicy none() {
        return builder().maxAttempts(1).build();
    }

    /** Attempts without a wait between them. */
    public static RetryPolicy immediate(int maxAttempts) {
        return builder().maxAttempts(maxAttempts).build();
    }

    /** Attempts the same delay apart. */
    public static RetryPolicy fixed(int maxAttempts, Duration delay) {
        return builder().maxAttempts(maxAttempts).fixed(delay).build();
    }

    /** Attempts whose delays double from the first one, up to an hour. */
    public static RetryPolicy exponential(int maxAttempts, Duration initialDelay) {
        return builder().maxAttempts(maxAttempts).exponential(initialDelay).build();
    }

    /** One attempt, and one more after each of these delays. */
    public static RetryPolicy delays(Duration... delays) {
        return builder().delays(List.of(delays)).build();
    }

    /** Starts with three attempts and no wait. */
    public static Builder builder() {
        return new Builder();
    }

    /** Handler calls in all, at least 1. */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** Explicit waits, one for each retry; empty if they are computed. */
    public List<Duration> delays() {
        return delays;
    }

    /** Wait before the second attempt; zero for none. */
    public Duration initialDelay() {
        return initialDelay;
    }

    /** Factor from one wait to the next; 1 for a fixed wait. */
    public double multiplier() {
        return multiplier;
    }

    /** Upper bound of a wait before jitter is added. */
    public Duration maxDelay() {
        return maxDelay;
    }

    /** Share of a wait that is added at random, 0 to 1, so that failures together do not retry together. */
    public double jitter() {
        return jitter;
    }

    /** Whether a failure of this kind may be tried again: the type or a cause decides, never-retry first. */
    public boolean retries(Throwable failure) {
        if (matches(neverRetry, failure)) {
            return false;
        }
        return retryOn.isEmpty() || matches(retryOn, failure);
    }

    private static boolean matches(List<Class<? extends Throwable>> types, Throwable failure) {
        Throwable t = failure;
        for (int depth = 0; t != null && depth < 20; depth++, t = t.getCause()) {
            for (Class<? extends Throwable> type : types) {
                if (type.isInstance(t)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** The longest wait the policy can ask for, jitter included; empty if it never waits. */
    public Optional<Duration> longestDelay() {
        if (maxAttempts == 1) {
            return Optional.empty();
        }
        Duration longest;
        if (!delays.isEmpty()) {
            longest = delays.stream().max(Duration::compareTo).orElse(Duration.ZERO);
        } else {
            // In whole milliseconds, rounded up, as the waits themselves are.
            long first = initialDelay.plusNanos(999_999).toMillis();
            double last = first == 0 ? 0 : first * Math.pow(multiplier, maxAttempts - 2.0);
            longest = last >= maxDelay.toMillis() ? maxDelay : Duration.ofMillis((long) Math.ceil(last));
        }
        Duration most = longest.plusMillis((long) Math.ceil(longest.toMillis() * jitter));
        return most.isZero() ? Optional.empty() : Optional.of(most);
    }

    @Override
    public String toString() {
        return "RetryPolicy[maxAttempts=" + maxAttempts
                + (delays.isEmpty()
                        ? ", initialDelay=" + initialDelay + ", multiplier=" + multiplier + ", maxDelay=" + maxDelay
                        : ", delays=" + delays)
                + ", jitter=" + jitter + "]";
    }

    /** Builds a {@link RetryPolicy}. Not thread-safe. */
    public static final class Builder {
        private int maxAttempts = 3;
        private List<Duration> delays = List.of();
        private Duration initialDelay = Duration.ZERO;
        private double multiplier = 1;
        private @Nullable Duration maxDelay;
        private double jitter;
        private List<Class<? extends Throwable>> retryOn = List.of();
        private List<Class<? extends Throwable>> neverRetry = List.of();

        private Builder() {}

        /** Handler calls in all, 1 to {@link #MAX_ATTEMPTS}; 3 unless given. */
        public Builder maxAttempts(int maxAttempts) {
            if (maxAttempts < 1 || maxAttempts > MAX_ATTEMPTS) {
                throw new IllegalArgumentException("maxAttempts must be 1 to " + MAX_ATTEMPTS + ", was " + maxAttempts);
            }
            this.maxAttempts = maxAttempts;
            return this;
        }

        /** The same wait each time. */
        public Builder fixed(Duration delay) {
            this.initialDelay = notNegative("delay", delay);
            this.multiplier = 1;
            this.delays = List.of();
            return this;
        }

        /** A wait that doubles. */
        public Builder exponential(Duration initialDelay) {
            return exponential(initialDelay, 2);
        }

        /** A wait that grows by a factor of 1 to 10. */
        public Builder exponential(Duration initialDelay, double multiplier) {
            if (!(multiplier >= 1 && multiplier <= 10)) {
                throw new IllegalArgumentException("multiplier must be 1 to 10, was " + multiplier);
            }
            this.initialDelay = notNegative("initialDelay", initialDelay);
            this.multiplier = multiplier;
            this.delays = List.of();
            return this;
        }

        /** Explicit waits; sets {@code maxAttempts} to one more than there are. */
        public Builder delays(List<Duration> delays) {
            requireNonNull(delays, "delays");
            delays.forEach(delay -> notNegative("delays", delay));
            maxAttempts(delays.size() + 1);
            this.delays = delays;
            return this;
        }

        /** Upper bound of a computed wait; an hour, or the first wait if that is longer, unless given. */
        public Builder maxDelay(Duration maxDelay) {
            this.maxDelay = notNegative("maxDelay", maxDelay);
            return this;
        }

        /** Share of each wait that is added at random, 0 to 1; none unless given. */
        public Builder jitter(double jitter) {
            if (!(jitter >= 0 && jitter <= 1)) {
                throw new IllegalArgumentException("jitter must be 0 to 1, was " + jitter);
            }
            this.jitter = jitter;
            return this;
        }

        /** Only failures of these types, or caused by them, are tried again; all unless given. */
        @SafeVarargs
        @SuppressWarnings("varargs")
        public final Builder retryOn(Class<? extends Throwable>... types) {
            this.retryOn = copy(types);
            return this;
        }

        /** Failures of these types, or caused by them, are dead-lettered at once; none unless given. */
        @SafeVarargs
        @SuppressWarnings("varargs")
        public final Builder neverRetry(Class<? extends Throwable>... types) {
            this.neverRetry = copy(types);
            return this;
        }

        /** Checks that the first wait is not above the bound. */
        public RetryPolicy build() {
            if (!delays.isEmpty() && maxAttempts != delays.size() + 1) {
                throw new IllegalArgumentException(
                        "maxAttempts must be one more than the " + delays.size() + " delays, was " + maxAttempts);
            }
            if (bound().compareTo(initialDelay) < 0) {
                throw new IllegalArgumentException(
                        "maxDelay must not be below the first delay " + initialDelay + ", was " + bound());
            }
            return new RetryPolicy(this);
        }

        private Duration bound() {
            if (maxDelay != null) {
                return maxDelay;
            }
            return initialDelay.compareTo(DEFAULT_MAX_DELAY) > 0 ? initialDelay : DEFAULT_MAX_DELAY;
        }

        private static List<Class<? extends Throwable>> copy(Class<? extends Throwable>[] types) {
            List<Class<? extends Throwable>> copy = new ArrayList<>();
            for (Class<? extends Throwable> type : types) {
                copy.add(requireNonNull(type, "type"));
            }
            return copy;
        }

        private static Duration notNegative(String what, Duration duration) {
            requireNonNull(duration, what);
            if (duration.isNegative() || duration.compareTo(Duration.ofDays(365)) > 0) {
                throw new IllegalArgumentException(what + " must be 0 to 365 days, was " + duration);
            }
            return duration;
        }
    }
}
