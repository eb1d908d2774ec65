package dev.transload.mq.spi;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a connected broker does for places of one shape, and its limits. Immutable.
 */
public final class Capabilities {

    private final String broker;
    private final String durability;
    private final List<String> warnings;
    private final Map<Capability, String> notes;
    private final Map<Capability, String> refusals;
    private final Duration maxSendDelay;
    private final Duration maxTopicDelay;
    private final String delayNote;
    private final Duration maxReleaseDelay;
    private final Duration maxLease;
    private final int maxInFlightSpan;
    private final Counting counting;
    private final Limits limits;
    private final Duration retention;
    private final Duration delayRetention;
    private final boolean volatileReplies;
    private final boolean exactDepth;
    private final String sharedByLanes;
    private final String anyOrder;

    private Capabilities(Builder b) {
        this.broker = b.broker;
        this.durability = b.durability;
        this.warnings = List.copyOf(b.warnings);
        this.notes = Map.copyOf(b.notes);
        this.refusals = Map.copyOf(b.refusals);
        this.maxSendDelay = b.maxSendDelay;
        this.maxTopicDelay = b.maxTopicDelay == null ? b.maxSendDelay : b.maxTopicDelay;
        this.delayNote = b.delayNote;
        this.maxReleaseDelay = b.maxReleaseDelay;
        this.maxLease = b.maxLease;
        this.maxInFlightSpan = b.maxInFlightSpan;
        this.counting = b.counting;
        this.limits = b.limits;
        this.retention = b.retention;
        this.delayRetention = b.delayRetention == null ? b.retention : b.delayRetention;
        this.volatileReplies = b.volatileReplies;
        this.exactDepth = b.exactDepth;
        this.sharedByLanes = b.sharedByLanes;
        this.anyOrder = b.anyOrder;
    }

    /** Starts with no capability, no delay, a lease without bound, and the given limits. */
    public static Builder builder(String broker, Limits limits) {
        return new Builder(broker, limits);
    }

    /** Product and version, as the broker tells it. */
    public String broker() {
        return broker;
    }

    /** What a confirmed send survives, in a phrase such as {@code on disk of a majority}. */
    public String durability() {
        return durability;
    }

    /** What is weak about this broker, in sentences; empty if nothing. */
    public List<String> warnings() {
        return warnings;
    }

    /** Whether the broker does it. */
    public boolean has(Capability capability) {
        return notes.containsKey(capability);
    }

    /** How the broker does it, in a sentence; empty text if it does not. */
    public String note(Capability capability) {
        return notes.getOrDefault(capability, "");
    }

    /** Why the broker cannot do it, in a sentence; a general one if the transport gave none. */
    public String refusal(Capability capability) {
        return refusals.getOrDefault(capability, "the broker has no such feature");
    }

    /** Longest native delay of a send, zero for none. */
    public Duration maxSendDelay() {
        return maxSendDelay;
    }

    /** Longest native delay of a send to a {@link Place.Role#TOPIC}, zero for none; as of any send unless told. */
    public Duration maxTopicDelay() {
        return maxTopicDelay;
    }

    /**
     * How a send is delayed natively, with its precision, in a sentence; where it is not, what there is to know of lanes
     * of delay here; or empty text.
     */
    public String delayNote() {
        return delayNote;
    }

    /** Longest native delay of {@link Incoming#release}, zero for none. */
    public Duration maxReleaseDelay() {
        return maxReleaseDelay;
    }

    /** Longest time a delivery may stay unsettled, renewals included. */
    public Duration maxLease() {
        return maxLease;
    }

    /** Most messages that may be received past one unsettled message of a lane. */
    public int maxInFlightSpan() {
        return maxInFlightSpan;
    }

    /** What the broker's delivery count means. */
    public Counting counting() {
        return counting;
    }

    /** Sizes that are checked before sending. */
    public Limits limits() {
        return limits;
    }

    /** How long unhandled messages are kept; {@link Duration#ZERO} for ever. */
    public Duration retention() {
        return retention;
    }

    /**
     * How long a {@link Place.Role#DELAY_LANE} keeps messages; {@link Duration#ZERO} for ever. As {@link #retention}
     * unless told.
     */
    public Duration delayRetention() {
        return delayRetention;
    }

    /** Whether a reply inbox ends with the connection, so that pending requests fail when it is lost. */
    public boolean volatileReplies() {
        return volatileReplies;
    }

    /** Whether {@link PlaceAdmin#depth} is exact when nothing moves. */
    public boolean exactDepth() {
        return exactDepth;
    }

    /**
     * How receivers of one place share it where each gets whole lanes of it, ordered or not, with all that waits there;
     * empty text where each message goes to whoever has credit.
     */
    public String sharedByLanes() {
        return sharedByLanes;
    }

    /** Why messages may be handed out in another order than that of the sends, though nothing failed; or empty text. */
    public String anyOrder() {
        return anyOrder;
    }

    /**
     * Sizes in bytes, with room for a failure record already taken off.
     *
     * @param payload largest payload of any content
     * @param headers all header names and values together
     * @param headerCount most headers of the application
     * @param name longest logical name of a place, with every suffix the engine adds
     */
    public record Limits(int payload, int headers, int headerCount, int name) {}

    /** Builds {@link Capabilities}. Not thread-safe. */
    public static final class Builder {
        private final String broker;
        private final Limits limits;
        private String durability = "as configured at the broker";
        private List<String> warnings = List.of();
        private final Map<Capability, String> notes = new EnumMap<>(Capability.class);
        private final Map<Capability, String> refusals = new EnumMap<>(Capability.class);
        private Duration maxSendDelay = Duration.ZERO;
        private @Nullable Duration maxTopicDelay;
        private String delayNote = "";
        private Duration maxReleaseDelay = Duration.ZERO;
        private Duration maxLease = Duration.ofDays(365);
        private int maxInFlightSpan = Integer.MAX_VALUE;
        private Counting counting = new Counting(false, false, Integer.MAX_VALUE);
        private Duration retention = Duration.ZERO;
        private @Nullable Duration delayRetention;
        private boolean volatileReplies;
        private boolean exactDepth;
        private String sharedByLanes = "";
        private String anyOrder = "";

        private Builder(String broker, Limits limits) {
            this.broker = requireNonNull(broker, "broker");
            this.limits = requireNonNull(limits, "limits");
        }

        public Builder durability(String phrase, List<String> warnings) {
            this.durability = requireNonNull(phrase, "phrase");
            this.warnings = List.copyOf(warnings);
            return this;
        }

        /** Declares a native capability and how it is done. */
        public Builder has(Capability capability, String note) {
            notes.put(capability, note);
            return this;
        }

        /** Takes a capability away and says why. */
        public Builder refuses(Capability capability, String why) {
            notes.remove(capability);
            refusals.put(capability, why);
            return this;
        }

        public Builder sendDelay(Duration max, String note) {
            this.maxSendDelay = max;
            this.delayNote = note;
            return this;
        }

        /** Declares a native delay of topics that is not that of other places. */
        public Builder topicDelay(Duration max) {
            this.maxTopicDelay = max;
            return this;
        }

        public Builder releaseDelay(Duration max) {
            this.maxReleaseDelay = max;
            return this;
        }

        public Builder maxLease(Duration max) {
            this.maxLease = max;
            return this;
        }

        public Builder maxInFlightSpan(int messages) {
            this.maxInFlightSpan = messages;
            return this;
        }

        public Builder counting(Counting counting) {
            this.counting = counting;
            return this;
        }

        public Builder retention(Duration retention) {
            this.retention = retention;
            return this;
        }

        public Builder delayRetention(Duration retention) {
            this.delayRetention = retention;
            return this;
        }

        public Builder volatileReplies(boolean yes) {
            this.volatileReplies = yes;
            return this;
        }

        public Builder exactDepth(boolean yes) {
            this.exactDepth = yes;
            return this;
        }

        /** Declares that messages come in any order where none is asked for, and why. */
        public Builder anyOrder(String why) {
            this.anyOrder = requireNonNull(why, "why");
            return this;
        }

        /** Declares that a receiver gets whole lanes also where no order is asked for, and what that limits. */
        public Builder sharedByLanes(String how) {
            this.sharedByLanes = requireNonNull(how, "how");
            return this;
        }

        public Capabilities build() {
            return new Capabilities(this);
        }
    }
}
