package dev.transload.mq.spi;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What to receive and how. Immutable. */
public final class ReceiveSpec {

    private final Place from;
    private final int maxCredit;
    private final int concurrency;
    private final Duration lease;
    private final Duration maxProcessingTime;
    private final boolean ephemeral;
    private final boolean pattern;
    private final @Nullable Instant startAt;
    private final Map<String, String> headerFilter;

    private ReceiveSpec(Builder b) {
        this.from = b.from;
        this.maxCredit = b.maxCredit;
        this.concurrency = b.concurrency;
        this.lease = b.lease;
        this.maxProcessingTime = b.maxProcessingTime;
        this.ephemeral = b.ephemeral;
        this.pattern = b.pattern;
        this.startAt = b.startAt;
        this.headerFilter = b.headerFilter;
    }

    /** Starts with a durable source, a lease of 30 s and a processing time of 10 minutes. */
    public static Builder builder(Place from, int maxCredit) {
        return new Builder(from, maxCredit);
    }

    /** A queue, a group, dead letters, suspects, or a lane. */
    public Place from() {
        return from;
    }

    /** Most credit the engine will have out at any time; a transport sizes its batches by it. */
    public int maxCredit() {
        return maxCredit;
    }

    /**
     * How many deliveries handlers have at once, at most; all others wait here. As many as the credit unless told, and where
     * the application settles by itself. A transport that gets messages in batches which it cannot part from one by one
     * leaves as much of the credit to others.
     */
    public int concurrency() {
        return concurrency;
    }

    /** How long one delivery may stay unsettled without a renewal. */
    public Duration lease() {
        return lease;
    }

    /** How long one handler call may take; where there is no renewal the broker must wait this long. */
    public Duration maxProcessingTime() {
        return maxProcessingTime;
    }

    /** Whether the group lives only as long as this receiver. */
    public boolean ephemeral() {
        return ephemeral;
    }

    /** Whether {@link Place#topic()} is a pattern; needs {@link Capability#PATTERN}. */
    public boolean pattern() {
        return pattern;
    }

    /** Where a new durable group starts, null for now; ignored when the group exists. */
    public @Nullable Instant startAt() {
        return startAt;
    }

    /** Headers that must be equal; empty for all. The engine checks too, so a transport may ignore it. */
    public Map<String, String> headerFilter() {
        return headerFilter;
    }

    /** Builds a {@link ReceiveSpec}. Not thread-safe. */
    public static final class Builder {
        private final Place from;
        private final int maxCredit;
        private int concurrency;
        private Duration lease = Duration.ofSeconds(30);
        private Duration maxProcessingTime = Duration.ofMinutes(10);
        private boolean ephemeral;
        private boolean pattern;
        private @Nullable Instant startAt;
        private Map<String, String> headerFilter = Map.of();

        private Builder(Place from, int maxCredit) {
            this.from = requireNonNull(from, "from");
            this.maxCredit = maxCredit;
            this.concurrency = maxCredit;
        }

        public Builder concurrency(int concurrency) {
            this.concurrency = concurrency;
            return this;
        }

        public Builder lease(Duration lease) {
            this.lease = requireNonNull(lease, "lease");
            return this;
        }

        public Builder maxProcessingTime(Duration time) {
            this.maxProcessingTime = requireNonNull(time, "time");
            return this;
        }

        public Builder ephemeral(boolean yes) {
            this.ephemeral = yes;
            return this;
        }

        public Builder pattern(boolean yes) {
            this.pattern = yes;
            return this;
        }

        public Builder startAt(@Nullable Instant start) {
            this.startAt = start;
            return this;
        }

        public Builder headerFilter(Map<String, String> filter) {
            this.headerFilter = Map.copyOf(filter);
            return this;
        }

        public ReceiveSpec build() {
            return new ReceiveSpec(this);
        }
    }
}
