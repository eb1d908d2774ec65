package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Writes events down in the one order in which they happened. Who causes something writes it down before, who is told
 * of something writes it down at once. Thread-safe.
 */
final class HistoryLog {

    /** Events kept at most; a longer history cannot be judged. */
    static final int MOST = 2_000_000;

    private final LongSupplier nanos;
    private final int most;
    private final Lock lock = new ReentrantLock();
    private final List<HistoryEvent> events = new ArrayList<>();
    private long calls;
    private long leftOut;

    /** A log on a clock that only grows. */
    HistoryLog(LongSupplier nanos) {
        this(nanos, MOST);
    }

    HistoryLog(LongSupplier nanos, int most) {
        this.nanos = nanos;
        this.most = most;
    }

    private void add(Draft draft) {
        lock.lock();
        try {
            write(draft);
        } finally {
            lock.unlock();
        }
    }

    // With the lock held: the clock is read inside, so that times grow with the order.
    private void write(Draft d) {
        if (events.size() == most) {
            leftOut++;
            return;
        }
        events.add(new HistoryEvent(
                nanos.getAsLong(),
                d.kind,
                d.id,
                d.key,
                d.place,
                d.who,
                d.call,
                d.attempt,
                d.redelivered,
                d.digest,
                d.nanos,
                d.why));
    }

    /** All events so far, in their order. */
    List<HistoryEvent> events() {
        lock.lock();
        try {
            return new ArrayList<>(events);
        } finally {
            lock.unlock();
        }
    }

    /** The last events, in their order. */
    List<HistoryEvent> last(int count) {
        lock.lock();
        try {
            return new ArrayList<>(events.subList(Math.max(0, events.size() - count), events.size()));
        } finally {
            lock.unlock();
        }
    }

    /** Events that found no room. */
    long leftOut() {
        lock.lock();
        try {
            return leftOut;
        } finally {
            lock.unlock();
        }
    }

    // ---- sends

    void sending(String id, String key, String destination, String sender, String digest, long delayNanos) {
        Draft d = new Draft(Kind.SENDING, id, destination);
        d.key = key;
        d.who = sender;
        d.digest = digest;
        d.nanos = delayNanos;
        add(d);
    }

    void sent(String id, String destination) {
        add(new Draft(Kind.SENT, id, destination));
    }

    void notSent(String id, String destination, String why) {
        add(new Draft(Kind.NOT_SENT, id, destination).why(why));
    }

    void sendUnknown(String id, String destination, String why) {
        add(new Draft(Kind.SEND_UNKNOWN, id, destination).why(why));
    }

    // ---- handler calls

    /** A handler was called, for a delivery of the named lane or of none. Returns the number of the call. */
    long delivered(
            String id,
            String key,
            String source,
            String consumer,
            int attempt,
            boolean redelivered,
            String digest,
            String lane) {
        Draft d = new Draft(Kind.DELIVERED, id, source).why(lane);
        d.key = key;
        d.who = consumer;
        d.attempt = attempt;
        d.redelivered = redelivered;
        d.digest = digest;
        lock.lock();
        try {
            d.call = ++calls;
            write(d);
            return d.call;
        } finally {
            lock.unlock();
        }
    }

    /** How a handler call ends: {@code ACKED}, {@code FAILED}, {@code REJECTED} or {@code DROPPED}. */
    void ended(Kind kind, String id, String source, long call, String why) {
        Draft d = new Draft(kind, id, source).why(why);
        d.call = call;
        add(d);
    }

    // ---- what clients tell

    void retried(String id, String source, String client, long waitNanos) {
        Draft d = new Draft(Kind.RETRIED, id, source).who(client);
        d.nanos = waitNanos;
        add(d);
    }

    /** Set aside, with the number of attempts that the record states, and its reason. */
    void deadLettered(String id, String source, String client, int attempts, String digest, String reason) {
        Draft d = new Draft(Kind.DEAD_LETTERED, id, source).who(client).why(reason);
        d.attempt = attempts;
        d.digest = digest;
        add(d);
    }

    /** Seen among the dead letters. */
    void foundDead(String id, String source, int attempts, String digest, String reason) {
        Draft d = new Draft(Kind.FOUND_DEAD, id, source).why(reason);
        d.attempt = attempts;
        d.digest = digest;
        add(d);
    }

    /** What happened to one message at a source, with nothing more to it. */
    void told(Kind kind, String id, String source, String who, String why) {
        add(new Draft(kind, id, source).who(who).why(why));
    }

    /** A handler call lost its delivery. */
    void lost(String id, String source, String consumer, long call, String why) {
        Draft d = new Draft(Kind.LEASE_LOST, id, source).who(consumer).why(why);
        d.call = call;
        add(d);
    }

    // ---- consumers, faults, fences

    void consumer(Kind kind, String consumer, String source) {
        add(new Draft(kind, "", source).who(consumer));
    }

    void fault(Kind kind, String what) {
        add(new Draft(kind, what, ""));
    }

    void connection(Kind kind, String client, String why) {
        add(new Draft(kind, "", "").who(client).why(why));
    }

    void fence(Kind kind, String id, String place, String lane) {
        add(new Draft(kind, id, place).key(lane));
    }

    void depth(String source, long messages) {
        Draft d = new Draft(Kind.DEPTH, "", source);
        d.nanos = messages;
        add(d);
    }

    // ---- requests and claims

    /** What happened to a request or to a claim; {@code who} is the request a value names, or the claim's owner. */
    void asked(Kind kind, String id, String who, String why) {
        add(new Draft(kind, id, "").who(who).why(why));
    }

    /** Something for readers only. */
    void note(String text) {
        add(new Draft(Kind.NOTE, "", "").why(text));
    }

    /** An event that is not written yet. */
    private static final class Draft {
        private final Kind kind;
        private final String id;
        private final String place;
        private String key = "";
        private String who = "";
        private long call;
        private int attempt;
        private boolean redelivered;
        private String digest = "";
        private long nanos;
        private String why = "";

        Draft(Kind kind, String id, String place) {
            this.kind = kind;
            this.id = id;
            this.place = place;
        }

        Draft who(String name) {
            this.who = name;
            return this;
        }

        Draft key(String name) {
            this.key = name;
            return this;
        }

        Draft why(String text) {
            this.why = text;
            return this;
        }
    }
}
