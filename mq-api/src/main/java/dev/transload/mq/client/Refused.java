package dev.transload.mq.client;

import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import java.time.Duration;

/** What is said to an application that asks for what the broker cannot do, and what it is advised to do instead. */
final class Refused {

    private Refused() {}

    /** A capability that is not declared. */
    static UnsupportedCapabilityException capability(Capability capability, String what, Capabilities capable) {
        return new UnsupportedCapabilityException(
                row(capability), what, capable.broker(), capable.refusal(capability), remedy(capability));
    }

    /** A send whose delay is too long. */
    static UnsupportedCapabilityException delay(String place, Duration most, Duration wanted, Capabilities capable) {
        return new UnsupportedCapabilityException(
                "delay",
                "a delayed message to " + place,
                capable.broker(),
                "it can wait at most " + most + ", was " + wanted,
                most.isZero() ? "send it when it is due" : "send it later, or on with what is left when it is due");
    }

    /** A retry whose wait is too long. */
    static UnsupportedCapabilityException retry(String source, Duration most, Duration wanted, Capabilities capable) {
        return new UnsupportedCapabilityException(
                "retry",
                "a retry of " + source,
                capable.broker(),
                "it can wait at most " + most + ", was " + wanted,
                "shorten the wait, or let the last attempt dead-letter and redrive later");
    }

    /** A time under lease that is too long. */
    static UnsupportedCapabilityException lease(String option, String place, Duration wanted, Capabilities capable) {
        return new UnsupportedCapabilityException(
                "leases",
                option + " of " + place,
                capable.broker(),
                "a delivery may stay unsettled for at most " + capable.maxLease() + ", was " + wanted,
                "shorten " + option + ", or ack early and go on by a message of your own");
    }

    /** Priority for a destination that has one level. */
    static UnsupportedCapabilityException noLevels(String place, int wanted, Capabilities capable) {
        return new UnsupportedCapabilityException(
                "priority",
                "priority " + wanted + " for " + place,
                capable.broker(),
                "the destination has no priorities",
                "declare it with priorities(n)");
    }

    /** More levels of priority than deliveries. */
    static UnsupportedCapabilityException levels(String place, int levels, int prefetch, Capabilities capable) {
        return new UnsupportedCapabilityException(
                "priority",
                levels + " priorities of " + place,
                capable.broker(),
                "they are lanes there, and prefetch must be at least their number, was " + prefetch,
                "set prefetch to " + levels + " or more");
    }

    private static String row(Capability capability) {
        return switch (capability) {
            case GROUPS -> "topics";
            case LANES -> "ordered by key";
            case HISTORY -> "replay";
            case PATTERN -> "topic patterns";
            case PRIORITY -> "priority";
            case HEADER_FILTER -> "header filters";
            case BROWSE -> "browse";
            case RENEW -> "leases";
            case NOTE_ATTEMPTS -> "retry";
            case ATOMIC_MOVE -> "dead letters";
            case SEND_ORDER, KEY_HOLD -> "ordered by key";
        };
    }

    private static String remedy(Capability capability) {
        return switch (capability) {
            case GROUPS -> "send to a queue for each receiver, or use a broker with topics";
            case LANES -> "leave out ordered() if order is not needed, or use a broker that keeps it";
            case HISTORY -> "leave out retained() and the start of the group, or use a broker that keeps history";
            case PATTERN -> "subscribe to each topic by its name";
            default -> "look at explain() for what this broker does";
        };
    }
}
