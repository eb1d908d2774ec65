package dev.transload.mq.rabbitmq;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages written to one channel and not yet confirmed, found by their sequence number in a ring.
 *
 * <p>One thread at a time adds, one thread at a time confirms; any thread may take. Whoever takes an entry out has it
 * alone, so each leaves exactly once.
 *
 * @param <T> what was sent
 */
final class ConfirmWindow<T> {

    private final AtomicReferenceArray<@Nullable T> slots;
    private final int mask;
    private final AtomicLong next = new AtomicLong(1);
    private final AtomicLong oldest = new AtomicLong(1);

    /** A window of at most {@code capacity} entries, a power of two. */
    ConfirmWindow(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two, was " + capacity);
        }
        slots = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    /** Whether nothing can be added until the oldest entry is confirmed. */
    boolean full() {
        return next.get() - oldest.get() > mask;
    }

    /** Sequence numbers from the oldest unconfirmed one to the newest. */
    int span() {
        return (int) (next.get() - oldest.get());
    }

    /**
     * Adds an entry under the next sequence number, which it returns.
     *
     * @throws IllegalStateException if the window is full
     */
    long add(T entry) {
        long sequence = next.get();
        if (sequence - oldest.get() > mask) {
            throw new IllegalStateException("the window is full"); // its slot holds an entry that is not confirmed
        }
        slots.set(index(sequence), entry);
        next.lazySet(sequence + 1);
        return sequence;
    }

    /**
     * Takes back the entry added last, which was never written.
     *
     * @return false if someone else took it
     */
    boolean undo(long sequence) {
        boolean mine = slots.getAndSet(index(sequence), null) != null;
        next.set(sequence);
        return mine;
    }

    /** Takes out what a confirm names and passes it on, oldest first. */
    void confirm(long sequence, boolean multiple, Consumer<? super T> to) {
        long first = oldest.get();
        long end = next.get();
        if (sequence >= end || sequence < first) {
            return;
        }
        for (long s = multiple ? first : sequence; s <= sequence; s++) {
            T entry = slots.getAndSet(index(s), null);
            if (entry != null) {
                to.accept(entry);
            }
        }
        if (multiple || sequence == first) {
            // What was confirmed before its turn is not confirmed again.
            long s = sequence + 1;
            while (s < end && slots.get(index(s)) == null) {
                s++;
            }
            oldest.set(s); // the writer may be about to wait for room: it must see this, or be seen waiting
        }
    }

    /** Takes out the oldest entry that fits, which is not yet confirmed; null if there is none. */
    @Nullable
    T takeFirst(Predicate<? super T> fits) {
        long end = next.get();
        for (long s = oldest.get(); s < end; s++) {
            T entry = slots.get(index(s));
            if (entry != null && fits.test(entry) && slots.compareAndSet(index(s), entry, null)) {
                return entry;
            }
        }
        return null;
    }

    /** Takes out all entries and passes them on, oldest first. */
    void takeAll(Consumer<? super T> to) {
        long end = next.get();
        for (long s = oldest.get(); s < end; s++) {
            T entry = slots.getAndSet(index(s), null);
            if (entry != null) {
                to.accept(entry);
            }
        }
    }

    private int index(long sequence) {
        return (int) sequence & mask;
    }
}
