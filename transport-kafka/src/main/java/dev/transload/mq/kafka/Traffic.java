package dev.transload.mq.kafka;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What is known of the sends to one topic. Thread-safe. */
final class Traffic {

    /** With so many on the way for each partition nobody is left without work by what follows in one piece. */
    private static final int ENOUGH = 8;

    /** So many messages of 1 KiB in a row fill a batch of the producer. */
    private static final int RUN = 64;

    final String topic;
    final AtomicInteger waiting = new AtomicInteger();
    final AtomicInteger turn = new AtomicInteger(ThreadLocalRandom.current().nextInt());
    final AtomicInteger onTheWay = new AtomicInteger();
    final AtomicLong lookedNanos = new AtomicLong();
    /** How much has come back; a number that is not exact, only another each time. */
    private final AtomicInteger progress = new AtomicInteger();
    /** Of whoever looks whether it is stuck: what was seen last. */
    private int progressSeen;

    private boolean busySeen;

    Traffic(String topic) {
        this.topic = topic;
    }

    /**
     * The partition of the next message without a key: all in turn, so that few messages are spread over all consumers,
     * too; in runs while many are on the way, since the producer makes a batch for each partition.
     */
    @Nullable
    Integer turn(int partitions) {
        if (partitions < 2) {
            return null;
        }
        int n = turn.getAndIncrement();
        return Math.floorMod(onTheWay.get() < ENOUGH * partitions ? n : Math.floorDiv(n, RUN), partitions);
    }

    /** Something has come back. Called by the producer's thread, so without an atomic step. */
    void progressed() {
        progress.setRelease(progress.getPlain() + 1);
    }

    /** Whether nothing has come back since the last call, although something was to then and is now. One thread's. */
    boolean looksStuck() {
        boolean busy = onTheWay.get() > 0 || waiting.get() > 0;
        int now = progress.get();
        boolean stuck = busy && busySeen && now == progressSeen;
        busySeen = busy;
        progressSeen = now;
        return stuck;
    }
}
