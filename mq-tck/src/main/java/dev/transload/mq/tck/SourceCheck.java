package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import dev.transload.mq.tck.MessageStory.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows every message of one source and holds its deliveries against I1 to I13.
 *
 * <p>At its heart is a count of copies: a send makes one; a failed, interrupted or doubtfully acked handler call gives
 * one back, a delivery takes one. A delivery for which there is none has no justification.
 *
 * <p>Not thread-safe; for one use.
 */
final class SourceCheck {

    private final List<HistoryEvent> events;
    private final Judge judge;
    private final Timeline timeline;
    private final Findings findings;
    private final Copies copies;
    private final Map<String, MessageStory> stories = new HashMap<>();
    private final List<Call> calls = new ArrayList<>();
    private final Map<Long, Call> open = new HashMap<>();
    private long depth = -1;
    private int stragglers;
    private int justified;
    private int unjustified;

    SourceCheck(List<HistoryEvent> events, Judge judge, Timeline timeline, Findings findings) {
        this.events = events;
        this.judge = judge;
        this.timeline = timeline;
        this.findings = findings;
        this.copies = new Copies(judge, timeline);
    }

    /** Runs the check. */
    SourceCheck run() {
        readSends();
        for (int i = 0; i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            if (e.kind() == Kind.SENDING && e.place().equals(judge.destination())) {
                story(e.id()).copies++;
            } else if (e.kind() == Kind.CONSUMER_KILLED) {
                kill(e, i);
            } else if (e.place().equals(judge.source())) {
                take(e, i);
            }
        }
        new Conservation(judge, timeline, findings, events.size(), depth).check(stories.values());
        return this;
    }

    /** Every message of the source, by its id. */
    Map<String, MessageStory> stories() {
        return stories;
    }

    /** Every handler call, by its beginning. */
    List<Call> calls() {
        return calls;
    }

    Copies copies() {
        return copies;
    }

    /** Deliveries of other runs. */
    int stragglers() {
        return stragglers;
    }

    /** Deliveries after an ack that something explains. */
    int justified() {
        return justified;
    }

    /** Deliveries that nothing explains. */
    int unjustified() {
        return unjustified;
    }

    // How sends ended must be known before the deliveries are judged: a delivery may come before its confirm.
    private void readSends() {
        for (int i = 0; i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            if (!e.place().equals(judge.destination())) {
                continue;
            }
            switch (e.kind()) {
                case SENDING -> story(e.id()).sending(e, i);
                case SENT, NOT_SENT, SEND_UNKNOWN -> {
                    MessageStory story = stories.get(e.id());
                    if (story != null && story.sent()) {
                        story.sendEnded(e.kind(), i);
                    }
                }
                default -> {}
            }
        }
    }

    private MessageStory story(String id) {
        return stories.computeIfAbsent(id, MessageStory::new);
    }

    private void kill(HistoryEvent e, int at) {
        for (Call call : open.values()) {
            if (call.consumer.equals(e.who()) && call.lostAt > at) {
                call.story.killed += copies.interrupted(call, at - 1) ? 0 : 1;
                call.lostAt = at;
                if (call.story.killed > judge.maxAttempts() + 1) {
                    add(
                            Invariant.I10,
                            call.story,
                            at,
                            "has now ended " + call.story.killed + " processes, of at most "
                                    + (judge.maxAttempts() + 1));
                }
            }
        }
    }

    private void take(HistoryEvent e, int at) {
        switch (e.kind()) {
            case DELIVERED -> deliver(e, at);
            case ACKED, FAILED, REJECTED, DROPPED -> end(e, at);
            case RETRIED -> retried(e);
            case LEASE_LOST -> lost(e, at);
            case DEAD_LETTERED, FOUND_DEAD -> dead(e, at);
            case EXPIRED, SKIPPED -> unseen(e, at);
            case DISCARDED -> discarded(e, at);
            case REDRIVEN -> redriven(e);
            case REPLAYED -> stories.values().forEach(story -> story.copies++);
            case DEPTH -> depth = e.nanos();
            default -> {}
        }
    }

    // ---- deliveries

    private void deliver(HistoryEvent e, int at) {
        MessageStory story = story(e.id());
        if (unsent(story, e, at)) {
            return;
        }
        if (!e.digest().isEmpty() && !story.digest.isEmpty() && !e.digest().equals(story.digest)) {
            add(Invariant.I5, story, at, "was sent as " + story.digest + " and arrived as " + e.digest());
        }
        Call last = story.last();
        early(story, last, e, at);
        justification(story, last, at);
        AttemptRules.check(this, judge, timeline, story, e, at);
        Call call = new Call(story, e, at);
        story.calls.add(call);
        calls.add(call);
        open.put(e.call(), call);
    }

    private boolean unsent(MessageStory story, HistoryEvent e, int at) {
        if (story.sent() && story.firstSending < at) {
            return false;
        }
        if (story.sent()) {
            add(Invariant.I3, story, at, "was seen before it was sent");
            story.settle(at);
        } else if (e.id().startsWith(Judge.KIT) && !judge.ids().isEmpty() && !e.id().startsWith(judge.ids())) {
            stragglers++;
        } else {
            add(Invariant.I3, story, at, "was never sent");
        }
        return true;
    }

    private void early(MessageStory story, @Nullable Call last, HistoryEvent e, int at) {
        if (last == null) {
            long due = story.firstSendingAt + story.delayNanos - judge.clockErrorNanos();
            if (story.delayNanos > 0 && e.at() < due) {
                add(Invariant.I12, story, at, "was delayed and came " + millis(due - e.at()) + " ms early");
            }
        } else if (last.is(Kind.FAILED) && last.dueAt > 0 && copies.sole(story, at)) {
            long due = last.dueAt - judge.clockErrorNanos();
            if (e.at() < due) {
                add(
                        Invariant.I12,
                        story,
                        at,
                        "was to wait for its retry and came " + millis(due - e.at()) + " ms early");
            }
        }
    }

    private void justification(MessageStory story, @Nullable Call last, int at) {
        if (last == null && story.spentUnseen == 0) {
            return;
        }
        if (copies.available(story, at) >= 1) {
            boolean same = story.calls.size() > story.countFrom;
            if (same
                    && last != null
                    && last.is(Kind.REJECTED)
                    && !copies.doubtful(last, at)
                    && copies.sole(story, at)) {
                add(Invariant.I7, story, at, "was set aside by its handler and handed out again");
            } else if (last != null && last.is(Kind.ACKED)) {
                justified++;
            }
            return;
        }
        unjustified++;
        for (Call call : story.calls) {
            if (call.openAt(at - 1) && !copies.interrupted(call, at)) {
                add(Invariant.I8, story, at, "was handed out again while call " + call.number + " had it");
                return;
            }
        }
        if (story.calls.stream().anyMatch(call -> call.zombie() && !call.is(Kind.ACKED))) {
            add(Invariant.I13, story, at, "came again since a consumer that had lost it failed with it");
        } else if (last != null && (last.is(Kind.ACKED) || last.is(Kind.DROPPED))) {
            add(Invariant.I6, story, at, "was acked and came again, with no fault near the ack");
        } else {
            add(Invariant.I7, story, at, "came again and nothing explains it");
        }
    }

    // ---- ends

    private void end(HistoryEvent e, int at) {
        Call call = open.remove(e.call());
        if (call == null) {
            return;
        }
        call.end = e.kind();
        call.endedAt = at;
        call.endAt = e.at();
        if (call.zombie()) {
            return;
        }
        switch (e.kind()) {
            case ACKED, DROPPED -> call.story.settle(at);
            case FAILED -> {
                if (!timeline.ended(call.consumer, call.begin, at)) {
                    call.story.charged++; // else a close may have cut it short, which is nobody's failure
                }
            }
            default -> {}
        }
    }

    private void retried(HistoryEvent e) {
        Call last = story(e.id()).last();
        if (last != null && last.is(Kind.FAILED)) {
            last.dueAt = e.at() + e.nanos();
        }
    }

    private void lost(HistoryEvent e, int at) {
        List<Call> of = story(e.id()).calls;
        for (int i = of.size() - 1; i >= 0; i--) {
            Call call = of.get(i);
            boolean meant = e.call() > 0 ? call.number == e.call() : isOf(call.consumer, e.who());
            if (call.lostAt > at && meant) {
                call.lostAt = at;
                return;
            }
        }
    }

    // A client tells for all its consumers, whose names begin with its own.
    private static boolean isOf(String consumer, String client) {
        return client.isEmpty() || consumer.isEmpty() || consumer.equals(client) || consumer.startsWith(client + ".");
    }

    private void dead(HistoryEvent e, int at) {
        MessageStory story = story(e.id());
        if (unsent(story, e, at)) {
            return;
        }
        if (!e.digest().isEmpty() && !story.digest.isEmpty() && !e.digest().equals(story.digest)) {
            add(Invariant.I5, story, at, "was sent as " + story.digest + " and is a dead letter as " + e.digest());
        }
        Call last = story.last();
        // It left when its handler ended, or crashed for the last time; that it arrived is told later.
        boolean crashed = e.why().equals("CRASHED");
        story.settle(last == null ? story.firstSending : crashed ? last.begin : last.end == null ? at : last.endedAt);
        leave(story, e, at);
        DeadLetterRules.check(this, judge, timeline, story, e, at);
    }

    // Told and found are two views of one move, in either order.
    private void leave(MessageStory story, HistoryEvent e, int at) {
        boolean found = e.kind() == Kind.FOUND_DEAD;
        boolean known = found ? story.toldDead > 0 || story.foundDead : story.toldDead == 0 && story.foundDead;
        boolean counted = known || (story.expired && e.why().equals("EXPIRED"));
        if (!counted) {
            if (copies.available(story, at) < 1) {
                String text =
                        story.toldDead > 0 ? "was dead-lettered twice" : "was dead-lettered although it was acked";
                add(Invariant.I11, story, at, text);
            }
            story.spentUnseen++;
        }
        if (found) {
            story.foundDead = true;
        } else {
            story.toldDead++;
        }
        story.deadAt = Math.min(story.deadAt, at);
    }

    private void unseen(HistoryEvent e, int at) {
        MessageStory story = story(e.id());
        if (e.kind() == Kind.EXPIRED) {
            story.expired = true;
        }
        story.settle(at);
        story.spentUnseen++;
    }

    private void discarded(HistoryEvent e, int at) {
        MessageStory story = story(e.id());
        Call last = story.last();
        story.settle(last != null && last.is(Kind.FAILED) ? last.endedAt : at);
        if (last == null || !last.is(Kind.DROPPED)) {
            story.spentUnseen++;
        }
    }

    private void redriven(HistoryEvent e) {
        MessageStory story = story(e.id());
        story.redriven = true;
        story.copies++;
        story.charged = 0;
        story.killed = 0;
        story.countFrom = story.calls.size();
        story.settledAt = Timeline.NEVER;
        story.deadAt = Timeline.NEVER;
        story.toldDead = 0;
        story.foundDead = false;
        story.expired = false;
    }

    // ---- findings

    void add(Invariant invariant, MessageStory story, int at, String text) {
        findings.add(invariant, judge.source(), story.id, null, at, story.id + " " + text);
    }

    private static long millis(long nanos) {
        return Math.max(1, nanos / 1_000_000);
    }
}
