package dev.transload.mq.sqs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes batches of what comes one by one. What comes while no request is under way goes at once; what comes meanwhile
 * waits until a batch is full, until no request is under way any more, or for the linger, whichever is first. So a lone
 * entry waits for nothing, and a stream of them fills its batches.
 *
 * <p>Entries may belong to lanes: those of a lane go in the order in which they came, and in one request at a time.
 *
 * <p>Its state belongs to the worker.
 *
 * @param <E> an entry
 */
final class Batcher<E> {

    /** Most entries of a batch. */
    static final int ENTRIES = 10;

    private static final List<String> IDS =
            IntStream.range(0, ENTRIES).mapToObj(Integer::toString).toList();

    private final int maxBytes;
    private final int maxRequests;
    private final long lingerMillis;
    private final boolean eager;
    private final Worker worker;
    private final Request<E> request;
    private final Function<E, @Nullable String> lane;
    private final boolean whole;
    private final Map<@Nullable String, Lane<E>> lanes = new HashMap<>();
    private final ArrayDeque<Lane<E>> ready = new ArrayDeque<>();
    private int waiting;
    private long waitingBytes;
    private int underWay;
    private boolean timed;
    private boolean due;

    /** Sends a batch. */
    interface Request<E> {

        /** Sends; the runnable is run on the worker once it has been answered or has failed. */
        void send(List<E> batch, Runnable ended);
    }

    /** Entries of one lane that wait, or of none; ready if there are any and no request of the lane is under way. */
    private static final class Lane<E> {
        private final @Nullable String name;
        private final ArrayDeque<E> entries = new ArrayDeque<>();
        /** Bytes of each entry, in step with them. */
        private final ArrayDeque<Integer> sizes = new ArrayDeque<>();

        private long bytes;
        private boolean busy;

        Lane(@Nullable String name) {
            this.name = name;
        }
    }

    /** Of entries that belong to no lane. */
    Batcher(int maxBytes, int maxRequests, long lingerMillis, boolean eager, Worker worker, Request<E> request) {
        this(maxBytes, maxRequests, lingerMillis, eager, worker, entry -> null, false, request);
    }

    /**
     * @param maxBytes most bytes of a batch
     * @param maxRequests most requests under way
     * @param lingerMillis longest wait for a full batch
     * @param eager whether what comes while no request is under way goes at once
     * @param lane what lane an entry belongs to, null for none
     * @param whole whether what waits in a lane is not divided among requests, unless it is too much for one
     */
    Batcher(
            int maxBytes,
            int maxRequests,
            long lingerMillis,
            boolean eager,
            Worker worker,
            Function<E, @Nullable String> lane,
            boolean whole,
            Request<E> request) {
        this.maxBytes = maxBytes;
        this.maxRequests = maxRequests;
        this.lingerMillis = lingerMillis;
        this.eager = eager;
        this.worker = worker;
        this.lane = lane;
        this.whole = whole;
        this.request = request;
    }

    /** What an entry is called in the request, by its place in the batch. */
    static String id(int place) {
        return IDS.get(place);
    }

    /** Takes an entry in; nothing goes before {@link #go}. */
    void add(E entry, int bytes) {
        Lane<E> its = lanes.computeIfAbsent(lane.apply(entry), Lane::new);
        its.entries.add(entry);
        its.sizes.add(bytes);
        its.bytes += bytes;
        if (!its.busy) {
            if (its.entries.size() == 1) {
                ready.add(its);
            }
            waiting++;
            waitingBytes += bytes;
        }
    }

    /** Takes out what waits in a lane of which a request is under way, in order. */
    List<E> drop(String name) {
        Lane<E> its = lanes.get(name);
        if (its == null || !its.busy) {
            return List.of();
        }
        List<E> dropped = List.copyOf(its.entries);
        its.entries.clear();
        its.sizes.clear();
        its.bytes = 0;
        return dropped;
    }

    /** Sends what may go now. */
    void go() {
        while (waiting > 0 && underWay < maxRequests) {
            boolean full = waiting >= ENTRIES || waitingBytes >= maxBytes;
            if (!full && !due && !(eager && underWay == 0)) {
                if (!timed) {
                    timed = true;
                    worker.later(lingerMillis, this::lingered);
                }
                return;
            }
            send();
        }
        if (waiting == 0) {
            due = false;
        }
    }

    /** Sends all that waits without waiting for more. */
    void flush() {
        due = true;
        go();
    }

    private void lingered() {
        timed = false;
        if (waiting > 0) {
            due = true;
            go();
        }
    }

    private void send() {
        List<E> batch = new ArrayList<>(Math.min(ENTRIES, waiting));
        Set<Lane<E>> taken = Set.of();
        long bytes = 0;
        while (batch.size() < ENTRIES && !ready.isEmpty()) {
            Lane<E> first = ready.element();
            int size = first.sizes.element();
            if (!batch.isEmpty() && (bytes + size > maxBytes || isForTheNext(first, taken, batch.size()))) {
                break;
            }
            batch.add(first.entries.remove());
            bytes += first.sizes.remove();
            first.bytes -= size;
            if (first.entries.isEmpty()) {
                ready.remove();
            }
            if (first.name != null) {
                taken = taken.isEmpty() ? new HashSet<>() : taken; // most entries belong to no lane
                taken.add(first);
            }
        }
        waiting -= batch.size();
        waitingBytes -= bytes;
        taken.forEach(this::occupy);
        underWay++;
        Set<Lane<E>> busy = taken;
        request.send(batch, () -> ended(busy));
    }

    private boolean isForTheNext(Lane<E> lane, Set<Lane<E>> taken, int used) {
        return whole && lane.name != null && !taken.contains(lane) && used + lane.entries.size() > ENTRIES;
    }

    private void occupy(Lane<E> its) {
        its.busy = true;
        if (!its.entries.isEmpty()) {
            ready.remove(); // the last that was taken from, and the only one with entries left
            waiting -= its.entries.size();
            waitingBytes -= its.bytes;
        }
    }

    private void ended(Set<Lane<E>> taken) {
        underWay--;
        for (Lane<E> its : taken) {
            its.busy = false;
            if (its.entries.isEmpty()) {
                lanes.remove(its.name);
            } else {
                ready.add(its);
                waiting += its.entries.size();
                waitingBytes += its.bytes;
            }
        }
        go();
    }

    /** Entries that wait for a request. */
    int size() {
        return waiting;
    }

    /** Whether nothing waits and nothing is under way. */
    boolean isIdle() {
        return waiting == 0 && underWay == 0;
    }
}
