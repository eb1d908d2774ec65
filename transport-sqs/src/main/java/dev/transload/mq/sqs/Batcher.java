package dev.transload.mq.sqs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes batches of what comes one by one. What comes while no request is under way goes at once; what comes meanwhile
 * waits until a batch is full, until no request is under way any more, or for the linger, whichever is first. So a lone
 * entry waits for nothing, and a stream of them fills its batches.
 *
 * <p>Its state belongs to the worker.
 *
 * @param <E> an entry
 */
final class Batcher<E> {

    /** Most entries of a batch. */
    static final int ENTRIES = 10;

    private final int maxBytes;
    private final int maxRequests;
    private final long lingerMillis;
    private final boolean eager;
    private final Worker worker;
    private final Request<E> request;
    private final ArrayDeque<Sized<E>> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private int underWay;
    private boolean timed;
    private boolean due;

    /** Sends a batch. */
    interface Request<E> {

        /** Sends; the runnable is run on the worker once it has been answered or has failed. */
        void send(List<E> batch, Runnable ended);
    }

    private record Sized<E>(E entry, int bytes) {}

    /**
     * @param maxBytes most bytes of a batch
     * @param maxRequests most requests under way
     * @param lingerMillis longest wait for a full batch
     * @param eager whether what comes while no request is under way goes at once
     */
    Batcher(int maxBytes, int maxRequests, long lingerMillis, boolean eager, Worker worker, Request<E> request) {
        this.maxBytes = maxBytes;
        this.maxRequests = maxRequests;
        this.lingerMillis = lingerMillis;
        this.eager = eager;
        this.worker = worker;
        this.request = request;
    }

    /** Takes an entry in; nothing goes before {@link #go}. */
    void add(E entry, int bytes) {
        waiting.add(new Sized<>(entry, bytes));
        waitingBytes += bytes;
    }

    /** Sends what may go now. */
    void go() {
        while (!waiting.isEmpty() && underWay < maxRequests) {
            boolean full = waiting.size() >= ENTRIES || waitingBytes >= maxBytes;
            if (!full && !due && !(eager && underWay == 0)) {
                if (!timed) {
                    timed = true;
                    worker.later(lingerMillis, this::lingered);
                }
                return;
            }
            send();
        }
        if (waiting.isEmpty()) {
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
        if (!waiting.isEmpty()) {
            due = true;
            go();
        }
    }

    private void send() {
        List<E> batch = new ArrayList<>(Math.min(ENTRIES, waiting.size()));
        long bytes = 0;
        while (batch.size() < ENTRIES && !waiting.isEmpty()) {
            Sized<E> next = waiting.element();
            if (!batch.isEmpty() && bytes + next.bytes() > maxBytes) {
                break;
            }
            waiting.remove();
            batch.add(next.entry());
            bytes += next.bytes();
        }
        waitingBytes -= bytes;
        underWay++;
        request.send(batch, this::ended);
    }

    private void ended() {
        underWay--;
        go();
    }

    /** Entries that wait. */
    int size() {
        return waiting.size();
    }

    /** Whether nothing waits and nothing is under way. */
    boolean isIdle() {
        return waiting.isEmpty() && underWay == 0;
    }
}
