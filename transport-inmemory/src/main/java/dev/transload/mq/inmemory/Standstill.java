package dev.transload.mq.inmemory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what clients ask of a broker that stands still, until it goes on or the link is cut. Nothing waits while the
 * broker runs. Thread-safe; requests are carried out without any lock.
 */
final class Standstill {

    private final Lock lock = new ReentrantLock();
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private volatile boolean still;

    /** Whether the broker stands still, or has yet to do what was asked of it meanwhile. */
    boolean holds() {
        return still;
    }

    /** Has something done now, or when the broker goes on. */
    void pass(Runnable request) {
        if (still) {
            lock.lock();
            try {
                if (still) {
                    waiting.add(request);
                    return;
                }
            } finally {
                lock.unlock();
            }
        }
        request.run();
    }

    /** Says whether the broker did not stand still before. */
    boolean begin() {
        lock.lock();
        try {
            boolean first = !still;
            still = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    /** Does what waits, in its order, without an end to the standstill: for requests that are known to fail. */
    void flush() {
        List<Runnable> all;
        lock.lock();
        try {
            all = new ArrayList<>(waiting);
            waiting.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(Runnable::run);
    }

    /** Does what waits, in its order, then lets everything pass. */
    void end() {
        for (Runnable next = next(); next != null; next = next()) {
            next.run();
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            Runnable next = waiting.poll();
            if (next == null) {
                still = false;
            }
            return next;
        } finally {
            lock.unlock();
        }
    }
}
