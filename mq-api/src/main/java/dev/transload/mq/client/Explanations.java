package dev.transload.mq.client;

import dev.transload.mq.Explanation;
import dev.transload.mq.Explanation.Feature;
import dev.transload.mq.Explanation.Limit;
import dev.transload.mq.Explanation.Support;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Counting;
import dev.transload.mq.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Says, feature by feature, what is done by the connected broker, what by the engine, and what is refused. The rules
 * are those by which the engine acts; a change there is a change here.
 */
final class Explanations {

    private static final int MOST_PRIORITIES = 10;

    private final Capabilities plain;
    private final Capabilities ordered;
    private final Capabilities leveled;
    private final Capabilities retained;
    private final Function<Capabilities, Duration> maxDelay;
    private final List<Feature> features = new ArrayList<>();
    private final List<Limit> limits = new ArrayList<>();

    private Explanations(Transport transport, Function<Capabilities, Duration> maxDelay) {
        this.plain = transport.capabilities(Shape.PLAIN);
        this.ordered = transport.capabilities(new Shape(true, 0, 1, null));
        this.leveled = transport.capabilities(new Shape(false, 0, MOST_PRIORITIES, null));
        this.retained = transport.capabilities(new Shape(false, 0, 1, Duration.ofDays(7)));
        this.maxDelay = maxDelay;
    }

    /**
     * Explains an open transport without I/O.
     *
     * @param maxDelay longest delay of a send to places of some capabilities, by the broker or by the engine's lanes
     */
    static Explanation of(String scheme, Transport transport, Function<Capabilities, Duration> maxDelay) {
        Explanations table = new Explanations(transport, maxDelay);
        table.destinations();
        table.timing();
        table.failing();
        table.rest();
        table.limits();
        Capabilities plain = table.plain;
        return new Explanation(
                scheme, plain.broker(), plain.durability(), plain.warnings(), table.features, table.limits);
    }

    private void destinations() {
        String each = "each message goes to one of the competing consumers";
        String competing = plain.anyOrder().isEmpty() ? each : sentence("IN ANY ORDER: " + each, plain.anyOrder());
        add(
                "queues",
                Support.NATIVE,
                plain.sharedByLanes().isEmpty()
                        ? competing
                        : sentence(
                                "BY LANES: " + competing + ", each of which has whole lanes and all that waits there",
                                plain.sharedByLanes()));
        byBroker("topics", plain, Capability.GROUPS);
        byBroker("ephemeral groups", plain, Capability.GROUPS);
        if (ordered.has(Capability.LANES)) {
            String holds = ordered.has(Capability.KEY_HOLD)
                    ? "the broker holds a key whose message waits"
                    : "a key whose message waits is held by the client, as is what comes after, up to the prefetch"
                            + (ordered.maxInFlightSpan() == Integer.MAX_VALUE
                                    ? ""
                                    : " and at most " + number(ordered.maxInFlightSpan()) + " messages of a lane");
            add("ordered by key", Support.NATIVE, sentence(ordered.note(Capability.LANES), holds));
        } else {
            add("ordered by key", Support.REFUSED, ordered.refusal(Capability.LANES));
        }
        byBroker("topic patterns", plain, Capability.PATTERN);
        if (plain.has(Capability.HEADER_FILTER) || !plain.has(Capability.GROUPS)) {
            byBroker(
                    "header filters",
                    plain,
                    plain.has(Capability.GROUPS) ? Capability.HEADER_FILTER : Capability.GROUPS);
        } else {
            add("header filters", Support.EMULATED, "the engine filters: what does not match is received and acked");
        }
        byBroker("replay", retained, Capability.HISTORY);
    }

    private void timing() {
        Duration most = maxDelay.apply(plain);
        Duration mostOrdered = maxDelay.apply(ordered);
        String inOrder = "";
        if (ordered.has(Capability.LANES) && !mostOrdered.equals(most)) {
            inOrder = mostOrdered.isZero()
                    ? "not on ordered destinations"
                    : "on ordered destinations up to " + text(mostOrdered);
        }
        if (most.isZero()) {
            add("delay", Support.REFUSED, "the broker cannot hold a message back");
        } else if (most.compareTo(plain.maxSendDelay()) <= 0) {
            add("delay", Support.NATIVE, sentence(plain.delayNote(), "up to " + text(most), inOrder));
        } else {
            String direct = plain.maxSendDelay().isZero()
                    ? plain.delayNote()
                    : "by the broker up to " + text(plain.maxSendDelay());
            add("delay", Support.EMULATED, sentence("over delay lanes, up to " + text(most), direct, inOrder));
        }
        add(
                "ttl",
                Support.EMULATED,
                "counts from the send; judged by the engine before the handler and before each retry");
        if (leveled.has(Capability.PRIORITY)) {
            add("priority", Support.NATIVE, leveled.note(Capability.PRIORITY));
        } else {
            add("priority", Support.EMULATED, "a place for each level, received together; weighted 1:2:4 and so on");
        }
        add(
                "leases",
                Support.NATIVE,
                plain.has(Capability.RENEW)
                        ? sentence(
                                plain.note(Capability.RENEW),
                                "renewed while a delivery is buffered or handled, up to " + text(plain.maxLease()))
                        : "not renewed: maxProcessingTime must be below " + text(plain.maxLease()));
    }

    // The kit reads the numbers.
    private static String exactly(Counting counting) {
        String begun = "EXACT: only deliveries whose handler had begun are counted";
        if (counting.mostUnseen() == 0 && counting.mostSupposed() == 0) {
            return begun;
        }
        return begun + ", save that after a crash it may be " + counting.mostUnseen() + " too few or "
                + counting.mostSupposed() + " too many";
    }

    private static String bounding(Counting counting) {
        String bound =
                "UPPER BOUND: failures are exact; crashes are inferred from deliveries without an outcome, which may"
                        + " have been only prefetched or given back";
        return counting.mostSupposed() == 0
                ? bound
                : bound + ", or made to a process that had died before the message was sent, which is "
                        + counting.mostSupposed() + " too many";
    }

    private void failing() {
        Duration most = maxDelay.apply(plain);
        String inOrder = ordered.has(Capability.LANES) ? "in order the key waits with its message" : "";
        if (plain.has(Capability.NOTE_ATTEMPTS) && !plain.maxReleaseDelay().isZero()) {
            add(
                    "retry",
                    Support.NATIVE,
                    sentence(
                            plain.note(Capability.NOTE_ATTEMPTS),
                            "waits up to " + text(plain.maxReleaseDelay()) + " in its place",
                            inOrder));
        } else {
            String waits = most.isZero() ? "without a wait" : "waits up to " + text(most);
            add("retry", Support.EMULATED, sentence("a copy is sent, then the original acked", waits, inOrder));
        }
        boolean exact = plain.counting().exact();
        add(
                "attempts",
                exact ? Support.NATIVE : Support.EMULATED,
                exact ? exactly(plain.counting()) : bounding(plain.counting()));
        add(
                "crash isolation",
                exact ? Support.NATIVE : Support.EMULATED,
                exact
                        ? "a message that may have killed as many processes as it has attempts runs once more in place, with no"
                                + " other handler of its subscription"
                        : "a message that may have killed as many processes as it has attempts runs once more alone,"
                                + " over a place of its own");
        boolean atomic = plain.has(Capability.ATOMIC_MOVE);
        String backstop = plain.counting().limit() == Integer.MAX_VALUE
                ? ""
                : "the broker's own backstop is " + plain.counting().limit() + " deliveries";
        add(
                "dead letters",
                atomic ? Support.NATIVE : Support.EMULATED,
                atomic
                        ? sentence(plain.note(Capability.ATOMIC_MOVE), backstop)
                        : sentence("sent, then the original acked: a crash in between leaves two of one id", backstop));
        add("redrive", Support.EMULATED, "sent back to the queue or to the group alone, then acked");
        if (plain.has(Capability.BROWSE)) {
            add("browse", Support.NATIVE, plain.note(Capability.BROWSE));
        } else {
            add(
                    "browse",
                    Support.EMULATED,
                    "dead letters are taken and given back: two who browse at once do not see each other's");
        }
    }

    private void rest() {
        add(
                "request/reply",
                Support.EMULATED,
                plain.volatileReplies()
                        ? "an inbox for each client that ends with its connection: pending requests fail at once then"
                        : "an inbox for each client that outlives a lost connection");
        add("idempotency", Support.EMULATED, "by the engine, with the store that the subscription names");
        add(
                "depth",
                Support.NATIVE,
                plain.exactDepth() ? "exact when nothing moves" : "approximate, as the broker tells it");
    }

    private void limits() {
        limit("payload, bytes", c -> number(c.limits().payload()));
        limit("headers, bytes", c -> number(c.limits().headers()));
        limit("headers", c -> number(c.limits().headerCount()));
        limit("name, characters", c -> number(c.limits().name()));
        limit("delay", c -> maxDelay.apply(c).isZero() ? "none" : text(maxDelay.apply(c)));
        limit("unsettled", c -> text(c.maxLease()));
        limit("span of a lane, messages", c -> number(c.maxInFlightSpan()));
        limit("retention", c -> c.retention().isZero() ? "for ever" : text(c.retention()));
        limit("deliveries by the broker", c -> number(c.counting().limit()));
    }

    private void limit(String name, Function<Capabilities, String> of) {
        String usual = of.apply(plain);
        String inOrder = of.apply(ordered);
        boolean differs = ordered.has(Capability.LANES) && !inOrder.equals(usual);
        limits.add(new Limit(name, differs ? usual + ", ordered: " + inOrder : usual));
    }

    private void byBroker(String feature, Capabilities capable, Capability capability) {
        if (capable.has(capability)) {
            add(feature, Support.NATIVE, capable.note(capability));
        } else {
            add(feature, Support.REFUSED, capable.refusal(capability));
        }
    }

    private void add(String feature, Support support, String how) {
        features.add(new Feature(feature, support, how));
    }

    private static String sentence(String... parts) {
        return String.join(
                "; ", List.of(parts).stream().filter(part -> !part.isBlank()).toList());
    }

    private static String number(int n) {
        return n == Integer.MAX_VALUE ? "no limit" : String.format(Locale.ROOT, "%,d", n);
    }

    /** A duration for people, rounded down: {@code 12 h}, {@code 15 min}. */
    private static String text(Duration duration) {
        if (duration.toDays() >= 2) {
            return duration.toDays() + " d";
        }
        if (duration.toHours() >= 2) {
            return duration.toHours() + " h";
        }
        if (duration.toMinutes() >= 2) {
            return duration.toMinutes() + " min";
        }
        return duration.toSeconds() >= 2 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }
}
