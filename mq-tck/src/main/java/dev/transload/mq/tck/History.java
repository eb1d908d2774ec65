package dev.transload.mq.tck;

import dev.transload.mq.Delivery;
import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import dev.transload.mq.tck.HistoryEvent.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * What happened in a case: shown when it fails, and held against a {@link Judge} where the case asks for it. As a
 * listener it writes down what the clients of the case tell. Thread-safe.
 */
final class History implements MqListener {

    private static final int SHOWN = 60;

    private final HistoryLog log;
    private final List<Judge> judges = new CopyOnWriteArrayList<>();
    private final Set<String> watched = ConcurrentHashMap.newKeySet();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();
    private final AtomicInteger stragglers = new AtomicInteger();
    private final AtomicInteger duplicates = new AtomicInteger();
    private final AtomicInteger bypassed = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicInteger leasesLost = new AtomicInteger();
    private final AtomicInteger expired = new AtomicInteger();
    private final AtomicInteger discarded = new AtomicInteger();
    private final AtomicInteger deadLettered = new AtomicInteger();

    /** A history on a clock that only grows. */
    History(LongSupplier nanos) {
        this.log = new HistoryLog(nanos);
    }

    /** What is written down. */
    HistoryLog log() {
        return log;
    }

    /** Says something to readers. */
    void add(String line) {
        log.note(line);
    }

    /** The last events, as text. */
    List<String> lines() {
        return log.last(SHOWN).stream().map(HistoryEvent::toString).toList();
    }

    // ---- faults

    /** Something is about to be broken; until {@link #recovered} it may explain what comes twice. */
    void breaking(String what) {
        if (broken.add(what)) {
            log.fault(Kind.FAULT_ON, what);
        }
    }

    /** All that was broken is whole, and every client has its connection and its subscriptions back. */
    void recovered() {
        for (String what : List.copyOf(broken)) {
            if (broken.remove(what)) {
                log.fault(Kind.FAULT_OFF, what);
            }
        }
    }

    // ---- judgement

    /**
     * Holds all that happened so far against what sources promise, and returns it in numbers.
     *
     * @throws Unsound if something happened that may not
     * @throws Inconclusive if nothing of the kind could have been seen
     */
    Verdict assertSound(Judge... against) {
        judges.clear();
        judges.addAll(List.of(against));
        if (log.leftOut() > 0) {
            throw new Inconclusive("the history is longer than " + HistoryLog.MOST + " events");
        }
        Verdict verdict = HistoryChecker.check(log.events(), against);
        stragglers.set(
                verdict.measures().stream().mapToInt(Measures::stragglers).sum());
        if (!verdict.sound()) {
            throw new Unsound(verdict);
        }
        if (!verdict.inconclusive().isEmpty()) {
            throw new Inconclusive(String.join("; ", verdict.inconclusive()) + "\n" + verdict.report());
        }
        return verdict;
    }

    /** How many deliveries of other cases and runs the last judgement found, and left out. */
    int stragglers() {
        return stragglers.get();
    }

    /** All of it, to be stored. */
    HistoryFile file(String name, long seed) {
        return new HistoryFile(name, Long.toString(seed), judges, log.events());
    }

    // ---- what clients tell

    /** A listener for one subscription, that knows its source and the name of its consumer. */
    MqListener of(String source, String consumer) {
        watched.add(source);
        return new Ear(source, consumer);
    }

    int duplicatesSkipped() {
        return duplicates.get();
    }

    int bypassed() {
        return bypassed.get();
    }

    int leasesLost() {
        return leasesLost.get();
    }

    int repliesDropped() {
        return dropped.get();
    }

    int expired() {
        return expired.get();
    }

    int discarded() {
        return discarded.get();
    }

    int deadLettered() {
        return deadLettered.get();
    }

    // What happens at a watched source is written down by the listener of the subscription, which knows more.
    private void tell(Kind kind, String source, Message message, String why) {
        if (!watched.contains(source)) {
            log.told(kind, message.id(), source, "", why);
        }
    }

    @Override
    public void sent(String destination, String id) {
        if (!watched.contains(destination)) {
            add("sent: " + id + " to " + destination);
        }
    }

    @Override
    public void sendFailed(String destination, String id, Throwable cause) {
        add("send failed: " + id + " to " + destination + ": " + cause);
    }

    @Override
    public void retried(Delivery<?> delivery, Duration delay) {
        if (!watched.contains(delivery.destination())) {
            log.retried(delivery.id(), delivery.destination(), "", delay.toNanos());
        }
    }

    @Override
    public void deadLettered(String source, Message message, Failure failure) {
        deadLettered.incrementAndGet();
        if (!watched.contains(source)) {
            log.deadLettered(
                    message.id(),
                    source,
                    "",
                    failure.attempts(),
                    "",
                    failure.reason().name());
        }
    }

    @Override
    public void discarded(String source, Message message, String why) {
        discarded.incrementAndGet();
        tell(Kind.DISCARDED, source, message, why);
    }

    @Override
    public void expired(String source, Message message) {
        expired.incrementAndGet();
        tell(Kind.EXPIRED, source, message, "");
    }

    @Override
    public void duplicateSkipped(String source, Message message) {
        duplicates.incrementAndGet();
        tell(Kind.SKIPPED, source, message, "");
    }

    @Override
    public void idempotencyBypassed(String source, Message message, String why) {
        bypassed.incrementAndGet();
        add("idempotency bypassed: " + message.id() + " of " + source + ": " + why);
    }

    @Override
    public void leaseLost(String source, Message message, String why) {
        leasesLost.incrementAndGet();
        tell(Kind.LEASE_LOST, source, message, why);
    }

    @Override
    public void replyDropped(String correlationId, String why) {
        dropped.incrementAndGet();
        add("reply dropped: " + correlationId + ": " + why);
    }

    @Override
    public void reconnecting(String why) {
        log.connection(Kind.RECONNECTING, "", why);
    }

    @Override
    public void reconnected() {
        log.connection(Kind.RECONNECTED, "", "");
    }

    @Override
    public void subscriptionFailed(String source, Throwable cause) {
        add("subscription failed: " + source + ": " + cause);
    }

    /** Writes down what is told of one subscription. */
    private final class Ear implements MqListener {
        private final String source;
        private final String consumer;

        Ear(String source, String consumer) {
            this.source = source;
            this.consumer = consumer;
        }

        @Override
        public void retried(Delivery<?> delivery, Duration delay) {
            log.retried(delivery.id(), source, consumer, delay.toNanos());
        }

        @Override
        public void deadLettered(String from, Message message, Failure failure) {
            log.deadLettered(
                    message.id(),
                    source,
                    consumer,
                    failure.attempts(),
                    Digests.ofMessage(message),
                    failure.reason().name());
        }

        @Override
        public void discarded(String from, Message message, String why) {
            log.told(Kind.DISCARDED, message.id(), source, consumer, why);
        }

        @Override
        public void expired(String from, Message message) {
            log.told(Kind.EXPIRED, message.id(), source, consumer, "");
        }

        @Override
        public void duplicateSkipped(String from, Message message) {
            log.told(Kind.SKIPPED, message.id(), source, consumer, "");
        }

        @Override
        public void leaseLost(String from, Message message, String why) {
            log.told(Kind.LEASE_LOST, message.id(), source, consumer, why);
        }
    }
}
