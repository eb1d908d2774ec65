package dev.transload.mq.kafka;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;

/**
 * When a member of a group begins to receive: it receives from all it was given, or has joined and was given nothing for
 * a moment, since others hold everything. Used by the member's loop alone.
 */
final class Beginning {

    /** After which time without a partition others are taken to hold them all. */
    private static final long EMPTY_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final Lanes lanes;
    private final Consumer<?, ?> consumer;
    private boolean begun;
    /** Since when it is a member of the group, 0 if it is none yet. */
    private long joinedSince;

    Beginning(Lanes lanes, Consumer<?, ?> consumer) {
        this.lanes = lanes;
        this.consumer = consumer;
    }

    /** Whether it begins now; so once, then no more. */
    boolean isNow() {
        if (begun) {
            return false;
        }
        if (joinedSince == 0) {
            joinedSince = consumer.groupMetadata().generationId() > 0 ? System.nanoTime() : 0;
        }
        List<Lane> all = lanes.all();
        begun = all.isEmpty()
                ? joinedSince != 0 && System.nanoTime() - joinedSince > EMPTY_NANOS
                : all.stream().allMatch(Lane::isOpen);
        return begun;
    }
}
