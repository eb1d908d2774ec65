package dev.transload.mq.redis;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All streams of a place without order, and what other consumers have let go of in them.
 *
 * <p>Used by the receiver's thread alone.
 */
final class PlainFeed implements Feed {

    private static final int MOST_CLAIMED = 64;
    private static final Duration MOST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LEAST_PAUSE = Duration.ofMillis(100);

    private List<Source> sources;
    private final Reader reader;
    private final TimeSource time;
    private final long leaseMillis;
    private final long pauseNanos;
    private final ArrayDeque<RedisDelivery> waiting = new ArrayDeque<>();
    private final Map<Source, String> cursors = new HashMap<>();
    private long nextClaim;

    /**
     * @param leaseMillis how long a delivery may be out without a renewal
     */
    PlainFeed(List<Source> sources, Reader reader, TimeSource time, long leaseMillis) {
        this.sources = List.copyOf(sources);
        this.reader = reader;
        this.time = time;
        this.leaseMillis = leaseMillis;
        long pause = Math.max(LEAST_PAUSE.toMillis(), Math.min(MOST_PAUSE.toMillis(), leaseMillis / 4));
        this.pauseNanos = Duration.ofMillis(pause).toNanos();
        this.nextClaim = time.nanos();
    }

    @Override
    public void tend() {
        if (nextClaim - time.nanos() > 0 || waiting.size() >= MOST_CLAIMED || !reader.mayTake()) {
            return;
        }
        boolean more = false;
        for (Source source : sources) {
            String cursor = cursors.getOrDefault(source, "0-0");
            List<?> answer = reader.list(
                    Script.CLAIM,
                    List.of(source.key()),
                    List.of(
                            source.group(),
                            reader.consumer(),
                            Bytes.of(leaseMillis),
                            Bytes.of(cursor),
                            Bytes.of(MOST_CLAIMED)));
            String next = answer.isEmpty() ? "" : Bytes.text(answer.get(0));
            cursors.put(source, next.isEmpty() ? "0-0" : next);
            more |= !next.isEmpty();
            for (int i = 1; i + 2 < answer.size(); i += 3) {
                waiting.add(reader.claimed(source, answer.get(i), answer.get(i + 1), answer.get(i + 2), ""));
            }
        }
        nextClaim = time.nanos() + (more ? LEAST_PAUSE.toNanos() : pauseNanos);
    }

    /** Follows other streams from now on. */
    void follow(List<Source> others) {
        sources = List.copyOf(others);
    }

    @Override
    public List<Source> sources() {
        return sources;
    }

    @Override
    public void take(RedisDelivery delivery) {
        waiting.add(delivery);
    }

    @Override
    public @Nullable RedisDelivery next() {
        return waiting.poll();
    }

    @Override
    public void ended(RedisDelivery delivery) {
        // nothing hangs on it
    }

    @Override
    public boolean putBack(RedisDelivery delivery) {
        return false;
    }

    @Override
    public String token(Source source) {
        return "";
    }

    @Override
    public void losses(LossReport report) {
        // single leases, of which the receiver keeps account
    }

    @Override
    public List<RedisDelivery> drop() {
        List<RedisDelivery> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }
}
