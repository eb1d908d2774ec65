package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import dev.transload.mq.tck.MessageStory.Call;
import java.util.Collection;

/** What must be true at the end of a history: nothing lost, nothing left over, no refused send seen: I1, I2, I4, I13. */
final class Conservation {

    private final Judge judge;
    private final Timeline timeline;
    private final Findings findings;
    private final Copies copies;
    private final int end;
    private final long depth;

    /**
     * The end of a history.
     *
     * @param end number of its events
     * @param depth messages the source said it still holds, -1 if it was not asked
     */
    Conservation(Judge judge, Timeline timeline, Findings findings, int end, long depth) {
        this.judge = judge;
        this.timeline = timeline;
        this.findings = findings;
        this.copies = new Copies(judge, timeline);
        this.end = end;
        this.depth = depth;
    }

    void check(Collection<MessageStory> stories) {
        boolean left = false;
        for (MessageStory story : stories) {
            if (story.refused() && (!story.calls.isEmpty() || story.deadAt != Timeline.NEVER)) {
                int seen = story.calls.isEmpty() ? story.deadAt : story.calls.get(0).begin;
                add(Invariant.I4, story, Math.max(seen, story.lastEnd), "was told not to be sent, and was seen");
            }
            if (judge.drained() && story.settledAt == Timeline.NEVER && expected(story)) {
                left = true;
                unsettled(story);
            }
        }
        if (judge.drained() && depth > 0 && !left) {
            findings.add(
                    Invariant.I2,
                    judge.source(),
                    judge.source(),
                    null,
                    end,
                    judge.source() + " still holds " + depth + " messages, all of which were settled");
        }
    }

    private boolean expected(MessageStory story) {
        if (!story.sent() || story.refused() || (!story.confirmed && story.calls.isEmpty())) {
            return false;
        }
        boolean ours = !judge.joins() || !story.calls.isEmpty() || story.firstSending > timeline.opened(judge.source());
        return ours && (judge.durable() || !timeline.fault(story.firstSending, end));
    }

    private void unsettled(MessageStory story) {
        Call last = story.last();
        if (story.calls.stream().anyMatch(call -> call.zombie() && call.is(Kind.ACKED))) {
            add(Invariant.I13, story, -1, "was acked only by who had lost it, and never came again");
        } else if (last != null && last.end == null && !copies.interrupted(last, end)) {
            add(
                    Invariant.I2,
                    story,
                    -1,
                    "is with " + (last.consumer.isEmpty() ? "a consumer" : last.consumer) + ", whose call "
                            + last.number + " never ended");
        } else if (depth > 0) {
            add(Invariant.I2, story, -1, "is still at the broker, which holds " + depth);
        } else {
            String fate = last == null
                    ? "was never delivered"
                    : last.end == null
                            ? "was taken from its consumer and never came again"
                            : "ended with " + last.end + " and never came again";
            add(Invariant.I1, story, -1, (story.confirmed ? "was confirmed and " : "was sent, ") + fate + where(story));
        }
    }

    private String where(MessageStory story) {
        for (Timeline.Fault fault : timeline.faults()) {
            if (fault.overlaps(story.firstSending, Math.min(story.lastEnd, end))) {
                return "; sent during " + fault.what();
            }
        }
        int third = end < 3 ? 0 : 3 * story.firstSending / end;
        return "; sent in the " + (third == 0 ? "first" : third == 1 ? "second" : "last") + " third of the history";
    }

    private void add(Invariant invariant, MessageStory story, int at, String text) {
        findings.add(invariant, judge.source(), story.id, null, at, story.id + " " + text);
    }
}
