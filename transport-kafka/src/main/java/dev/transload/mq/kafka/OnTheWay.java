package dev.transload.mq.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was handed over and has not come back: a ring of slots, in which each entry takes the first free one of a few, and
 * a map for those that find none. Entering and leaving cost no memory and no lock.
 *
 * <p>Thread-safe. An entry is in at most once; whoever looks through all of them sees those that were in throughout.
 *
 * @param <E> an entry, which remembers its slot
 */
final class OnTheWay<E extends OnTheWay.Entry> {

    /**
     * What may be on the way; {@code slot} belongs to the ring. It is written before the entry is put in, and read by those
     * who put it in, found it there or were handed it by either.
     */
    abstract static class Entry {
        private int slot = NOWHERE;
    }

    private static final int NOWHERE = -1;
    private static final int IN_THE_MAP = -2;
    private static final int TRIES = 8;

    private final AtomicReferenceArray<@Nullable E> ring;
    private final int mask;
    private final AtomicInteger next = new AtomicInteger();
    private final Map<E, Boolean> others = new ConcurrentHashMap<>();

    /** A ring of so many slots, a power of two; more entries than that find room, at a higher price. */
    OnTheWay(int slots) {
        if (Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException("slots must be a power of two, was " + slots);
        }
        ring = new AtomicReferenceArray<>(slots);
        mask = slots - 1;
    }

    /** Puts an entry in, which is not in now. */
    void add(E entry) {
        for (int i = 0; i < TRIES; i++) {
            int slot = next.getAndIncrement() & mask;
            if (ring.get(slot) == null) {
                slot(entry, slot); // before it can be found
                if (ring.compareAndSet(slot, null, entry)) {
                    return;
                }
            }
        }
        slot(entry, IN_THE_MAP);
        others.put(entry, true);
    }

    /** Takes an entry out; false if it was not in. */
    boolean remove(E entry) {
        int slot = links(entry).slot;
        return slot >= 0 ? ring.compareAndSet(slot, entry, null) : slot == IN_THE_MAP && others.remove(entry) != null;
    }

    /** Takes an entry out that is in, and that nobody else takes out now, which costs less. */
    void leave(E entry) {
        int slot = links(entry).slot;
        if (slot >= 0) {
            ring.setRelease(slot, null);
        } else {
            others.remove(entry);
        }
    }

    /** Shows every entry. */
    void forEach(Consumer<? super E> to) {
        for (int slot = 0; slot <= mask; slot++) {
            E entry = ring.get(slot);
            if (entry != null) {
                to.accept(entry);
            }
        }
        others.keySet().forEach(to);
    }

    private static void slot(Entry entry, int slot) {
        entry.slot = slot;
    }

    private static Entry links(Entry entry) {
        return entry;
    }
}
