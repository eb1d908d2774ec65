package dev.transload.mq.rabbitmq;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a test sent, handled and broke, in one order, and whether that is a history a broker with at-least-once delivery
 * may have.
 *
 * <p>A send is written down before it begins, a handler call at its first and at its last statement, a fault before it
 * is caused and again when the client has recovered from it. Messages of one key come from one thread, in their order.
 * Thread-safe.
 */
final class Ledger {

    private static final int EXAMPLES = 5;

    private enum Kind {
        SENDING,
        CONFIRMED,
        NOT_SENT,
        UNKNOWN,
        STARTED,
        DONE,
        FAILED,
        SET_ASIDE,
        FAULT,
        RECOVERED
    }

    private record Event(Kind kind, String id, @Nullable String key) {}

    private final Lock lock = new ReentrantLock();
    private final List<Event> events = new ArrayList<>();

    private void add(Kind kind, String id, @Nullable String key) {
        lock.lock();
        try {
            events.add(new Event(kind, id, key));
        } finally {
            lock.unlock();
        }
    }

    private List<Event> events() {
        lock.lock();
        try {
            return new ArrayList<>(events);
        } finally {
            lock.unlock();
        }
    }

    /** A message is about to be sent; with a key it has its place in that key's order. */
    void sending(String id, @Nullable String key) {
        add(Kind.SENDING, id, key);
    }

    /** The broker has it. */
    void confirmed(String id) {
        add(Kind.CONFIRMED, id, null);
    }

    /** The broker does not have it. */
    void notSent(String id) {
        add(Kind.NOT_SENT, id, null);
    }

    /** The broker may have it. */
    void unknown(String id) {
        add(Kind.UNKNOWN, id, null);
    }

    /** A handler was called. */
    void started(String id) {
        add(Kind.STARTED, id, null);
    }

    /** A handler is about to return. */
    void done(String id) {
        add(Kind.DONE, id, null);
    }

    /** A handler is about to throw. */
    void failed(String id) {
        add(Kind.FAILED, id, null);
    }

    /** A message is among the dead letters. */
    void setAside(String id) {
        add(Kind.SET_ASIDE, id, null);
    }

    /** Something is about to be broken. */
    void fault(String what) {
        add(Kind.FAULT, what, null);
    }

    /** The client has recovered from what was broken. */
    void recovered(String what) {
        add(Kind.RECOVERED, what, null);
    }

    /** Messages sent so far, whatever became of them. */
    long sent() {
        return count(Kind.SENDING);
    }

    /** Messages the broker has confirmed so far. */
    long confirmedCount() {
        return count(Kind.CONFIRMED);
    }

    /** Sends that failed for good so far. */
    long sendsFailed() {
        return count(Kind.NOT_SENT) + count(Kind.UNKNOWN);
    }

    /** Handler calls that began so far. */
    long calls() {
        return count(Kind.STARTED);
    }

    /** Handler calls that failed so far. */
    long failures() {
        return count(Kind.FAILED);
    }

    /** Handler calls of one message that began so far. */
    long calls(String id) {
        return events().stream()
                .filter(event -> event.kind == Kind.STARTED && event.id.equals(id))
                .count();
    }

    /** Messages handled more than once although no call failed. */
    long duplicates() {
        return stories(events()).values().stream().filter(Story::duplicate).count();
    }

    private long count(Kind kind) {
        return events().stream().filter(event -> event.kind == kind).count();
    }

    /** Whether every confirmed message was handled or set aside. */
    boolean settled() {
        return stories(events()).values().stream().noneMatch(Story::lost);
    }

    /**
     * What must not happen and did: confirmed and lost; handled though never sent, or though the send was told not to
     * have happened; handled again without a failure, a fault or a doubtful send that explains it; handled before an
     * earlier message of its key was settled. A few examples of each.
     */
    List<String> violations() {
        List<Event> all = events();
        Map<String, Story> stories = stories(all);
        Faults faults = Faults.of(all);
        Findings found = new Findings();
        for (Story story : stories.values()) {
            if (story.lost()) {
                found.add("lost", story.id + " was confirmed, then neither handled nor set aside");
            }
            if (story.sendingAt < 0) {
                found.add("phantom", story.id + " was handled and never sent");
            } else if (story.notSent && !story.calls.isEmpty()) {
                found.add("told wrong", story.id + " was handled although its send was told not to have happened");
            }
            boolean doubtful = faults.between(story.sendingAt, story.sentAt);
            for (int i = 1; i < story.calls.size(); i++) {
                if (!doubtful && !story.explained(i, faults)) {
                    found.add("duplicate", story.id + " was handled again and nothing explains it");
                }
            }
        }
        checkOrder(all, stories, found);
        return found.texts();
    }

    // Every message of a key starts when all earlier ones of the key, that the broker has, are settled.
    private static void checkOrder(List<Event> all, Map<String, Story> stories, Findings found) {
        Map<String, List<Story>> lines = new LinkedHashMap<>();
        for (Story story : stories.values()) {
            if (story.key != null) {
                story.place = lines.computeIfAbsent(story.key, key -> new ArrayList<>())
                        .size();
                lines.get(story.key).add(story);
            }
        }
        Map<String, Integer> heads = new LinkedHashMap<>();
        for (int at = 0; at < all.size(); at++) {
            Event event = all.get(at);
            Story story = stories.get(event.id);
            if (event.kind != Kind.STARTED || story == null || story.key == null) {
                continue;
            }
            List<Story> line = lines.getOrDefault(story.key, List.of());
            int head = heads.getOrDefault(story.key, 0);
            while (head < line.size() && line.get(head).outOfTheWayAt(at)) {
                head++;
            }
            heads.put(story.key, head);
            if (head < story.place) {
                found.add("order", story.id + " was handled before " + line.get(head).id + " of its key was settled");
            }
        }
    }

    private static Map<String, Story> stories(List<Event> all) {
        Map<String, Story> stories = new LinkedHashMap<>();
        for (int at = 0; at < all.size(); at++) {
            Event event = all.get(at);
            if (event.kind != Kind.FAULT && event.kind != Kind.RECOVERED) {
                stories.computeIfAbsent(event.id, Story::new).take(event, at);
            }
        }
        return stories;
    }

    @Override
    public String toString() {
        return "Ledger[" + sent() + " sent, " + confirmedCount() + " confirmed, " + sendsFailed() + " sends failed, "
                + calls() + " calls, " + failures() + " failed, " + count(Kind.SET_ASIDE) + " set aside, "
                + duplicates() + " duplicates, " + count(Kind.FAULT) + " faults]";
    }

    private static final class Call {
        private final int at;
        private boolean failed;

        Call(int at) {
            this.at = at;
        }
    }

    /** All that happened to one message. */
    private static final class Story {
        private final String id;
        private @Nullable String key;
        private int place;
        private int sendingAt = -1;
        private int sentAt = Integer.MAX_VALUE;
        private int settledAt = Integer.MAX_VALUE;
        private boolean confirmed;
        private boolean notSent;
        private final List<Call> calls = new ArrayList<>(1);

        Story(String id) {
            this.id = id;
        }

        void take(Event event, int at) {
            switch (event.kind) {
                case SENDING -> {
                    sendingAt = at;
                    key = event.key;
                }
                case CONFIRMED -> {
                    confirmed = true;
                    sentAt = at;
                }
                case NOT_SENT -> {
                    notSent = true;
                    sentAt = at;
                }
                case UNKNOWN -> sentAt = at;
                case STARTED -> calls.add(new Call(at));
                case DONE, SET_ASIDE -> settledAt = Math.min(settledAt, at);
                case FAILED -> {
                    if (!calls.isEmpty()) {
                        calls.get(calls.size() - 1).failed = true;
                    }
                }
                default -> throw new IllegalArgumentException("no event of a message: " + event);
            }
        }

        /**
         * A call follows from a failure or a fault since the call before; and after a failure there may be two copies of
         * a message, the one that was sent for the retry and one that a fault kept from being settled.
         */
        boolean explained(int index, Faults faults) {
            Call before = calls.get(index - 1);
            int at = calls.get(index).at;
            return before.failed
                    || faults.between(before.at, at)
                    || calls.subList(0, index).stream().anyMatch(call -> call.failed && faults.between(call.at, at));
        }

        boolean lost() {
            return confirmed && settledAt == Integer.MAX_VALUE;
        }

        boolean duplicate() {
            return calls.size() > 1 && calls.stream().noneMatch(call -> call.failed);
        }

        boolean outOfTheWayAt(int at) {
            return settledAt < at || (!confirmed && calls.isEmpty());
        }
    }

    /** When something was broken. */
    private record Faults(List<int[]> windows) {

        static Faults of(List<Event> all) {
            List<int[]> windows = new ArrayList<>();
            Map<String, Integer> open = new LinkedHashMap<>();
            for (int at = 0; at < all.size(); at++) {
                Event event = all.get(at);
                if (event.kind == Kind.FAULT) {
                    open.putIfAbsent(event.id, at);
                } else if (event.kind == Kind.RECOVERED && open.containsKey(event.id)) {
                    windows.add(new int[] {open.remove(event.id), at});
                }
            }
            open.values().forEach(from -> windows.add(new int[] {from, Integer.MAX_VALUE}));
            return new Faults(windows);
        }

        boolean between(int from, int to) {
            return windows.stream().anyMatch(window -> window[0] <= to && window[1] >= from);
        }
    }

    /** What was found, a few of each kind in words and the rest as a number. */
    private static final class Findings {
        private final Map<String, List<String>> kinds = new LinkedHashMap<>();

        void add(String kind, String text) {
            kinds.computeIfAbsent(kind, k -> new ArrayList<>()).add(text);
        }

        List<String> texts() {
            List<String> texts = new ArrayList<>();
            kinds.forEach((kind, all) -> {
                Collection<String> shown = all.subList(0, Math.min(EXAMPLES, all.size()));
                shown.forEach(text -> texts.add(kind + ": " + text));
                if (all.size() > EXAMPLES) {
                    texts.add(kind + ": and " + (all.size() - EXAMPLES) + " more");
                }
            });
            return texts;
        }
    }
}
