package dev.transload.mq.tck;

import dev.transload.mq.Failure;
import dev.transload.mq.tck.HistoryEvent.Kind;
import dev.transload.mq.tck.MessageStory.Call;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether what a dead letter says of its end is true: the rest of I11. */
final class DeadLetterRules {

    private DeadLetterRules() {}

    static void check(SourceCheck check, Judge judge, Timeline timeline, MessageStory story, HistoryEvent e, int at) {
        Failure.Reason reason = reason(e.why());
        if (reason == null) {
            return;
        }
        boolean sole = check.copies().sole(story, at);
        // Of several copies one may be from before a redrive.
        List<Call> calls = sole ? story.calls.subList(story.countFrom, story.calls.size()) : story.calls;
        long open = calls.stream().filter(call -> call.end == null).count();
        long failures = open
                + calls.stream()
                        .filter(call -> call.is(Kind.FAILED) && !call.zombie())
                        .count();
        boolean rejected = open > 0 || calls.stream().anyMatch(call -> call.is(Kind.REJECTED));
        int bound = judge.blocking() ? judge.maxAttempts() : 1;
        String wrong = switch (reason) {
            case ATTEMPTS_EXHAUSTED -> failures < bound ? "it failed " + failures + " times of at least " + bound : "";
            case NOT_RETRYABLE -> failures == 0 ? "it never failed" : "";
            case REQUESTED -> rejected ? "" : "no handler asked for it";
            case UNDECODABLE -> calls.isEmpty() || !sole ? "" : "a handler was given it";
            case CRASHED -> mayHaveCrashed(judge, timeline, story, calls, at) ? "" : "nothing crashed";
            default -> "";
        };
        if (!wrong.isEmpty()) {
            check.add(Invariant.I11, story, at, "was dead-lettered as " + reason + " and " + wrong);
        }
        boolean handled = reason == Failure.Reason.ATTEMPTS_EXHAUSTED
                || reason == Failure.Reason.NOT_RETRYABLE
                || reason == Failure.Reason.REQUESTED;
        if (handled
                && e.attempt() > 0
                && e.attempt() != calls.size()
                && sole
                && uninterrupted(judge, timeline, story, calls, at)) {
            check.add(
                    Invariant.I11, story, at, "is recorded with " + e.attempt() + " attempts and had " + calls.size());
        }
    }

    private static boolean mayHaveCrashed(
            Judge judge, Timeline timeline, MessageStory story, List<Call> calls, int at) {
        return !uninterrupted(judge, timeline, story, calls, at);
    }

    private static boolean uninterrupted(Judge judge, Timeline timeline, MessageStory story, List<Call> calls, int at) {
        return !timeline.fault(story.firstSending, at)
                && !timeline.left(judge.source(), story.firstSending, at)
                && calls.stream().noneMatch(call -> call.lostAt <= at);
    }

    private static Failure.@Nullable Reason reason(String name) {
        for (Failure.Reason reason : Failure.Reason.values()) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return null;
    }
}
