package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import dev.transload.mq.tck.MessageStory.Call;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the deliveries of an ordered source against O2 to O7.
 *
 * <p>Two messages are in order if they have the same key and sender and the first was sent before the second: before the
 * second send began, where sends keep their order, else when the first was confirmed by then. Sends of unknown outcome,
 * delayed and redriven messages have no place in the order.
 *
 * <p>Not thread-safe; for one use.
 */
final class OrderCheck {

    private final Judge judge;
    private final Timeline timeline;
    private final Findings findings;
    private final Copies copies;
    private final Map<String, Line> lines = new HashMap<>();
    private final Map<MessageStory, Place> places = new HashMap<>();
    private final Map<String, List<Call>> active = new HashMap<>();
    private final Map<String, Call> lanes = new HashMap<>();
    private final Set<String> contended = new HashSet<>();
    private int detached;
    private int deepestRollback;

    OrderCheck(Judge judge, Timeline timeline, Findings findings) {
        this.judge = judge;
        this.timeline = timeline;
        this.findings = findings;
        this.copies = new Copies(judge, timeline);
    }

    /** Messages of one key and sender. */
    private static final class Line {
        private final List<MessageStory> inOrder = new ArrayList<>();
        /** Index of the first that is not settled yet. */
        private int head;
        /** Last that was delivered. */
        private int lastIndex = -1;

        private int lastBegin;
    }

    private record Place(Line line, int index) {}

    OrderCheck run(Collection<MessageStory> stories, List<Call> calls) {
        readOrder(stories);
        for (Call call : calls) {
            if (!call.story.key.isEmpty()) {
                oneAtATime(call);
                lane(call);
                Place place = places.get(call.story);
                if (place != null) {
                    inOrder(call, place);
                }
            }
        }
        return this;
    }

    /** Keys of which several messages could be handed out at once. */
    int contended() {
        return contended.size();
    }

    /** Messages that left their key's order by failing. */
    int detached() {
        return detached;
    }

    /** By how many places a key went back at most. */
    int deepestRollback() {
        return deepestRollback;
    }

    private void readOrder(Collection<MessageStory> stories) {
        List<MessageStory> placed = new ArrayList<>();
        for (MessageStory story : stories) {
            boolean doubtful = timeline.fault(story.firstSending, story.lastEnd);
            if (!story.key.isEmpty()
                    && story.confirmed
                    && story.sendings == 1
                    && story.delayNanos == 0
                    && !story.redriven
                    && (judge.orderedSends() || !doubtful)) {
                placed.add(story);
            }
        }
        placed.sort(Comparator.comparingInt(this::order));
        for (MessageStory story : placed) {
            Line line = lines.computeIfAbsent(story.key + "\n" + story.sender, k -> new Line());
            places.put(story, new Place(line, line.inOrder.size()));
            line.inOrder.add(story);
        }
    }

    private int order(MessageStory story) {
        return judge.orderedSends() ? story.firstSending : story.confirmedAt;
    }

    // ---- O2, O3, O4, O6

    private void inOrder(Call call, Place place) {
        Line line = place.line;
        MessageStory story = call.story;
        while (line.head < line.inOrder.size() && outOfTheWay(line.inOrder.get(line.head), call.begin)) {
            line.head++;
        }
        if (line.head < place.index) {
            MessageStory before = line.inOrder.get(line.head);
            if (order(before) < story.firstSending) {
                overtaken(before, call);
            }
        }
        if (place.index + 1 < line.inOrder.size()
                && line.inOrder.get(place.index + 1).confirmedAt < Math.min(call.endedAt, Integer.MAX_VALUE)) {
            contended.add(story.key);
        }
        wentBack(call, place);
        line.lastIndex = place.index;
        line.lastBegin = call.begin;
    }

    private boolean outOfTheWay(MessageStory story, int at) {
        if (story.settledAt < at) {
            return true;
        }
        if (!judge.blocking()) {
            for (Call call : story.calls) {
                if (call.is(Kind.FAILED) && call.endedAt < at) {
                    detached++;
                    return true;
                }
            }
        }
        return false;
    }

    private void overtaken(MessageStory before, Call call) {
        Call last = lastBefore(before, call.begin);
        String of = " of key " + before.key;
        if (last == null) {
            if (before.calls.isEmpty() && before.deadAt == Timeline.NEVER) {
                return; // lost, which is told as such
            }
            boolean resent = timeline.fault(before.firstSending, before.lastEnd);
            if (resent) {
                add(
                        Invariant.O6,
                        before,
                        call,
                        before.id + of + " was overtaken by " + call.story.id + " when sent again");
            } else {
                add(Invariant.O2, before, call, before.id + of + " was overtaken by " + call.story.id);
            }
        } else if (last.openAt(call.begin) && !copies.interrupted(last, call.begin)) {
            add(
                    Invariant.O5,
                    before,
                    call,
                    before.id + of + " was being handled when " + call.story.id + " was handed out");
        } else if (last.is(Kind.FAILED) && last.endedAt < call.begin && !last.zombie()) {
            add(
                    Invariant.O3,
                    before,
                    call,
                    before.id + of + " had failed and " + call.story.id + " did not wait for it");
        } else {
            add(
                    Invariant.O4,
                    before,
                    call,
                    before.id + of + " was interrupted, and then " + call.story.id + " was handed out before it");
        }
    }

    private static @Nullable Call lastBefore(MessageStory story, int at) {
        Call last = null;
        for (Call call : story.calls) {
            if (call.begin < at) {
                last = call;
            }
        }
        return last;
    }

    private void wentBack(Call call, Place place) {
        Line line = place.line;
        if (place.index >= line.lastIndex) {
            return;
        }
        deepestRollback = Math.max(deepestRollback, line.lastIndex - place.index);
        MessageStory last = line.inOrder.get(line.lastIndex);
        Call previous = lastBefore(call.story, call.begin);
        if (previous == null || previous.is(Kind.FAILED)) {
            return; // who came first, or did not wait for it, is to blame
        }
        boolean explained = timeline.fault(line.lastBegin, call.begin)
                || timeline.left(judge.source(), line.lastBegin, call.begin)
                || (judge.rebalances() && timeline.moved(judge.source(), line.lastBegin, call.begin))
                || anyLost(call.story, line.lastBegin, call.begin)
                || anyLost(last, line.lastBegin, call.begin)
                || timeline.fault(call.story.firstSending, call.story.lastEnd);
        if (!explained) {
            add(
                    Invariant.O4,
                    call.story,
                    call,
                    call.story.id + " of key " + call.story.key + " came again after " + last.id
                            + ", which is behind it, with no interruption between them");
        }
    }

    private static boolean anyLost(MessageStory story, int first, int last) {
        for (Call call : story.calls) {
            if (call.lostAt >= first && call.lostAt <= last) {
                return true;
            }
        }
        return false;
    }

    // ---- O5, O7

    private void oneAtATime(Call call) {
        List<Call> running = active.computeIfAbsent(call.story.key, k -> new ArrayList<>(2));
        running.removeIf(other -> other.endedAt < call.begin);
        for (Call other : running) {
            if (other.story != call.story && !copies.interrupted(other, call.begin)) {
                add(
                        Invariant.O5,
                        other.story,
                        call,
                        other.story.id + " of key " + other.story.key + " was being handled when " + call.story.id
                                + " was handed out");
            }
        }
        running.add(call);
    }

    private void lane(Call call) {
        if (call.lane.isEmpty()) {
            return;
        }
        Call before = lanes.put(call.story.key, call);
        if (before != null
                && !before.lane.equals(call.lane)
                && !timeline.moved(judge.source(), before.begin, call.begin)
                && !timeline.fault(before.begin, call.begin)) {
            add(
                    Invariant.O7,
                    call.story,
                    call,
                    "key " + call.story.key + " went from lane " + before.lane + " to " + call.lane);
        }
    }

    private void add(Invariant invariant, MessageStory blamed, Call shown, String text) {
        findings.add(invariant, judge.source(), blamed.id, shown.story.id, shown.begin, text);
    }
}
