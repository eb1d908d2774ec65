package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds requests and claims against R1 to R4 and D1 to D4. Not thread-safe; for one use. */
final class RequestCheck {

    private final List<HistoryEvent> events;
    private final Findings findings;
    private final boolean ended;

    // ---- requests
    private final Map<String, Kind> outcomes = new LinkedHashMap<>();
    private final Set<String> answering = new HashSet<>();

    // ---- claims
    private final Map<String, String> owners = new HashMap<>();
    private final Map<String, Integer> takenOver = new HashMap<>();
    private final Map<String, Integer> effects = new HashMap<>();
    private final Set<String> done = new HashSet<>();
    private final Set<String> claimed = new HashSet<>();

    /** What was asked for, and whether the history is whole. */
    RequestCheck(List<HistoryEvent> events, Findings findings, boolean ended) {
        this.events = events;
        this.findings = findings;
        this.ended = ended;
    }

    void run() {
        for (int i = 0; i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            switch (e.kind()) {
                case REQUESTED -> outcomes.putIfAbsent(e.id(), Kind.REQUESTED);
                case ANSWERING -> answering.add(e.id());
                case REPLIED -> replied(e, i);
                case REQUEST_FAILED -> requestFailed(e, i);
                case CLAIMED -> claimed(e, i);
                case UNCLAIMED -> unclaimed(e);
                case EFFECT -> effect(e, i);
                case DONE -> done.add(e.id());
                case ACKED -> acked(e, i);
                default -> {}
            }
        }
        if (ended) {
            outcomes.forEach((id, outcome) -> {
                if (outcome == Kind.REQUESTED) {
                    add(Invariant.R1, id, -1, "request " + id + " never ended");
                }
            });
        }
    }

    private void replied(HistoryEvent e, int at) {
        Kind before = outcomes.put(e.id(), Kind.REPLIED);
        if (before == Kind.REQUEST_FAILED) {
            add(Invariant.R4, e.id(), at, "request " + e.id() + " had failed and then got a reply");
        } else if (before == Kind.REPLIED) {
            add(Invariant.R1, e.id(), at, "request " + e.id() + " got two replies");
        }
        if (!e.who().isEmpty() && !e.who().equals(e.id())) {
            add(Invariant.R2, e.id(), at, "request " + e.id() + " got the reply to " + e.who());
        } else if (!answering.contains(e.id())) {
            add(Invariant.R3, e.id(), at, "request " + e.id() + " got a reply and no responder was called for it");
        }
    }

    private void requestFailed(HistoryEvent e, int at) {
        Kind before = outcomes.put(e.id(), Kind.REQUEST_FAILED);
        if (before == Kind.REPLIED || before == Kind.REQUEST_FAILED) {
            add(Invariant.R1, e.id(), at, "request " + e.id() + " ended twice");
        }
    }

    private void claimed(HistoryEvent e, int at) {
        claimed.add(e.id());
        if (done.contains(e.id())) {
            add(Invariant.D4, e.id(), at, e.id() + " was done and is claimed again by " + e.who());
        }
        String owner = owners.put(e.id(), e.who());
        if (owner != null && !owner.equals(e.who())) {
            add(Invariant.D3, e.id(), at, e.id() + " is claimed by " + e.who() + " while " + owner + " has it");
        }
    }

    private void unclaimed(HistoryEvent e) {
        if (e.who().equals(owners.get(e.id()))) {
            owners.remove(e.id());
            takenOver.merge(e.id(), 1, Integer::sum);
        }
    }

    private void effect(HistoryEvent e, int at) {
        int count = effects.merge(e.id(), 1, Integer::sum);
        if (count > 1 + takenOver.getOrDefault(e.id(), 0)) {
            add(Invariant.D1, e.id(), at, e.id() + " took effect " + count + " times");
        }
    }

    private void acked(HistoryEvent e, int at) {
        if (claimed.contains(e.id()) && !effects.containsKey(e.id())) {
            add(Invariant.D2, e.id(), at, e.id() + " was acked and took no effect");
        }
    }

    private void add(Invariant invariant, String id, int at, String text) {
        findings.add(invariant, "", id, null, at, text);
    }
}
