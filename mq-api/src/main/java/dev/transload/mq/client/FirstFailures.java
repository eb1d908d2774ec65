package dev.transload.mq.client;

import dev.transload.mq.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * When messages failed first: as written on a copy that was sent again, or, for one that waits in its place with
 * nothing but a number, as this process remembers. Remembers the latest 10,000. Thread-safe.
 */
final class FirstFailures {

    private static final int MOST = 10_000;

    private final Lock lock = new ReentrantLock();
    private final Map<String, Long> known = new LinkedHashMap<>();

    /** Milliseconds since 1970; now if the message has not failed before as far as can be known. */
    long of(Message message, long nowMillis) {
        lock.lock();
        try {
            Long remembered = known.get(message.id());
            return remembered != null ? remembered : FailureRecords.firstFailure(message, nowMillis);
        } finally {
            lock.unlock();
        }
    }

    /** Remembers the first failure of a message that will come again without a word of it. */
    void remember(String id, long millis) {
        lock.lock();
        try {
            known.putIfAbsent(id, millis);
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
}
