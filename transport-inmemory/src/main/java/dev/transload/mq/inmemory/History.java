package dev.transload.mq.inmemory;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a retained topic has kept, oldest first, no longer than it is told to. Trimmed as it is used. Not thread-safe.
 */
final class History {

    private final long retainedMillis;
    private final ArrayDeque<Entry> kept = new ArrayDeque<>();

    History(Duration retained) {
        long millis;
        try {
            millis = retained.toMillis();
        } catch (ArithmeticException e) {
            millis = Long.MAX_VALUE;
        }
        this.retainedMillis = millis;
    }

    /** Keeps a message stored now. */
    void add(Entry entry) {
        kept.addLast(entry);
        trim(entry.storedAt);
    }

    /** What is kept now and passes the test, oldest first. */
    List<Entry> select(long now, Predicate<Entry> test) {
        trim(now);
        return kept.stream().filter(test).toList();
    }

    int size() {
        return kept.size();
    }

    void clear() {
        kept.clear();
    }

    private void trim(long now) {
        Entry oldest = kept.peekFirst();
        while (oldest != null && now - oldest.storedAt > retainedMillis) {
            kept.pollFirst();
            oldest = kept.peekFirst();
        }
    }
}
