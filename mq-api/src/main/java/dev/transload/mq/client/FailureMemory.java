package dev.transload.mq.client;

import dev.transload.mq.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What this process knows of messages that failed and wait in their place: when they failed first, which is otherwise
 * written on a copy that is sent again, and how often. Remembers the latest 10,000. Thread-safe.
 */
final class FailureMemory {

    private static final int MOST = 10_000;

    private final Lock lock = new ReentrantLock();
    private final Map<String, Known> known = new LinkedHashMap<>();

    /** Milliseconds since 1970; now if the message has not failed before as far as can be known. */
    long of(Message message, long nowMillis) {
        lock.lock();
        try {
            Known remembered = known.get(message.id());
            return remembered != null ? remembered.firstMillis() : FailureRecords.firstFailure(message, nowMillis);
        } finally {
            lock.unlock();
        }
    }

    /** Handler calls that failed; 0 if none is remembered. */
    int failures(String id) {
        lock.lock();
        try {
            Known remembered = known.get(id);
            return remembered == null ? 0 : remembered.failures();
        } finally {
            lock.unlock();
        }
    }

    /** Remembers the latest number of failures, and when the first was, of a message that may come again without a word. */
    void remember(String id, long firstMillis, int failures) {
        lock.lock();
        try {
            known.merge(
                    id, new Known(firstMillis, failures), (old, now) -> new Known(old.firstMillis(), now.failures()));
            if (known.size() > MOST) {
                known.remove(known.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The message has met its end here; it may fail again after a redrive, which is a new story. */
    void forget(String id) {
        lock.lock();
        try {
            known.remove(id);
        } finally {
            lock.unlock();
        }
    }

    private record Known(long firstMillis, int failures) {}
}
