package dev.transload.mq.redis;

import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The lanes of an ordered place that a receiver owns, under a lease that it renews for all of them at once. Who comes to
 * own a lane first takes over what is pending in it. One that has to go to another member goes when nothing of it is out.
 *
 * <p>Used by the receiver's thread alone, save for {@link #ended}.
 */
final class LaneFeed implements Feed {

    private static final int PAGE = 200;
    private static final Duration LEAST_PAUSE = Duration.ofMillis(100);
    private static final Duration MOST_PAUSE = Duration.ofSeconds(1);

    private final int lanes;
    private final IntFunction<List<Source>> sourcesOf;
    private final String place;
    private final Reader reader;
    private final TimeSource time;
    private final Duration lease;
    private final Duration handOver;
    private final long pauseNanos;
    /** By number; changed by the receiver's thread alone. */
    private final Map<Integer, Lane> owned = new ConcurrentSkipListMap<>();

    private final List<Loss> losses = new ArrayList<>();
    private long nextBeat;
    private long leaseEnd;
    private int turn;

    /** What was lost and why. */
    private record Loss(List<RedisDelivery> deliveries, String why) {}

    /** A lane that is this receiver's. */
    private final class Lane {
        final int number;
        final String token;
        final List<Source> sources;
        final Deque<RedisDelivery> waiting = new ArrayDeque<>();
        /** What is out, by delivery; entries end on any thread. */
        final Set<RedisDelivery> out = java.util.concurrent.ConcurrentHashMap.newKeySet();
        /** How many sources are taken over. */
        int takenOver;

        String cursor = "0-0";
        boolean leaving;
        long leavingSince;

        Lane(int number, String token) {
            this.number = number;
            this.token = token;
            this.sources = sourcesOf.apply(number);
        }

        /** Begins anew with what is pending and not out. */
        void takeOverAgain() {
            waiting.clear();
            takenOver = 0;
            cursor = "0-0";
        }

        boolean isReadable() {
            return !leaving && takenOver == sources.size() && waiting.isEmpty();
        }
    }

    /**
     * @param place name of the stream whose lanes are shared
     * @param lease how long a lane may go without a renewal
     * @param handOver how long a lane that goes to another member waits for its handlers
     */
    LaneFeed(
            int lanes,
            IntFunction<List<Source>> sourcesOf,
            String place,
            Reader reader,
            TimeSource time,
            Duration lease,
            Duration handOver) {
        this.lanes = lanes;
        this.sourcesOf = sourcesOf;
        this.place = place;
        this.reader = reader;
        this.time = time;
        this.lease = lease;
        this.handOver = handOver;
        long pause = Math.max(LEAST_PAUSE.toMillis(), Math.min(MOST_PAUSE.toMillis(), lease.toMillis() / 5));
        this.pauseNanos = Duration.ofMillis(pause).toNanos();
        this.nextBeat = time.nanos();
    }

    @Override
    public void expire() {
        if (!owned.isEmpty() && leaseEnd - time.nanos() < 0) {
            loseAll("the lease of its lanes ended without a renewal");
        }
    }

    @Override
    public void reconnected() {
        owned.values().forEach(Lane::takeOverAgain);
    }

    @Override
    public void tend() {
        long now = time.nanos();
        if (reader.mayTake() && (nextBeat - now < 0 || hasLeft(now))) {
            beat();
        }
        for (Lane lane : owned.values()) {
            takeOver(lane);
        }
    }

    private boolean hasLeft(long now) {
        for (Lane lane : owned.values()) {
            if (lane.leaving && (lane.out.isEmpty() || now - lane.leavingSince > handOver.toNanos())) {
                return true;
            }
        }
        return false;
    }

    private void beat() {
        long now = time.nanos();
        List<byte[]> arguments =
                new ArrayList<>(List.of(reader.consumer(), Bytes.of(lease.toMillis()), Bytes.of(lanes)));
        for (Iterator<Lane> all = owned.values().iterator(); all.hasNext(); ) {
            Lane lane = all.next();
            if (lane.leaving && (lane.out.isEmpty() || now - lane.leavingSince > handOver.toNanos())) {
                arguments.add(Bytes.of((lane.out.isEmpty() ? "" : "!") + lane.number));
                lose(lane, "its lane went to another member, for which its handler did not end in time");
                all.remove();
            }
        }
        List<?> answer =
                reader.list(Script.LANES, List.of(RedisKeys.owners(place), RedisKeys.members(place)), arguments);
        leaseEnd = now + lease.toNanos();
        nextBeat = time.nanos() + pauseNanos;
        Set<Integer> told = new HashSet<>();
        for (int i = 1; i + 1 < answer.size(); i += 2) {
            int number = (int) Bytes.number(answer.get(i));
            String token = Bytes.text(answer.get(i + 1));
            told.add(number);
            Lane before = owned.get(number);
            if (before == null || !before.token.equals(token)) {
                if (before != null) {
                    lose(before, "the lease of its lane ended without a renewal");
                }
                owned.put(number, new Lane(number, token));
            }
        }
        for (Iterator<Lane> all = owned.values().iterator(); all.hasNext(); ) {
            Lane lane = all.next();
            if (!told.contains(lane.number)) {
                lose(lane, "its lane is another member's");
                all.remove();
            }
        }
        leave((int) Bytes.number(answer.isEmpty() ? null : answer.get(0)), now);
    }

    private void leave(int surplus, long now) {
        int leaving = (int) owned.values().stream().filter(lane -> lane.leaving).count();
        List<Lane> quietFirst = new ArrayList<>(owned.values());
        quietFirst.sort(Comparator.comparingInt(lane -> lane.out.size()));
        for (Lane lane : quietFirst) {
            if (leaving < surplus && !lane.leaving) {
                lane.leaving = true;
                lane.leavingSince = now;
                lane.waiting.clear();
                leaving++;
            } else if (leaving > surplus && lane.leaving) {
                lane.leaving = false; // who wanted it has gone
                lane.takeOverAgain();
                leaving--;
            }
        }
        if (leaving > 0) {
            nextBeat = time.nanos() + Math.min(pauseNanos, LEAST_PAUSE.toNanos());
        }
    }

    private void takeOver(Lane lane) {
        while (!lane.leaving && lane.takenOver < lane.sources.size()) {
            Source source = lane.sources.get(lane.takenOver);
            List<?> answer = reader.list(
                    Script.TAKE_OVER,
                    List.of(source.key(), RedisKeys.owners(place)),
                    List.of(
                            source.group(),
                            reader.consumer(),
                            Bytes.of(lane.number),
                            Bytes.of(lane.token),
                            Bytes.of(lane.cursor),
                            Bytes.of(PAGE)));
            if (answer.isEmpty()) {
                nextBeat = time.nanos(); // not ours any more, as the next beat will tell
                return;
            }
            for (int i = 1; i + 2 < answer.size(); i += 3) {
                EntryId entry = EntryId.of(source, (byte[]) answer.get(i));
                if (lane.out.stream().noneMatch(out -> out.entry().equals(entry))) {
                    lane.waiting.add(
                            reader.claimed(source, answer.get(i), answer.get(i + 1), answer.get(i + 2), lane.token));
                }
            }
            lane.cursor = Bytes.text(answer.get(0));
            if (lane.cursor.isEmpty()) {
                lane.takenOver++;
                lane.cursor = "0-0";
            }
        }
    }

    private void loseAll(String why) {
        owned.values().forEach(lane -> lose(lane, why));
        owned.clear();
        nextBeat = time.nanos();
    }

    private void lose(Lane lane, String why) {
        lane.waiting.clear();
        if (!lane.out.isEmpty()) {
            losses.add(new Loss(List.copyOf(lane.out), why));
        }
    }

    @Override
    public List<Source> sources() {
        List<Source> all = new ArrayList<>();
        for (Lane lane : owned.values()) {
            if (lane.isReadable()) {
                all.addAll(lane.sources);
            }
        }
        return all;
    }

    @Override
    public void take(RedisDelivery delivery) {
        Lane lane = owned.get(delivery.lane());
        if (lane != null && lane.token.equals(delivery.token())) {
            lane.waiting.add(delivery);
        }
    }

    @Override
    public @Nullable RedisDelivery next() {
        int seen = 0;
        int count = owned.size();
        List<Lane> all = new ArrayList<>(owned.values());
        while (seen++ < count) {
            turn = (turn + 1) % count;
            Lane lane = all.get(turn);
            RedisDelivery next = lane.leaving ? null : lane.waiting.poll();
            if (next != null) {
                lane.out.add(next);
                return next;
            }
        }
        return null;
    }

    @Override
    public void ended(RedisDelivery delivery) {
        Lane lane = owned.get(delivery.lane());
        if (lane != null) {
            lane.out.remove(delivery);
        }
    }

    @Override
    public boolean putBack(RedisDelivery delivery) {
        Lane lane = owned.get(delivery.lane());
        if (lane == null || lane.leaving || !lane.token.equals(delivery.token()) || !reader.mayTake()) {
            return false;
        }
        List<RedisDelivery> all = new ArrayList<>(lane.waiting);
        all.add(delivery);
        all.sort(Comparator.comparing((RedisDelivery one) -> !one.source().own())
                .thenComparing(RedisDelivery::entry, EntryId::order));
        lane.waiting.clear();
        lane.waiting.addAll(all);
        return true;
    }

    @Override
    public String token(Source source) {
        Lane lane = owned.get(source.lane());
        return lane == null ? "" : lane.token;
    }

    @Override
    public void losses(LossReport report) {
        for (Loss loss : List.copyOf(losses)) {
            report.lost(loss.deliveries(), loss.why());
        }
        losses.clear();
    }

    @Override
    public List<RedisDelivery> drop() {
        owned.values().forEach(lane -> lane.waiting.clear());
        return List.of();
    }
}
