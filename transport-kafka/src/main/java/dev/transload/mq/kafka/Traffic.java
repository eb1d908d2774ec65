package dev.transload.mq.kafka;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is known of the sends to one topic. Thread-safe. */
final class Traffic {

    /** With so many on the way for each partition nobody is left without work by what follows in one piece. */
    private static final int ENOUGH = 8;

    /** So many messages of 1 KiB in a row fill half a batch of the producer. */
    private static final int RUN = 64;

    /** Numbers on a line of a processor's cache, of 64 bytes. */
    private static final int LINE = 16;

    /** Where all are counted that have come back, in the middle of lines of memory of its own. */
    private static final int ALL = LINE;

    /** Where the count stands for those who send, who would have to fetch its line again each time it changes: likewise. */
    private static final int AS_TOLD = 3 * LINE;

    /** So many come back before it changes: fewer than are few for two partitions. */
    private static final int TOLD_EVERY = 8;

    final String topic;
    final AtomicInteger waiting = new AtomicInteger();
    final AtomicLong lookedNanos = new AtomicLong();
    /** What is added to the count of messages, so that not every client begins with the same partition. */
    private final int first = ThreadLocalRandom.current().nextInt();
    /** How many the producer took. */
    private final AtomicInteger taken = new AtomicInteger();
    /** How many of them have come back, as {@link #ALL} and {@link #AS_TOLD}; another thread writes it. */
    private final AtomicIntegerArray returned = new AtomicIntegerArray(4 * LINE);

    /** Of whoever looks whether it is stuck: what was seen last. */
    private int returnedSeen;

    private boolean busySeen;

    Traffic(String topic) {
        this.topic = topic;
    }

    /**
     * The producer is about to take a message.
     *
     * @return the partition of the message if it has no key: all in turn, so that few messages are spread over all
     *     consumers, too; in runs while many are on the way, since the producer makes a batch for each partition
     */
    @Nullable
    Integer takes(int partitions) {
        int count = taken.getAndIncrement();
        if (partitions < 2) {
            return null;
        }
        int n = first + count;
        boolean few = count - returned.get(AS_TOLD) < ENOUGH * partitions;
        return Math.floorMod(few ? n : Math.floorDiv(n, RUN), partitions);
    }

    /** The producer did not take it after all. */
    void refuses() {
        taken.getAndDecrement();
    }

    /** Something has come back. Called by the producer's thread, so without an atomic step. */
    void returns() {
        int all = returned.getPlain(ALL) + 1;
        returned.setRelease(ALL, all);
        if (all % TOLD_EVERY == 0) {
            returned.setRelease(AS_TOLD, all);
        }
    }

    /**
     * Whether nothing has come back since the last call, although something was to then and is now. One thread's.
     *
     * @param onTheWay whether the producer has any that is still waited for
     */
    boolean looksStuck(boolean onTheWay) {
        boolean busy = onTheWay || waiting.get() > 0;
        int now = returned.get(ALL);
        boolean stuck = busy && busySeen && now == returnedSeen;
        busySeen = busy;
        returnedSeen = now;
        return stuck;
    }
}
