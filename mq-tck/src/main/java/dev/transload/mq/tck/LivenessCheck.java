package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Holds the pace of one source against L1, L2, L3 and L5. Not thread-safe; for one use. */
final class LivenessCheck {

    private final List<HistoryEvent> events;
    private final Judge judge;
    private final Timeline timeline;
    private final Findings findings;
    private final Map<String, MessageStory> stories;
    private final List<Long> recoveries = new ArrayList<>();

    // ---- the source as it is at the event that is looked at
    private final Set<String> waiting = new LinkedHashSet<>();
    private final Set<String> retrying = new HashSet<>();
    private final Set<Long> running = new HashSet<>();
    private final Set<String> consumers = new LinkedHashSet<>();
    private final Set<String> seen = new HashSet<>();
    private final Set<String> broken = new HashSet<>();
    private boolean consumersTold;
    private long idleSince = -1;

    LivenessCheck(
            List<HistoryEvent> events,
            Judge judge,
            Timeline timeline,
            Findings findings,
            Map<String, MessageStory> stories) {
        this.events = events;
        this.judge = judge;
        this.timeline = timeline;
        this.findings = findings;
        this.stories = stories;
    }

    LivenessCheck run() {
        fences();
        progress();
        recoveries();
        if (judge.everyConsumerWorks()) {
            everyConsumer();
        }
        return this;
    }

    /** How long after each fault the first send was confirmed and the first message delivered, in nanoseconds. */
    List<Long> recoveryNanos() {
        return recoveries;
    }

    // ---- L1

    private void fences() {
        Map<String, Integer> pending = new LinkedHashMap<>();
        for (int i = 0; i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            if (e.kind() == Kind.FENCE_SENT && ours(e)) {
                pending.put(e.id(), i);
            } else if (e.kind() == Kind.FENCE_HANDLED && ours(e)) {
                Integer sent = pending.remove(e.id());
                if (sent != null && judge.fenceNanos() > 0 && e.at() - timeline.at(sent) > judge.fenceNanos()) {
                    long took = (e.at() - timeline.at(sent)) / 1_000_000;
                    fence(e.id(), i, "took " + took + " ms of at most " + judge.fenceNanos() / 1_000_000);
                }
            }
        }
        if (judge.drained()) {
            pending.keySet().forEach(id -> fence(id, -1, "was never handled"));
        }
    }

    private void fence(String id, int at, String text) {
        findings.add(Invariant.L1, judge.source(), id, null, at, "fence " + id + " " + text);
    }

    private boolean ours(HistoryEvent e) {
        return e.place().equals(judge.source()) || e.place().equals(judge.destination());
    }

    // ---- L2

    private void progress() {
        for (int i = 0; i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            if (idleSince >= 0 && e.at() - idleSince > judge.stallNanos()) {
                String first = waiting.iterator().next();
                findings.add(
                        Invariant.L2,
                        judge.source(),
                        first,
                        null,
                        i,
                        judge.source() + " had " + waiting.size() + " messages, " + first + " the first of them, and "
                                + "an idle consumer, and for " + (e.at() - idleSince) / 1_000_000
                                + " ms nothing was delivered");
                idleSince = e.at();
            }
            if (follow(e)) {
                boolean idle = running.isEmpty()
                        && !waiting.isEmpty()
                        && (!judge.ordered() || retrying.isEmpty())
                        && broken.isEmpty()
                        && (consumersTold ? !consumers.isEmpty() : !seen.isEmpty());
                idleSince = idle ? e.at() : -1;
            }
        }
    }

    // Returns whether the event says something about the pace.
    private boolean follow(HistoryEvent e) {
        switch (e.kind()) {
            case FAULT_ON -> broken.add(e.id());
            case FAULT_OFF -> broken.remove(e.id());
            case SENT -> {
                return e.place().equals(judge.destination()) && sent(e);
            }
            case CONSUMER_KILLED, CONSUMER_CLOSING, CONSUMER_CLOSED -> consumers.remove(e.who());
            default -> {
                return e.place().equals(judge.source()) && followSource(e);
            }
        }
        return true;
    }

    // A message that is confirmed while others wait does not make those wait less.
    private boolean sent(HistoryEvent e) {
        MessageStory story = stories.get(e.id());
        if (story == null || seen.contains(e.id()) || story.delayNanos > 0) {
            return false;
        }
        if (findings.has(Invariant.I1, judge.source(), e.id())) {
            return false; // nobody waits for what is lost
        }
        if (story.calls.isEmpty() && story.settledAt != Timeline.NEVER) {
            return false; // expired or set aside without a handler
        }
        if (judge.joins() && story.firstSending < timeline.opened(judge.source())) {
            return false;
        }
        boolean first = waiting.isEmpty();
        waiting.add(e.id());
        return first;
    }

    private boolean followSource(HistoryEvent e) {
        switch (e.kind()) {
            case DELIVERED -> {
                seen.add(e.id());
                waiting.remove(e.id());
                retrying.remove(e.id());
                running.add(e.call());
            }
            case ACKED, REJECTED, DROPPED -> running.remove(e.call());
            case FAILED -> {
                running.remove(e.call());
                retrying.add(e.id());
            }
            case DEAD_LETTERED, EXPIRED, SKIPPED, DISCARDED -> {
                waiting.remove(e.id());
                retrying.remove(e.id());
            }
            case CONSUMER_OPENED -> {
                consumersTold = true;
                consumers.add(e.who());
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    // ---- L3

    private void recoveries() {
        for (Timeline.Fault fault : timeline.faults()) {
            if (fault.to() == Timeline.NEVER) {
                continue;
            }
            long sent = first(fault, Kind.SENT, judge.destination());
            long delivered = first(fault, Kind.DELIVERED, judge.source());
            if (sent < 0 || delivered < 0) {
                continue; // nothing more was to be done, which other rules look at
            }
            long took = Math.max(sent, delivered);
            recoveries.add(took);
            if (judge.recoveryNanos() > 0 && took > judge.recoveryNanos()) {
                findings.add(
                        Invariant.L3,
                        judge.source(),
                        fault.what(),
                        null,
                        fault.to(),
                        "after " + fault.what() + " it took " + took / 1_000_000 + " ms of at most "
                                + judge.recoveryNanos() / 1_000_000 + " until sends and deliveries went on");
            }
        }
    }

    private long first(Timeline.Fault fault, Kind kind, String place) {
        for (int i = fault.to(); i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            if (e.kind() == kind && e.place().equals(place)) {
                return e.at() - fault.toAt();
            }
        }
        return -1;
    }

    // ---- L5

    private void everyConsumer() {
        int from = timeline.faults().isEmpty()
                ? 0
                : timeline.faults().get(timeline.faults().size() - 1).to();
        Set<String> idle = new LinkedHashSet<>();
        int deliveries = 0;
        for (int i = 0; i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            if (!e.place().equals(judge.source())) {
                continue;
            }
            switch (e.kind()) {
                case CONSUMER_OPENED -> idle.add(e.who());
                case CONSUMER_CLOSING, CONSUMER_CLOSED, CONSUMER_KILLED -> idle.remove(e.who());
                case DELIVERED -> {
                    if (i >= from) {
                        deliveries++;
                        idle.remove(e.who());
                    }
                }
                default -> {}
            }
        }
        for (String consumer : idle) {
            if (deliveries >= 100) {
                findings.add(
                        Invariant.L5,
                        judge.source(),
                        consumer,
                        null,
                        -1,
                        consumer + " got none of the last " + deliveries + " deliveries of " + judge.source());
            }
        }
    }
}
