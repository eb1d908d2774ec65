package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import dev.transload.mq.tck.MessageStory.Call;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds why a history shows nothing, however sound it is. Not thread-safe; for one use. */
final class VacuityCheck {

    private static final long NOTICEABLE_NANOS = 200_000_000;

    private final List<HistoryEvent> events;
    private final Judge judge;
    private final Timeline timeline;
    private final SourceCheck source;
    private final List<String> reasons = new ArrayList<>();

    VacuityCheck(List<HistoryEvent> events, Judge judge, Timeline timeline, SourceCheck source) {
        this.events = events;
        this.judge = judge;
        this.timeline = timeline;
        this.source = source;
    }

    /** Why the history shows nothing; empty if it does. */
    List<String> reasons(int contendedKeys) {
        Collection<MessageStory> sent =
                source.stories().values().stream().filter(MessageStory::sent).toList();
        amount(sent);
        if (source.calls().isEmpty()) {
            reasons.add("nothing was delivered");
        }
        for (Judge.Need need : judge.needs()) {
            need(need, contendedKeys);
        }
        timeline.faults().forEach(this::fault);
        return reasons;
    }

    private void amount(Collection<MessageStory> sent) {
        if (sent.size() < judge.minSends()) {
            reasons.add(sent.size() + " messages were sent, of at least " + judge.minSends());
        }
        long unknown =
                sent.stream().filter(story -> story.unknown && !story.confirmed).count();
        if (2 * unknown > sent.size()) {
            reasons.add(unknown + " of " + sent.size() + " sends ended unknown");
        }
        if (judge.minPerKey() > 0) {
            Set<String> fences = new HashSet<>();
            events.stream().filter(e -> e.kind() == Kind.FENCE_SENT).forEach(e -> fences.add(e.id()));
            Map<String, Integer> keys = new HashMap<>();
            sent.stream()
                    .filter(story -> !fences.contains(story.id))
                    .forEach(story -> keys.merge(story.key, 1, Integer::sum));
            keys.forEach((key, count) -> {
                if (count < judge.minPerKey()) {
                    reasons.add("key " + key + " has " + count + " messages, of at least " + judge.minPerKey());
                }
            });
        }
    }

    private void need(Judge.Need need, int contendedKeys) {
        boolean met = switch (need) {
            case REDELIVERIES -> source.stories().values().stream().anyMatch(story -> story.calls.size() > 1);
            case DEAD_LETTERS -> source.stories().values().stream().anyMatch(story -> story.deadAt != Timeline.NEVER);
            case SEVERAL_CONSUMERS -> consumers() > 1;
            case CONTENTION -> contendedKeys > 0;
            case FAULTS -> !timeline.faults().isEmpty();
            case INTERRUPTIONS -> source.calls().stream().anyMatch(this::interrupted);
        };
        if (!met) {
            reasons.add(
                    switch (need) {
                        case REDELIVERIES -> "no message came again";
                        case DEAD_LETTERS -> "no message was set aside";
                        case SEVERAL_CONSUMERS -> "one consumer got everything";
                        case CONTENTION -> "no key had two messages to be handed out at once";
                        case FAULTS -> "nothing was broken";
                        case INTERRUPTIONS -> "no delivery was taken from its consumer";
                    });
        }
    }

    private long consumers() {
        return source.calls().stream().map(call -> call.consumer).distinct().count();
    }

    private boolean interrupted(Call call) {
        return source.copies().interrupted(call, Math.min(call.endedAt, events.size()));
    }

    // A fault that nothing met, or that nobody noticed, shows nothing.
    private void fault(Timeline.Fault fault) {
        boolean met = false;
        boolean noticed = false;
        Map<String, Long> sending = new HashMap<>();
        Set<Long> running = new HashSet<>();
        int last = Math.min(fault.to(), events.size() - 1);
        for (int i = 0; i <= last && !(met && noticed); i++) {
            HistoryEvent e = events.get(i);
            boolean inside = i >= fault.from();
            switch (e.kind()) {
                case SENDING -> sending.put(e.id(), e.at());
                case SENT, NOT_SENT, SEND_UNKNOWN -> {
                    Long began = sending.remove(e.id());
                    noticed |=
                            inside && (e.kind() != Kind.SENT || (began != null && e.at() - began > NOTICEABLE_NANOS));
                }
                case DELIVERED -> running.add(e.call());
                case ACKED, FAILED, REJECTED, DROPPED -> running.remove(e.call());
                case LEASE_LOST, RECONNECTING, RECONNECTED, CONSUMER_KILLED, REVOKED -> noticed |= inside;
                default -> {}
            }
            met |= inside && !(sending.isEmpty() && running.isEmpty());
        }
        noticed |= source.calls().stream()
                .anyMatch(call -> call.begin >= fault.from()
                        && call.story.calls.get(0) != call
                        && fault.overlaps(call.story.calls.get(0).begin, call.begin));
        if (!met) {
            reasons.add("nothing was sent or handled during " + fault.what());
        } else if (!noticed) {
            reasons.add(fault.what() + " had no effect that anyone noticed");
        }
    }
}
