package dev.transload.mq.tck;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what was found, one violation for each invariant and blamed message, and cuts out of the history the events
 * that show it. Not thread-safe.
 */
final class Findings {

    /** Violations of one invariant that are shown; more are counted. */
    private static final int SHOWN = 5;

    private final List<HistoryEvent> events;
    private final Map<String, Found> found = new LinkedHashMap<>();

    Findings(List<HistoryEvent> events) {
        this.events = events;
    }

    private static final class Found {
        private final Invariant invariant;
        private final String place;
        private final String blamed;
        private final String text;
        private final int at;
        private final Set<String> about = new HashSet<>();
        private final List<Integer> positions = new ArrayList<>();
        private int like;

        Found(Invariant invariant, String place, String blamed, String text, int at) {
            this.invariant = invariant;
            this.place = place;
            this.blamed = blamed;
            this.text = text;
            this.at = at;
        }
    }

    /**
     * Takes a violation.
     *
     * @param place source it happened at, empty for none
     * @param blamed message to look at first
     * @param other another message it is about, or null
     * @param at position of the event that shows it; the events before it explain it
     */
    void add(Invariant invariant, String place, String blamed, @Nullable String other, int at, String text) {
        Found first = found.get(invariant + "\n" + place + "\n" + blamed);
        if (first != null) {
            first.like++;
            return;
        }
        Found one = new Found(invariant, place, blamed, text, at);
        one.about.add(blamed);
        if (other != null) {
            one.about.add(other);
        }
        found.put(invariant + "\n" + place + "\n" + blamed, one);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Whether this invariant is found broken for that message. */
    boolean has(Invariant invariant, String place, String blamed) {
        return found.containsKey(invariant + "\n" + place + "\n" + blamed);
    }

    /** All that was found, by its position; of many of one kind a few. */
    List<Violation> violations() {
        Map<Invariant, Integer> counts = new HashMap<>();
        List<Found> shown = new ArrayList<>();
        List<Found> inOrder = new ArrayList<>(found.values());
        inOrder.sort((a, b) -> Integer.compare(a.at, b.at));
        for (Found one : inOrder) {
            if (counts.merge(one.invariant, 1, Integer::sum) <= SHOWN) {
                shown.add(one);
            }
        }
        collect(shown);
        List<Violation> all = new ArrayList<>();
        Map<Invariant, Integer> named = new HashMap<>();
        for (Found one : shown) {
            String text = one.text + (one.like > 0 ? " (and " + one.like + " times more for it)" : "");
            int count = counts.getOrDefault(one.invariant, 0);
            if (named.merge(one.invariant, 1, Integer::sum) == SHOWN && count > SHOWN) {
                text += " (and " + (count - SHOWN) + " more messages)";
            }
            all.add(new Violation(one.invariant, one.blamed, text, slice(one)));
        }
        return all;
    }

    // One pass for all that is shown.
    private void collect(List<Found> shown) {
        if (shown.isEmpty()) {
            return;
        }
        Map<String, List<Found>> byId = new HashMap<>();
        for (Found one : shown) {
            one.about.forEach(
                    id -> byId.computeIfAbsent(id, k -> new ArrayList<>()).add(one));
        }
        for (int i = 0; i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            if (isOfAll(e)) {
                for (Found one : shown) {
                    one.positions.add(i);
                }
            } else if (!e.id().isEmpty()) {
                for (Found one : byId.getOrDefault(e.id(), List.of())) {
                    if (i <= one.at || one.at < 0) {
                        one.positions.add(i);
                    }
                }
            }
        }
    }

    private static boolean isOfAll(HistoryEvent e) {
        return switch (e.kind()) {
            case FAULT_ON,
                    FAULT_OFF,
                    RECONNECTING,
                    RECONNECTED,
                    CONSUMER_OPENED,
                    CONSUMER_CLOSING,
                    CONSUMER_CLOSED,
                    CONSUMER_KILLED,
                    REVOKED,
                    DEPTH -> true;
            default -> false;
        };
    }

    // What happened to the messages themselves comes first; what happened around them fills up the rest.
    private List<HistoryEvent> slice(Found one) {
        List<Integer> own = new ArrayList<>();
        List<Integer> around = new ArrayList<>();
        int first = Integer.MAX_VALUE;
        for (int position : one.positions) {
            HistoryEvent e = events.get(position);
            if (isOfAll(e)) {
                around.add(position);
            } else {
                own.add(position);
                first = Math.min(first, position);
            }
        }
        int from = own.isEmpty() ? 0 : first;
        int to = one.at < 0 ? Integer.MAX_VALUE : one.at;
        around.removeIf(position -> position < from
                || position > to
                || (!events.get(position).place().isEmpty()
                        && !events.get(position).place().equals(one.place)));
        List<Integer> chosen = new ArrayList<>(ends(own, Violation.SLICE));
        chosen.addAll(ends(around, Violation.SLICE - chosen.size()));
        chosen.sort(null);
        return chosen.stream().map(events::get).toList();
    }

    // The beginning and, mostly, the end.
    private static List<Integer> ends(List<Integer> all, int most) {
        if (all.size() <= most) {
            return all;
        }
        List<Integer> some = new ArrayList<>(all.subList(0, most / 4));
        some.addAll(all.subList(all.size() - (most - most / 4), all.size()));
        return some;
    }
}
