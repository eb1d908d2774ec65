package dev.transload.mq.tck;

import static java.util.Objects.requireNonNull;

import dev.transload.mq.Group;
import dev.transload.mq.Queue;
import dev.transload.mq.Source;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;

/**
 * What the history of one source is held against: what the broker and the subscription promise, and what the case must
 * have exercised for the verdict to mean anything. Immutable: each method returns a variant.
 *
 * @param source queue or group
 * @param destination queue or topic that its messages are sent to
 * @param joins whether only what is sent after the first consumer came is for this source
 * @param ordered messages of a key are handled one at a time, in the order of the sends
 * @param blocking a message that failed holds its key back
 * @param orderedSends sends that are tried again keep their place in their key's order
 * @param exactAttempts attempts are counted, not bounded
 * @param mostUnseen how many crashes may be missing from an exact count
 * @param mostSupposed how many crashes may be in an exact count that were none; in a bound, how many deliveries to those who
 *     had died before the send
 * @param durable confirmed messages survive what the case does to the broker
 * @param drained the case waited for all to be settled
 * @param rebalances a consumer that comes or goes takes deliveries from others
 * @param everyConsumerWorks consumers share the load, none stands by
 * @param repeats the broker may repeat a message for no reason
 * @param maxAttempts of the retry policy
 * @param leaseNanos time after which an open delivery is lost without a word, 0 for never
 * @param reachNanos how long before a fault an ack may have been, to be lost by it
 * @param clockErrorNanos by how much clocks that measure a delay may differ
 * @param stallNanos how long work may wait for an idle consumer
 * @param fenceNanos how long a fence may take, 0 for as long as the case lasted
 * @param recoveryNanos how long sends and deliveries may take to go on after a fault, 0 for any time
 * @param ids beginning of the ids of this run; others that the kit made are stragglers
 * @param minSends messages there must be
 * @param minPerKey messages each key must have
 * @param needs what must have happened
 */
record Judge(
        String source,
        String destination,
        boolean joins,
        boolean ordered,
        boolean blocking,
        boolean orderedSends,
        boolean exactAttempts,
        int mostUnseen,
        int mostSupposed,
        boolean durable,
        boolean drained,
        boolean rebalances,
        boolean everyConsumerWorks,
        boolean repeats,
        int maxAttempts,
        long leaseNanos,
        long reachNanos,
        long clockErrorNanos,
        long stallNanos,
        long fenceNanos,
        long recoveryNanos,
        String ids,
        int minSends,
        int minPerKey,
        Set<Need> needs) {

    /** Beginning of all ids that the kit makes. */
    static final String KIT = "tck:";

    Judge {
        requireNonNull(source, "source");
        requireNonNull(destination, "destination");
        requireNonNull(ids, "ids");
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be at least 1, was " + maxAttempts);
        }
        needs = Set.copyOf(needs);
    }

    /** What a history must have exercised; without it the verdict is worth nothing. */
    enum Need {
        /** Some message came again. */
        REDELIVERIES,
        /** Some message was set aside. */
        DEAD_LETTERS,
        /** Deliveries went to several consumers. */
        SEVERAL_CONSUMERS,
        /** Some key had several messages to be handed out at once. */
        CONTENTION,
        /** Something was broken. */
        FAULTS,
        /** A delivery was taken from its consumer. */
        INTERRUPTIONS
    }

    /** A queue, with the default retry policy and no more promises than its shape makes. */
    static Judge of(Queue<?> queue) {
        return of(queue.name(), queue.name(), false).shaped(queue);
    }

    /** A group that exists from its first consumer on. */
    static Judge of(Group<?> group) {
        return of(group.name(), group.topic(), true).shaped(group);
    }

    static Judge of(String source, String destination, boolean joins) {
        return new Draft(source, destination, joins).judge();
    }

    private Judge shaped(Source<?> of) {
        return of.shape().ordered() ? inOrder() : this;
    }

    /** The source is ordered by key. */
    Judge inOrder() {
        Draft d = new Draft(this);
        d.ordered = true;
        return d.judge();
    }

    /** A failed message leaves its key's order. */
    Judge failuresLetGo() {
        Draft d = new Draft(this);
        d.blocking = false;
        return d.judge();
    }

    /** A send that is tried again may land behind later ones of its key. */
    Judge unorderedSends() {
        Draft d = new Draft(this);
        d.orderedSends = false;
        return d.judge();
    }

    /** Attempts are exact. */
    Judge exact(boolean exact) {
        Draft d = new Draft(this);
        d.exactAttempts = exact;
        return d.judge();
    }

    /** A count of attempts may be off by so many after crashes. */
    Judge within(int unseen, int supposed) {
        Draft d = new Draft(this);
        d.mostUnseen = unseen;
        d.mostSupposed = supposed;
        return d.judge();
    }

    /** Confirmed messages do not survive what the case does to the broker. */
    Judge volatileBroker() {
        Draft d = new Draft(this);
        d.durable = false;
        return d.judge();
    }

    /** The case did not wait for everything to be settled. */
    Judge underWay() {
        Draft d = new Draft(this);
        d.drained = false;
        return d.judge();
    }

    /** Consumers that come and go take deliveries from others. */
    Judge rebalancing() {
        Draft d = new Draft(this);
        d.rebalances = true;
        return d.judge();
    }

    /** No consumer stands by. */
    Judge sharedByAll() {
        Draft d = new Draft(this);
        d.everyConsumerWorks = true;
        return d.judge();
    }

    /** The broker may repeat messages. */
    Judge mayRepeat() {
        Draft d = new Draft(this);
        d.repeats = true;
        return d.judge();
    }

    /** Attempts of the retry policy. */
    Judge attempts(int most) {
        Draft d = new Draft(this);
        d.maxAttempts = most;
        return d.judge();
    }

    /** An open delivery is lost without a word after that long. */
    Judge lease(Duration lease) {
        Draft d = new Draft(this);
        d.leaseNanos = lease.toNanos();
        return d.judge();
    }

    /** An ack may get lost by a fault up to that long after it. */
    Judge reach(Duration reach) {
        Draft d = new Draft(this);
        d.reachNanos = reach.toNanos();
        return d.judge();
    }

    /** Clocks may differ by that much. */
    Judge clockError(Duration error) {
        Draft d = new Draft(this);
        d.clockErrorNanos = error.toNanos();
        return d.judge();
    }

    /** Work may wait that long for an idle consumer. */
    Judge stall(Duration most) {
        Draft d = new Draft(this);
        d.stallNanos = most.toNanos();
        return d.judge();
    }

    /** A fence may take that long. */
    Judge fences(Duration most) {
        Draft d = new Draft(this);
        d.fenceNanos = most.toNanos();
        return d.judge();
    }

    /** After a fault sends and deliveries go on within that time. */
    Judge recovery(Duration most) {
        Draft d = new Draft(this);
        d.recoveryNanos = most.toNanos();
        return d.judge();
    }

    /** Ids of this run begin so. */
    Judge ids(String beginning) {
        Draft d = new Draft(this);
        d.ids = beginning;
        return d.judge();
    }

    /** Fewer messages show nothing. */
    Judge atLeast(int sends, int perKey) {
        Draft d = new Draft(this);
        d.minSends = sends;
        d.minPerKey = perKey;
        return d.judge();
    }

    /** Shows nothing unless all of that happened. */
    Judge needing(Need... more) {
        Draft d = new Draft(this);
        d.needs.addAll(Set.of(more));
        return d.judge();
    }

    /** All times that bound what must happen, stretched for a slow machine. */
    Judge slower(double factor) {
        Draft d = new Draft(this);
        d.reachNanos = (long) (reachNanos * factor);
        d.stallNanos = (long) (stallNanos * factor);
        d.fenceNanos = (long) (fenceNanos * factor);
        d.recoveryNanos = (long) (recoveryNanos * factor);
        return d.judge();
    }

    /** The mutable twin that the withers fill in. */
    private static final class Draft {
        private final String source;
        private final String destination;
        private final boolean joins;
        private boolean ordered;
        private boolean blocking = true;
        private boolean orderedSends = true;
        private boolean exactAttempts;
        private int mostUnseen;
        private int mostSupposed;
        private boolean durable = true;
        private boolean drained = true;
        private boolean rebalances;
        private boolean everyConsumerWorks;
        private boolean repeats;
        private int maxAttempts = 3;
        private long leaseNanos;
        private long reachNanos = Duration.ofSeconds(5).toNanos();
        private long clockErrorNanos = Duration.ofMillis(2).toNanos();
        private long stallNanos = Duration.ofSeconds(20).toNanos();
        private long fenceNanos;
        private long recoveryNanos;
        private String ids = "";
        private int minSends = 1;
        private int minPerKey;
        private final Set<Need> needs = EnumSet.noneOf(Need.class);

        Draft(String source, String destination, boolean joins) {
            this.source = source;
            this.destination = destination;
            this.joins = joins;
        }

        Draft(Judge j) {
            this(j.source, j.destination, j.joins);
            this.ordered = j.ordered;
            this.blocking = j.blocking;
            this.orderedSends = j.orderedSends;
            this.exactAttempts = j.exactAttempts;
            this.mostUnseen = j.mostUnseen;
            this.mostSupposed = j.mostSupposed;
            this.durable = j.durable;
            this.drained = j.drained;
            this.rebalances = j.rebalances;
            this.everyConsumerWorks = j.everyConsumerWorks;
            this.repeats = j.repeats;
            this.maxAttempts = j.maxAttempts;
            this.leaseNanos = j.leaseNanos;
            this.reachNanos = j.reachNanos;
            this.clockErrorNanos = j.clockErrorNanos;
            this.stallNanos = j.stallNanos;
            this.fenceNanos = j.fenceNanos;
            this.recoveryNanos = j.recoveryNanos;
            this.ids = j.ids;
            this.minSends = j.minSends;
            this.minPerKey = j.minPerKey;
            this.needs.addAll(j.needs);
        }

        Judge judge() {
            return new Judge(
                    source,
                    destination,
                    joins,
                    ordered,
                    blocking,
                    orderedSends,
                    exactAttempts,
                    mostUnseen,
                    mostSupposed,
                    durable,
                    drained,
                    rebalances,
                    everyConsumerWorks,
                    repeats,
                    maxAttempts,
                    leaseNanos,
                    reachNanos,
                    clockErrorNanos,
                    stallNanos,
                    fenceNanos,
                    recoveryNanos,
                    ids,
                    minSends,
                    minPerKey,
                    needs);
        }
    }
}
