package dev.transload.mq.inmemory;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waiting messages in the order of {@link Entry#seq}, where what comes back finds its old place.
 *
 * <p>What was handed out is older than anything never handed out, so two queues are enough: an entry costs O(1), one
 * that comes back O(log n) of those that came back. Not thread-safe.
 */
final class Backlog {

    private final ArrayDeque<Entry> fresh = new ArrayDeque<>();
    private final PriorityQueue<Entry> returned = new PriorityQueue<>(Comparator.comparingLong(e -> e.seq));

    /** Adds at the end; its number is above all others. */
    void add(Entry entry) {
        fresh.addLast(entry);
    }

    /** Puts one that was taken back to its place. */
    void giveBack(Entry entry) {
        returned.add(entry);
    }

    /** Takes the oldest, or null. */
    @Nullable
    Entry poll() {
        Entry entry = returned.poll();
        return entry != null ? entry : fresh.pollFirst();
    }

    /** Looks at the oldest, or null. */
    @Nullable
    Entry peek() {
        Entry entry = returned.peek();
        return entry != null ? entry : fresh.peekFirst();
    }

    boolean isEmpty() {
        return fresh.isEmpty() && returned.isEmpty();
    }

    int size() {
        return fresh.size() + returned.size();
    }

    void clear() {
        fresh.clear();
        returned.clear();
    }

    /** Shows all, oldest first. */
    void forEach(Consumer<Entry> action) {
        returned.stream().sorted(Comparator.comparingLong(e -> e.seq)).forEach(action);
        fresh.forEach(action);
    }
}
