package dev.transload.mq.rabbitmq;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Unsettled deliveries of one channel in the order of their tags, and which of them wait for their ack to be written.
 * Acks of the oldest ones go out as one ack of many; memory is one link per unsettled delivery, however far the tags
 * have moved on.
 *
 * <p>Not thread-safe: guarded by the lock of its channel.
 *
 * @param <E> what is delivered
 */
final class AckCoalescer<E extends AckCoalescer.Entry<E>> {

    /** Links of one unsettled delivery; belongs to the coalescer. */
    abstract static class Entry<E extends Entry<E>> {
        private final long tag;
        private @Nullable E before;
        private @Nullable E after;
        private boolean listed;
        private boolean acked;

        Entry(long tag) {
            this.tag = tag;
        }

        /** Delivery tag. */
        final long tag() {
            return tag;
        }
    }

    /** Where acks are written. */
    interface Writer {

        /** Acks a tag, and all unsettled ones below it if {@code multiple}. */
        void ack(long tag, boolean multiple);
    }

    private @Nullable E oldest;
    private @Nullable E newest;
    private int unsettled;
    private int pending;

    /** Takes a delivery; tags only grow. */
    void add(E entry) {
        links(entry).listed = true;
        E last = newest;
        links(entry).before = last;
        if (last == null) {
            oldest = entry;
        } else {
            links(last).after = entry;
        }
        newest = entry;
        unsettled++;
    }

    /** Marks a delivery for its ack; returns false if it is settled already. */
    boolean ack(E entry) {
        Entry<E> links = links(entry);
        if (!links.listed || links.acked) {
            return false;
        }
        links.acked = true;
        pending++;
        return true;
    }

    /** Takes out a delivery that is given back; returns false if it is settled already. */
    boolean remove(E entry) {
        Entry<E> links = links(entry);
        if (!links.listed || links.acked) {
            return false;
        }
        unlink(entry);
        return true;
    }

    /** Acks that wait to be written. */
    int pending() {
        return pending;
    }

    /** Deliveries neither given back nor written as acked. */
    int unsettled() {
        return unsettled;
    }

    /**
     * Writes acks: all that the oldest unsettled delivery does not hold up, as one; if there are none of those, or
     * {@code all} is asked for, the others one by one.
     *
     * @param written gets what was acked
     */
    void flush(boolean all, Writer writer, List<? super E> written) {
        long prefix = 0;
        int count = 0;
        for (E entry = oldest; entry != null && links(entry).acked; entry = oldest) {
            prefix = links(entry).tag;
            count++;
            settled(entry, written);
        }
        if (count > 0) {
            writer.ack(prefix, count > 1);
        }
        if (pending == 0 || (count > 0 && !all)) {
            return;
        }
        for (E entry = oldest; entry != null && pending > 0; ) {
            E next = links(entry).after;
            if (links(entry).acked) {
                settled(entry, written);
                writer.ack(links(entry).tag, false);
            }
            entry = next;
        }
    }

    /** Takes out every unsettled delivery, oldest first; those waiting for their ack go to {@code unwritten}. */
    void clear(List<? super E> open, List<? super E> unwritten) {
        for (E entry = oldest; entry != null; ) {
            E next = links(entry).after;
            if (links(entry).acked) {
                unwritten.add(entry);
            } else {
                open.add(entry);
            }
            links(entry).listed = false;
            links(entry).before = null;
            links(entry).after = null;
            entry = next;
        }
        oldest = null;
        newest = null;
        unsettled = 0;
        pending = 0;
    }

    private void settled(E entry, List<? super E> written) {
        pending--;
        unlink(entry);
        written.add(entry);
    }

    private void unlink(E entry) {
        Entry<E> links = links(entry);
        E before = links.before;
        E after = links.after;
        if (before == null) {
            oldest = after;
        } else {
            links(before).after = after;
        }
        if (after == null) {
            newest = before;
        } else {
            links(after).before = before;
        }
        links.before = null;
        links.after = null;
        links.listed = false;
        unsettled--;
    }

    // Private members are not visible through the type variable.
    private static <E extends Entry<E>> Entry<E> links(E entry) {
        return entry;
    }
}
