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

    /** How long a consumer may be silent before what it has is given to others, though its lease is not over. */
    static final Duration SILENCE = Duration.ofSeconds(8);

    private static final int MOST_CLAIMED = 64;
    private static final int PAGE = 200;
    private static final Duration MOST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LEAST_PAUSE = Duration.ofMillis(100);

    private List<Source> sources;
    private final Reader reader;
    private final TimeSource time;
    private final long leaseMillis;
    private final String place;
    private final long pauseNanos;
    private final ArrayDeque<RedisDelivery> waiting = new ArrayDeque<>();
    private final Map<Source, String> cursors = new HashMap<>();
    private long nextClaim;
    private long connectedAt;
    private boolean recovering;

    /**
     * @param place name of the stream beside which its consumers are listed
     * @param leaseMillis how long a delivery may be out without a renewal
     */
    PlainFeed(List<Source> sources, String place, Reader reader, TimeSource time, long leaseMillis) {
        this.place = place;
        this.connectedAt = time.nanos();
        this.sources = List.copyOf(sources);
        this.reader = reader;
        this.time = time;
        this.leaseMillis = leaseMillis;
        long pause = Math.max(LEAST_PAUSE.toMillis(), Math.min(MOST_PAUSE.toMillis(), leaseMillis / 4));
        this.pauseNanos = Duration.ofMillis(pause).toNanos();
        this.nextClaim = time.nanos();
    }

    @Override
    public void expire() {
        // single leases, of which the receiver keeps account
    }

    @Override
    public void reconnected() {
        nextClaim = time.nanos();
        connectedAt = nextClaim;
        recovering = true;
    }

    @Override
    public void tend() {
        if (recovering && reader.mayTake()) {
            sources.forEach(this::recover);
            recovering = false;
        }
        if (nextClaim - time.nanos() > 0) {
            return;
        }
        boolean more = false;
        for (Source source : sources) {
            more |= claim(source);
        }
        nextClaim = time.nanos() + (more ? LEAST_PAUSE.toNanos() : pauseNanos);
    }

    /** Says that this consumer lives, and claims what there is room for; tells whether there is more to look at. */
    private boolean claim(Source source) {
        int room = reader.mayTake() ? Math.max(0, room()) : 0;
        String cursor = cursors.getOrDefault(source, "0-0");
        // After an outage the others have been silent, too, and are given the time to come back.
        boolean silent = time.nanos() - connectedAt > SILENCE.toNanos();
        List<?> answer = reader.list(
                Script.CLAIM,
                List.of(source.key(), RedisKeys.members(place)),
                List.of(
                        source.group(),
                        reader.consumer(),
                        Bytes.of(leaseMillis),
                        Bytes.of(cursor),
                        Bytes.of(room),
                        Bytes.of(SILENCE.toMillis()),
                        Bytes.of(silent ? 1 : 0)));
        String next = answer.isEmpty() ? "" : Bytes.text(answer.get(0));
        cursors.put(source, next.isEmpty() ? "0-0" : next);
        for (int i = 1; i + 2 < answer.size(); i += 3) {
            waiting.add(reader.claimed(source, answer.get(i), answer.get(i + 1), answer.get(i + 2), ""));
        }
        return !next.isEmpty();
    }

    private void recover(Source source) {
        String cursor = "0-0";
        do {
            List<?> answer = reader.list(
                    Script.OWN,
                    List.of(source.key()),
                    List.of(source.group(), reader.consumer(), Bytes.of(cursor), Bytes.of(PAGE)));
            for (int i = 1; i + 2 < answer.size(); i += 3) {
                EntryId entry = EntryId.of(source, (byte[]) answer.get(i));
                if (!reader.isOut(entry)
                        && waiting.stream().noneMatch(one -> one.entry().equals(entry))) {
                    waiting.add(reader.claimed(source, answer.get(i), answer.get(i + 1), answer.get(i + 2), ""));
                }
            }
            cursor = answer.isEmpty() ? "" : Bytes.text(answer.get(0));
        } while (!cursor.isEmpty());
    }

    // What is claimed and not handed out would be kept from those who have credit.
    private int room() {
        return Math.min(MOST_CLAIMED, reader.credit() - waiting.size());
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
