package dev.transload.mq.client;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends that the broker has and that nobody has taken note of yet. Any thread puts them in, without a lock and without
 * memory of its own; whoever takes, takes all.
 *
 * <p>A thread that waits for some to come says how many it needs before it takes what is there; a thread that puts one in
 * looks afterwards whether there are as many, and if so has them taken. So one of the two sees the other.
 *
 * <p>A stack linked through the sends, after R. K. Treiber, Systems Programming: Coping with Parallelism, 1986. It is only
 * emptied as a whole, so a send that comes back to its top cannot be taken for another. Thread-safe.
 */
final class ConfirmedSends {

    /** References or numbers on two lines of a processor's cache, of 64 bytes each. */
    private static final int TWO_LINES = 32;

    /** The one in use: what lies next to the array in memory is written by other threads with every send. */
    private static final int MIDDLE = TWO_LINES / 2;

    /** As many as nobody waits for. */
    static final int NOBODY = Integer.MAX_VALUE;

    private final AtomicReferenceArray<@Nullable PendingSend> top = new AtomicReferenceArray<>(TWO_LINES);
    private final AtomicIntegerArray needed = new AtomicIntegerArray(TWO_LINES);

    ConfirmedSends() {
        needed.set(MIDDLE, NOBODY);
    }

    /** Puts in a send that was never in before; returns whether it is the first there of whose end somebody is to be told. */
    boolean add(PendingSend send) {
        while (true) {
            PendingSend before = top.get(MIDDLE);
            boolean first = send.isToBeTold() && (before == null || !before.confirmedToTell);
            send.confirmedBefore = before;
            send.confirmedCount = before == null ? 1 : before.confirmedCount + 1;
            send.confirmedToTell = send.isToBeTold() || (before != null && before.confirmedToTell);
            if (top.compareAndSet(MIDDLE, before, send)) {
                return first;
            }
        }
    }

    /**
     * Whether there are as many as somebody needs, asked by the thread that put one in. If some were taken meanwhile it may
     * say so too early, never too late.
     */
    boolean areEnoughWith(PendingSend send) {
        return send.confirmedCount >= needed.get(MIDDLE);
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

    /** From now on as many are needed, {@link #NOBODY} if nobody waits; to be said before the waiting thread takes. */
    void need(int count) {
        needed.set(MIDDLE, count);
    }
}
