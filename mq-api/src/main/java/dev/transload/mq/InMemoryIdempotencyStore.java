package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Remembers keys in this process, for tests and for consumers that run in one process. What it knows ends with the
 * process; its size is bounded by the retention. Thread-safe.
 */
public final class InMemoryIdempotencyStore implements IdempotencyStore {

    private final Clock clock;
    private final Lock lock = new ReentrantLock();
    private final Map<String, Entry> entries = new HashMap<>();
    private final PriorityQueue<Due> dues = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));
    private long lastToken;

    /** A store on the system's clock. */
    public InMemoryIdempotencyStore() {
        this(Clock.systemUTC());
    }

    /** A store on that clock, virtual in tests. */
    public InMemoryIdempotencyStore(Clock clock) {
        this.clock = requireNonNull(clock, "clock");
    }

    @Override
    public Claim begin(String key, String owner, Duration lease) {
        checkKey(key);
        requireNonNull(owner, "owner");
        long until = until("lease", lease);
        lock.lock();
        try {
            forgetOver();
            Entry entry = entries.get(key);
            if (entry == null) {
                String token = Long.toString(++lastToken);
                put(key, new Entry(token, until));
                return new Claim.Started(token);
            }
            return entry.token == null ? new Claim.Done() : new Claim.InProgress(Instant.ofEpochMilli(entry.until));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean renew(String key, String token, Duration lease) {
        return replace(key, token, new Entry(requireNonNull(token, "token"), until("lease", lease)));
    }

    @Override
    public boolean complete(String key, String token, Duration retention) {
        return replace(key, token, new Entry(null, until("retention", retention)));
    }

    @Override
    public boolean abandon(String key, String token) {
        return replace(key, token, null);
    }

    /** Keys remembered now, claimed or done. */
    public int size() {
        lock.lock();
        try {
            forgetOver();
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    private boolean replace(String key, String token, @Nullable Entry next) {
        checkKey(key);
        requireNonNull(token, "token");
        lock.lock();
        try {
            forgetOver();
            Entry entry = entries.get(key);
            if (entry == null || !token.equals(entry.token)) {
                return false;
            }
            if (next == null) {
                entries.remove(key);
            } else {
                put(key, next);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void put(String key, Entry entry) {
        entries.put(key, entry);
        dues.add(new Due(entry.until, key, entry));
    }

    // An entry that was replaced leaves its due behind; it is dropped when its time comes.
    private void forgetOver() {
        long now = clock.millis();
        for (Due due = dues.peek(); due != null && due.at <= now; due = dues.peek()) {
            dues.remove();
            entries.remove(due.key, due.entry);
        }
    }

    private long until(String what, Duration duration) {
        requireNonNull(duration, what);
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(what + " must be positive, was " + duration);
        }
        return clock.millis() + duration.toMillis();
    }

    private static void checkKey(String key) {
        requireNonNull(key, "key");
        if (key.isEmpty() || key.length() > 512) {
            throw new IllegalArgumentException("key must have 1 to 512 characters, had " + key.length());
        }
    }

    /** A claim, or a completed key if the token is null. Compared by identity. */
    private static final class Entry {
        private final @Nullable String token;
        private final long until;

        Entry(@Nullable String token, long until) {
            this.token = token;
            this.until = until;
        }
    }

    private record Due(long at, String key, Entry entry) {}
}
