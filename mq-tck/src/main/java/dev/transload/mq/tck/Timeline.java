package dev.transload.mq.tck;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What interrupted a history, and when: faults, and the ends of consumers. Positions are those of the events. Immutable
 * once built.
 */
final class Timeline {

    /** Later than everything. */
    static final int NEVER = Integer.MAX_VALUE;

    /**
     * A span in which something was broken.
     *
     * @param what was broken
     * @param from position of its beginning
     * @param to position of its end, {@link #NEVER} if it has none
     * @param fromAt when it began
     * @param toAt when it ended, {@link Long#MAX_VALUE} if it has not
     */
    record Fault(String what, int from, int to, long fromAt, long toAt) {

        boolean overlaps(int first, int last) {
            return from <= last && to >= first;
        }
    }

    private static final int[] NONE = {};

    private final List<HistoryEvent> events;
    private final List<Fault> faults = new ArrayList<>();
    private final Map<String, int[]> ends = new HashMap<>();
    private final Map<String, int[]> cuts = new HashMap<>();
    private final Map<String, int[]> closes = new HashMap<>();
    private final Map<String, int[]> leaves = new HashMap<>();
    private final Map<String, int[]> moves = new HashMap<>();
    private final Map<String, Integer> opened = new HashMap<>();

    private Timeline(List<HistoryEvent> events) {
        this.events = events;
    }

    static Timeline of(List<HistoryEvent> events) {
        Timeline line = new Timeline(events);
        Map<String, Integer> open = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            HistoryEvent e = events.get(i);
            switch (e.kind()) {
                case FAULT_ON -> open.putIfAbsent(e.id(), i);
                case FAULT_OFF -> {
                    Integer from = open.remove(e.id());
                    if (from != null) {
                        line.faults.add(
                                new Fault(e.id(), from, i, events.get(from).at(), e.at()));
                    }
                }
                case CONSUMER_OPENED -> {
                    line.opened.putIfAbsent(e.place(), i);
                    append(line.moves, e.place(), i);
                }
                case CONSUMER_CLOSING -> line.left(e, i);
                case CONSUMER_CLOSED -> {
                    line.left(e, i);
                    append(line.closes, e.who(), i);
                }
                case CONSUMER_KILLED, REVOKED -> {
                    line.left(e, i);
                    append(line.cuts, e.who(), i);
                }
                default -> {}
            }
        }
        open.forEach((what, from) ->
                line.faults.add(new Fault(what, from, NEVER, events.get(from).at(), Long.MAX_VALUE)));
        line.faults.sort((a, b) -> Integer.compare(a.from, b.from));
        return line;
    }

    private void left(HistoryEvent e, int at) {
        append(ends, e.who(), at);
        append(leaves, e.place(), at);
        append(moves, e.place(), at);
    }

    private static void append(Map<String, int[]> lists, String name, int at) {
        int[] before = lists.getOrDefault(name, NONE);
        int[] after = Arrays.copyOf(before, before.length + 1);
        after[before.length] = at;
        lists.put(name, after);
    }

    /** When the event at a position happened; of a position behind the last, when the history ended. */
    long at(int position) {
        return events.isEmpty()
                ? 0
                : events.get(Math.min(position, events.size() - 1)).at();
    }

    /** Faults, by their beginning. */
    List<Fault> faults() {
        return faults;
    }

    /** Whether something was broken at some time between two positions. */
    boolean fault(int first, int last) {
        for (Fault fault : faults) {
            if (fault.from > last) {
                return false;
            }
            if (fault.to >= first) {
                return true;
            }
        }
        return false;
    }

    /** How many faults began before a position. */
    int faultsBefore(int position) {
        int count = 0;
        for (Fault fault : faults) {
            if (fault.from > position) {
                break;
            }
            count++;
        }
        return count;
    }

    /** Whether something was broken between two positions, and broke before a time. */
    boolean faultBegan(int first, int last, long untilAt) {
        for (Fault fault : faults) {
            if (fault.from > last || fault.fromAt > untilAt) {
                return false;
            }
            if (fault.to >= first) {
                return true;
            }
        }
        return false;
    }

    /** Whether a consumer began to end, or lost what it had, between two positions. */
    boolean ended(String consumer, int first, int last) {
        return any(ends.get(consumer), first, last, Long.MAX_VALUE);
    }

    /** Whether a consumer was killed, or what it had was taken from it, between two positions and before a time. */
    boolean cut(String consumer, int first, int last, long untilAt) {
        return any(cuts.get(consumer), first, last, untilAt);
    }

    /** Whether the close of a consumer was over between two positions. */
    boolean closed(String consumer, int first, int last) {
        return any(closes.get(consumer), first, last, Long.MAX_VALUE);
    }

    /** Whether a consumer of a source left between two positions. */
    boolean left(String source, int first, int last) {
        return any(leaves.get(source), first, last, Long.MAX_VALUE);
    }

    /** Whether a consumer of a source came or went between two positions. */
    boolean moved(String source, int first, int last) {
        return any(moves.get(source), first, last, Long.MAX_VALUE);
    }

    private boolean any(int @Nullable [] positions, int first, int last, long untilAt) {
        if (positions == null) {
            return false;
        }
        for (int position : positions) {
            if (position >= first && position <= last && at(position) <= untilAt) {
                return true;
            }
        }
        return false;
    }

    /** Position of the first consumer of a source, {@link #NEVER} if there was none. */
    int opened(String source) {
        return opened.getOrDefault(source, NEVER);
    }
}
