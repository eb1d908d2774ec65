package dev.transload.mq.inmemory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Things that wait for a time, earliest first, and in the order they were added when due together. Not thread-safe.
 *
 * @param <T> what waits
 */
final class DueQueue<T> {

    private final PriorityQueue<Due<T>> heap =
            new PriorityQueue<>(Comparator.<Due<T>>comparingLong(d -> d.at).thenComparingLong(d -> d.number));
    private long added;

    /** Adds a thing that is due at a time in nanoseconds; the result takes it out again. */
    Due<T> add(long at, T what) {
        Due<T> due = new Due<>(at, added++, what);
        heap.add(due);
        return due;
    }

    /** Takes out one that was added; says whether it was still there. */
    boolean remove(Due<T> due) {
        return heap.remove(due);
    }

    /** When the earliest is due, or {@link Long#MAX_VALUE}. */
    long next() {
        Due<T> head = heap.peek();
        return head == null ? Long.MAX_VALUE : head.at;
    }

    /** Takes the earliest if it is due by that time, or null. */
    @Nullable
    T poll(long until) {
        Due<T> head = heap.peek();
        if (head == null || head.at > until) {
            return null;
        }
        heap.poll();
        return head.what;
    }

    int size() {
        return heap.size();
    }

    /** Takes out all that fit, and shows each. */
    void removeIf(Predicate<T> test, Consumer<T> removed) {
        heap.removeIf(due -> {
            boolean fits = test.test(due.what);
            if (fits) {
                removed.accept(due.what);
            }
            return fits;
        });
    }

    /** All, earliest first. */
    List<T> all() {
        List<Due<T>> sorted = new ArrayList<>(heap);
        sorted.sort(heap.comparator());
        return sorted.stream().map(due -> due.what).toList();
    }

    /** One thing and its time. */
    static final class Due<T> {
        private final long at;
        private final long number;
        private final T what;

        private Due(long at, long number, T what) {
            this.at = at;
            this.number = number;
            this.what = what;
        }

        long at() {
            return at;
        }
    }
}
