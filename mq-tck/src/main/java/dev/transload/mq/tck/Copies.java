package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import dev.transload.mq.tck.MessageStory.Call;

/** How many copies of a message a source may hold at a point of its history: an upper bound. Immutable. */
final class Copies {

    private static final long BOUNDLESS = Integer.MAX_VALUE;

    private final Judge judge;
    private final Timeline timeline;

    Copies(Judge judge, Timeline timeline) {
        this.judge = judge;
        this.timeline = timeline;
    }

    /** Copies that may be handed out at a position. */
    long available(MessageStory story, int at) {
        if (boundless(story, at)) {
            return BOUNDLESS;
        }
        long count = story.copies - (long) story.calls.size() - story.spentUnseen;
        for (Call call : story.calls) {
            count += returned(call, at);
        }
        return count;
    }

    /** Whether nothing can have made a second copy, so that what happened to the message happened in one line. */
    boolean sole(MessageStory story, int at) {
        if (story.copies - (story.redriven ? 1 : 0) > 1 || boundless(story, at)) {
            return false;
        }
        for (Call call : story.calls) {
            if (returned(call, at) > 1) {
                return false;
            }
        }
        return true;
    }

    // Sends in doubt are tried again, and moves through other places are sends too.
    private boolean boundless(MessageStory story, int at) {
        if (judge.repeats() || story.unknown) {
            return true;
        }
        if (timeline.faults().isEmpty()) {
            return false;
        }
        if (timeline.fault(story.firstSending, Math.min(story.lastEnd, at))
                || (story.delayNanos > 0 && timeline.fault(story.firstSending, at))
                || timeline.faultsBefore(at) - timeline.faultsBefore(story.firstSending) >= judge.maxAttempts()) {
            return true;
        }
        for (Call call : story.calls) {
            if (call.is(Kind.FAILED) && timeline.fault(call.begin, at)) {
                return true;
            }
        }
        return false;
    }

    /** Copies that a handler call gives back. */
    private int returned(Call call, int at) {
        if (call.end == null) {
            return interrupted(call, at) ? 1 : 0;
        }
        if (call.zombie()) {
            return 1;
        }
        return switch (call.end) {
            case FAILED, REJECTED -> doubtful(call, at) ? 2 : 1;
            default -> doubtful(call, at) ? 1 : 0;
        };
    }

    /** Whether the end of a handler call may not have reached the broker. */
    boolean doubtful(Call call, int at) {
        long reach = call.endAt > Long.MAX_VALUE - judge.reachNanos() ? call.endAt : call.endAt + judge.reachNanos();
        return call.lostAt <= at
                || timeline.faultBegan(call.begin, at, reach)
                || timeline.cut(call.consumer, call.begin, at, reach)
                || timeline.closed(call.consumer, call.begin, Math.min(call.endedAt, at))
                || (judge.rebalances() && timeline.moved(judge.source(), call.begin, Math.min(call.endedAt, at)))
                || expired(call, call.endAt);
    }

    /** Whether a handler call that has not ended may have lost its delivery. */
    boolean interrupted(Call call, int at) {
        return call.lostAt <= at
                || timeline.fault(call.begin, at)
                || timeline.ended(call.consumer, call.begin, at)
                || (judge.rebalances() && timeline.moved(judge.source(), call.begin, at))
                || expired(call, timeline.at(at));
    }

    private boolean expired(Call call, long now) {
        return judge.leaseNanos() > 0 && now - call.beginAt >= judge.leaseNanos();
    }
}
