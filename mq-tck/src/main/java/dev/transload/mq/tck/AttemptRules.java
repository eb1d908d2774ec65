package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import dev.transload.mq.tck.MessageStory.Call;

/** How deliveries are numbered, and how many a failing message gets: I9 and I10. */
final class AttemptRules {

    private AttemptRules() {}

    static void check(SourceCheck check, Judge judge, Timeline timeline, MessageStory story, HistoryEvent e, int at) {
        int attempt = e.attempt();
        if (attempt > 1 && !e.redelivered()) {
            check.add(Invariant.I9, story, at, "came as attempt " + attempt + " and not as redelivered");
        }
        if (attempt < 1 || !check.copies().sole(story, at)) {
            return;
        }
        if (story.calls.size() == story.countFrom) {
            first(check, judge, timeline, story, e, at);
            return;
        }
        Call last = story.calls.get(story.calls.size() - 1);
        if (attempt < last.attempt && overtaken(judge, timeline, story, attempt, at)) {
            return;
        }
        // What only the process knew is gone with it, and where failures are not written down the count is too.
        boolean forgotten = !judge.exactAttempts()
                && (last.lostAt <= at
                        || timeline.fault(last.begin, at)
                        || timeline.ended(last.consumer, last.begin, at));
        // A handler that a close cuts short may end as it likes: its message is given back.
        boolean cutShort = timeline.ended(last.consumer, last.begin, last.endedAt);
        if (forgotten) {
            story.charged = 0;
        } else if (attempt < last.attempt) {
            check.add(Invariant.I9, story, at, "came as attempt " + attempt + " after attempt " + last.attempt);
        } else if (attempt == last.attempt && last.is(Kind.FAILED) && !last.zombie() && !cutShort) {
            check.add(Invariant.I9, story, at, "failed and came again as attempt " + attempt);
        } else if (judge.exactAttempts() && allCount(story, timeline)) {
            counted(check, judge, story, e, at);
        }
        if (story.charged >= judge.maxAttempts()) {
            check.add(
                    Invariant.I10,
                    story,
                    at,
                    "failed " + story.charged + " times of at most " + judge.maxAttempts()
                            + " and was handed out again");
        }
    }

    // Failures are exact; crashes may be off by what the product says.
    private static void counted(SourceCheck check, Judge judge, MessageStory story, HistoryEvent e, int at) {
        int expected = 1 + story.calls.size() - story.countFrom;
        int least = Math.max(1 + failures(story), expected - judge.mostUnseen());
        if (e.attempt() < least || e.attempt() > expected + judge.mostSupposed() || !e.redelivered()) {
            check.add(
                    Invariant.I9,
                    story,
                    at,
                    "came as attempt " + e.attempt() + (e.redelivered() ? "" : ", not as redelivered,")
                            + " and was handed out " + (expected - 1) + " times before");
        }
    }

    private static int failures(MessageStory story) {
        int count = 0;
        for (int i = story.countFrom; i < story.calls.size(); i++) {
            count += story.calls.get(i).is(Kind.FAILED) ? 1 : 0;
        }
        return count;
    }

    private static void first(
            SourceCheck check, Judge judge, Timeline timeline, MessageStory story, HistoryEvent e, int at) {
        boolean fresh = story.calls.isEmpty() && story.spentUnseen == 0;
        boolean undisturbed =
                !timeline.fault(story.firstSending, at) && !timeline.left(judge.source(), story.firstSending, at);
        // Where crashes may go unseen, what an owner that died may have begun is marked, by whoever comes next.
        // A bound may have what went to someone who had died before the send.
        boolean bound = !judge.exactAttempts() && judge.mostSupposed() > 0;
        boolean supposed =
                (judge.mostUnseen() > 0 || bound) && (timeline.fault(0, at) || timeline.left(judge.source(), 0, at));
        int most = bound && supposed ? 1 + judge.mostSupposed() : 1;
        if (undisturbed && (e.attempt() > most || (fresh && e.redelivered() && !supposed))) {
            check.add(
                    Invariant.I9,
                    story,
                    at,
                    "begins with attempt " + e.attempt() + (e.redelivered() ? " and as redelivered" : ""));
        }
    }

    // A handler that loses its delivery to a fault before its first statement says so after its heir, if at all.
    private static boolean overtaken(Judge judge, Timeline timeline, MessageStory story, int attempt, int at) {
        for (int i = story.countFrom; i < story.calls.size(); i++) {
            if (story.calls.get(i).attempt == attempt) {
                return false;
            }
        }
        return timeline.fault(story.firstSending, at) || timeline.left(judge.source(), story.firstSending, at);
    }

    // Failures count, and so do crashes; what was given back or is in doubt may or may not.
    private static boolean allCount(MessageStory story, Timeline timeline) {
        for (int i = story.countFrom; i < story.calls.size(); i++) {
            Call call = story.calls.get(i);
            boolean crashed = timeline.cut(call.consumer, call.begin, call.endedAt, Long.MAX_VALUE);
            boolean failed = call.is(Kind.FAILED)
                    && call.lostAt == Timeline.NEVER
                    && !timeline.ended(call.consumer, call.begin, call.endedAt);
            if (!crashed && !failed) {
                return false;
            }
        }
        return true;
    }
}
