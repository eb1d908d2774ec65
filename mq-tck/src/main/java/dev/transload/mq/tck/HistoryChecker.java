package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import dev.transload.mq.tck.MessageStory.Call;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Says whether a history is one that a broker with at-least-once delivery, and a client that keeps its promises, may
 * have: see {@link Invariant}.
 *
 * <p>Pure: the same events and judges give the same verdict, and nothing else is looked at.
 */
final class HistoryChecker {

    private HistoryChecker() {}

    /** Judges a history, for each of the sources named. */
    static Verdict check(List<HistoryEvent> events, Judge... judges) {
        return check(events, List.of(judges));
    }

    /** Judges a history, for each of the sources named. */
    static Verdict check(List<HistoryEvent> events, Collection<Judge> judges) {
        Timeline timeline = Timeline.of(events);
        Findings findings = new Findings(events);
        List<String> inconclusive = new ArrayList<>();
        List<Measures> measures = new ArrayList<>();
        for (Judge judge : judges) {
            SourceCheck source = new SourceCheck(events, judge, timeline, findings).run();
            OrderCheck order = new OrderCheck(judge, timeline, findings);
            if (judge.ordered()) {
                order.run(source.stories().values(), source.calls());
            }
            LivenessCheck liveness = new LivenessCheck(events, judge, timeline, findings, source.stories()).run();
            for (String reason : new VacuityCheck(events, judge, timeline, source).reasons(order.contended())) {
                inconclusive.add(judge.source() + ": " + reason);
            }
            measures.add(measure(judge, source, order, liveness, timeline));
        }
        boolean whole = judges.stream().allMatch(Judge::drained);
        new RequestCheck(events, findings, whole).run();
        return new Verdict(findings.violations(), inconclusive, measures);
    }

    private static Measures measure(
            Judge judge, SourceCheck source, OrderCheck order, LivenessCheck liveness, Timeline timeline) {
        int sends = 0;
        int confirmed = 0;
        int refused = 0;
        int unknown = 0;
        int recovered = 0;
        int redeliveries = 0;
        int dead = 0;
        long slowest = 0;
        for (MessageStory story : source.stories().values()) {
            sends += story.sent() ? 1 : 0;
            confirmed += story.confirmed ? 1 : 0;
            refused += story.refused() ? 1 : 0;
            unknown += story.unknown ? 1 : 0;
            recovered += story.unknown && !story.calls.isEmpty() ? 1 : 0;
            redeliveries += Math.max(0, story.calls.size() - 1);
            dead += story.deadAt != Timeline.NEVER ? 1 : 0;
            for (int i = 1; i < story.calls.size(); i++) {
                Call before = story.calls.get(i - 1);
                if (before.is(Kind.FAILED)) {
                    slowest = Math.max(slowest, story.calls.get(i).beginAt - before.endAt);
                }
            }
        }
        int failures = (int)
                source.calls().stream().filter(call -> call.is(Kind.FAILED)).count();
        long recovery = liveness.recoveryNanos().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        return new Measures(
                judge.source(),
                sends,
                confirmed,
                refused,
                unknown,
                recovered,
                source.calls().size(),
                redeliveries,
                failures,
                dead,
                source.justified(),
                source.unjustified(),
                source.stragglers(),
                order.detached(),
                order.deepestRollback(),
                timeline.faults().size(),
                recovery / 1_000_000,
                slowest / 1_000_000);
    }
}
