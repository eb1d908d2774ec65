package dev.transload.mq.client;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends that the broker has and that nobody has taken note of yet. Any thread puts them in, without a lock and without
 * memory of its own; whoever takes, takes all.
 *
 * <p>A thread that waits for some to come says so before it takes what is there; a thread that puts one in looks afterwards
 * whether somebody waits, and if so has it taken. So one of the two sees the other.
 *
 * <p>A stack linked through the sends, after R. K. Treiber, Systems Programming: Coping with Parallelism, 1986. It is only
 * emptied as a whole, so a send that comes back to its top cannot be taken for another. Thread-safe.
 */
final class ConfirmedSends {

    /** References or numbers on two lines of a processor's cache, of 64 bytes each. */
    private static final int TWO_LINES = 32;

    /** The one in use: what lies next to the array in memory is written by other threads with every send. */
    private static final int MIDDLE = TWO_LINES / 2;

    private final AtomicReferenceArray<@Nullable PendingSend> top = new AtomicReferenceArray<>(TWO_LINES);
    private final AtomicIntegerArray waiting = new AtomicIntegerArray(TWO_LINES);

    /** Puts in a send that was never in before; returns whether it is the only one. */
    boolean add(PendingSend send) {
        while (true) {
            PendingSend before = top.get(MIDDLE);
            send.confirmedBefore = before;
            if (top.compareAndSet(MIDDLE, before, send)) {
                return before == null;
            }
        }
    }

    /** Takes all out, in the order in which they came. */
    void take(Consumer<? super PendingSend> to) {
        PendingSend rest = top.get(MIDDLE) == null ? null : top.getAndSet(MIDDLE, null);
        PendingSend first = null;
        while (rest != null) {
            PendingSend before = rest.confirmedBefore;
            rest.confirmedBefore = first;
            first = rest;
            rest = before;
        }
        while (first != null) {
            PendingSend next = first.confirmedBefore;
            first.confirmedBefore = null; // one that lives long must not keep those that came after it
            to.accept(first);
            first = next;
        }
    }

    /** The calling thread is going to wait for some to come. */
    void startWaiting() {
        waiting.getAndIncrement(MIDDLE);
    }

    /** The calling thread does not wait any more. */
    void endWaiting() {
        waiting.getAndDecrement(MIDDLE);
    }

    /** Whether a thread waits. */
    boolean isWaitedFor() {
        return waiting.get(MIDDLE) > 0;
    }
}
