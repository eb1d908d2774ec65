package dev.transload.mq.client;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sees to it that the members of a group that live in this client state the same filter: two filters in one group would
 * each drop what the other wants. Thread-safe.
 */
final class GroupFilters {

    private final Lock lock = new ReentrantLock();
    private final Map<String, Use> uses = new HashMap<>();

    /**
     * A member joins.
     *
     * @throws IllegalArgumentException if another member has another filter; the text names both by their headers
     */
    void join(String group, Map<String, String> filter) {
        lock.lock();
        try {
            Use use = uses.computeIfAbsent(group, g -> new Use(filter));
            if (!use.filter.equals(filter)) {
                throw new IllegalArgumentException("a header filter belongs to the whole group: " + group
                        + " is subscribed by " + use.filter.keySet() + " and cannot be by " + filter.keySet()
                        + " or other values too");
            }
            use.members++;
        } finally {
            lock.unlock();
        }
    }

    /** A member has left, or never came to be. */
    void leave(String group) {
        lock.lock();
        try {
            Use use = uses.get(group);
            if (use != null && --use.members == 0) {
                uses.remove(group);
            }
        } finally {
            lock.unlock();
        }
    }

    private static final class Use {
        private final Map<String, String> filter;
        private int members;

        Use(Map<String, String> filter) {
            this.filter = filter;
        }
    }
}
