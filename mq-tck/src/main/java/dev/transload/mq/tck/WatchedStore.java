package dev.transload.mq.tck;

import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.SubscribeOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A store of the case, which several processes may ask, and which can end one of them. Thread-safe. */
final class WatchedStore implements IdempotencyStore {

    private final Clock clock;
    private final IdempotencyStore store;
    private final AtomicReference<@Nullable Runnable> afterCompletion = new AtomicReference<>();
    private final Map<String, Long> claimed = new ConcurrentHashMap<>();

    WatchedStore(Clock clock) {
        this.clock = clock;
        this.store = new InMemoryIdempotencyStore(clock);
    }

    /** Has something done once a key is done, before the one who asked is told so. */
    void afterNextCompletion(Runnable action) {
        afterCompletion.set(action);
    }

    /** When a claim was last granted or prolonged in milliseconds of the store's clock. */
    long lastClaimed() {
        return claimed.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /** Options of a subscription that asks this store. */
    SubscribeOptions options() {
        return SubscribeOptions.builder()
                .idempotency(Idempotency.byMessageId(this))
                .build();
    }

    @Override
    public Claim begin(String key, String owner, Duration lease) {
        Claim claim = store.begin(key, owner, lease);
        if (claim instanceof Claim.Started started) {
            claimed.put(started.token(), clock.millis());
        }
        return claim;
    }

    @Override
    public boolean renew(String key, String token, Duration lease) {
        boolean held = store.renew(key, token, lease);
        if (held) {
            claimed.put(token, clock.millis());
        }
        return held;
    }

    @Override
    public boolean complete(String key, String token, Duration retention) {
        boolean held = store.complete(key, token, retention);
        Runnable action = afterCompletion.getAndSet(null);
        if (action != null) {
            action.run();
        }
        return held;
    }

    @Override
    public boolean abandon(String key, String token) {
        return store.abandon(key, token);
    }
}
