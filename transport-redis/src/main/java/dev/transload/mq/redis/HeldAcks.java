package dev.transload.mq.redis;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Acks that wait for their receiver's next read, so that both are one write, one answer and one sync of the server's disk. It
 * keeps one call, into which further acks go by themselves, and only while the receiver says that it will read soon.
 *
 * <p>Thread-safe, without a lock: whether calls are kept and the call that is kept are one reference.
 */
final class HeldAcks {

    private static final Slot SHUT = new Slot(null);
    private static final Slot OPEN = new Slot(null);

    private final AtomicReference<Slot> slot = new AtomicReference<>(SHUT);

    private record Slot(@Nullable BatchedCall call) {}

    /** The next call is kept. */
    void open() {
        slot.compareAndSet(SHUT, OPEN);
    }

    /** Keeps a call until {@link #shut}; false if it is to be submitted instead. */
    boolean keep(BatchedCall call) {
        return slot.compareAndSet(OPEN, new Slot(call));
    }

    /** No call is kept from now on; returns the one that was, if there is one. */
    @Nullable
    BatchedCall shut() {
        return slot.getAndSet(SHUT).call();
    }
}
