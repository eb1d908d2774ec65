package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A history written by hand, one millisecond an event. Not thread-safe. */
final class Script {

    static final String Q = "q";

    private long millis;
    private final HistoryLog log = new HistoryLog(() -> ++millis * 1_000_000);
    private final Map<String, Long> calls = new HashMap<>();
    private final Map<String, Integer> attempts = new HashMap<>();
    private final Map<String, String> keys = new HashMap<>();

    List<HistoryEvent> events() {
        return log.events();
    }

    Verdict judged(Judge... judges) {
        return HistoryChecker.check(events(), judges);
    }

    Script pass(long more) {
        millis += more;
        return this;
    }

    // ---- sends

    Script sending(String id, String key) {
        return sending(id, key, "sender", 0);
    }

    Script sending(String id, String key, String sender, long delayMillis) {
        keys.put(id, key);
        log.sending(id, key, Q, sender, "#" + id, delayMillis * 1_000_000);
        return this;
    }

    Script confirmed(String id) {
        log.sent(id, Q);
        return this;
    }

    Script refused(String id) {
        log.notSent(id, Q, "no");
        return this;
    }

    Script unknown(String id) {
        log.sendUnknown(id, Q, "timeout");
        return this;
    }

    Script sent(String id) {
        return sending(id, "").confirmed(id);
    }

    Script sent(String id, String key) {
        return sending(id, key).confirmed(id);
    }

    // ---- deliveries, with the attempt that follows from those before

    Script delivered(String id) {
        return delivered(id, "c");
    }

    Script delivered(String id, String consumer) {
        return delivered(id, consumer, attempts.merge(id, 1, Integer::sum));
    }

    Script delivered(String id, String consumer, int attempt) {
        return delivered(id, consumer, attempt, attempt > 1, "#" + id, "");
    }

    Script delivered(String id, String consumer, int attempt, boolean redelivered, String digest, String lane) {
        attempts.put(id, attempt);
        calls.put(id, log.delivered(id, keys.getOrDefault(id, ""), Q, consumer, attempt, redelivered, digest, lane));
        return this;
    }

    /** Number of the last call of a message. */
    long call(String id) {
        return calls.get(id);
    }

    Script acked(String id) {
        return ended(Kind.ACKED, id, call(id));
    }

    Script failed(String id) {
        return ended(Kind.FAILED, id, call(id));
    }

    Script rejected(String id) {
        return ended(Kind.REJECTED, id, call(id));
    }

    Script dropped(String id) {
        return ended(Kind.DROPPED, id, call(id));
    }

    Script ended(Kind kind, String id, long call) {
        log.ended(kind, id, Q, call, "");
        return this;
    }

    Script handled(String id) {
        return delivered(id).acked(id);
    }

    Script handled(String id, String consumer) {
        return delivered(id, consumer).acked(id);
    }

    // ---- what clients tell

    Script retried(String id, long waitMillis) {
        log.retried(id, Q, "", waitMillis * 1_000_000);
        return this;
    }

    Script dead(String id, String reason) {
        log.deadLettered(id, Q, "", 0, "#" + id, reason);
        return this;
    }

    Script dead(String id, String reason, int attempts) {
        log.deadLettered(id, Q, "", attempts, "#" + id, reason);
        return this;
    }

    Script foundDead(String id, String reason, String digest) {
        log.foundDead(id, Q, 0, digest, reason);
        return this;
    }

    Script told(Kind kind, String id) {
        log.told(kind, id, Q, "", "");
        return this;
    }

    Script lost(String id, long call) {
        log.lost(id, Q, "c", call, "");
        return this;
    }

    Script redriven(String id) {
        attempts.put(id, 0);
        return told(Kind.REDRIVEN, id);
    }

    // ---- what interrupts

    Script fault(String what) {
        log.fault(Kind.FAULT_ON, what);
        return this;
    }

    Script healed(String what) {
        log.fault(Kind.FAULT_OFF, what);
        return this;
    }

    Script opened(String consumer) {
        return consumer(Kind.CONSUMER_OPENED, consumer);
    }

    Script consumer(Kind kind, String consumer) {
        log.consumer(kind, consumer, Q);
        return this;
    }

    Script fence(Kind kind, String id) {
        log.fence(kind, id, Q, "");
        return this;
    }

    Script depth(long messages) {
        log.depth(Q, messages);
        return this;
    }

    Script asked(Kind kind, String id, String who) {
        log.asked(kind, id, who, "");
        return this;
    }
}
