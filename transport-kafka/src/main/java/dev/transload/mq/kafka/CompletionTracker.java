package dev.transload.mq.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which messages of one partition are done, in whatever order they are, from one assignment of the partition to its
 * loss. Everything that arrived and is not in the list is done; so it costs what is open, not what lies between.
 *
 * <p>Pure and not thread-safe.
 *
 * @param <E> what stands for an open message
 */
final class CompletionTracker<E extends CompletionTracker.Entry<E>> {

    private final long fence;
    private final long suspectedUntil;
    private final NavigableMap<Long, Long> doneAhead;
    private final NavigableMap<Long, Note> notesAhead;
    private @Nullable E first;
    private @Nullable E last;
    private long next;
    private int open;
    /** Where {@link #lingering} came to: what came before this was told by it, or is done. */
    private long lingered;
    /** What had come by its last call. */
    private long looked;

    /**
     * Goes on from where the last owner came.
     *
     * @param fence number of this owner
     */
    CompletionTracker(Progress from, long fence) {
        this.fence = fence;
        this.suspectedUntil = from.suspectedUntil();
        this.doneAhead = new TreeMap<>(from.done());
        this.notesAhead = new TreeMap<>(from.notes());
        this.next = from.base();
        this.lingered = next;
        this.looked = next;
    }

    /** An open message: its place in the list, and what is known of it. */
    abstract static class Entry<E extends Entry<E>> {
        private final long offset;
        private Note note = Note.NONE;
        private boolean open;
        private @Nullable E previous;
        private @Nullable E next;

        Entry(long offset) {
            this.offset = offset;
        }

        final long offset() {
            return offset;
        }

        final Note note() {
            return note;
        }
    }

    /** Whether a message that comes now is still to be handled; what was passed over to come to it is done. */
    boolean arrives(long offset) {
        if (offset < next) {
            return false;
        }
        skipTo(offset);
        if (doneAhead.isEmpty()) {
            return true;
        }
        Map.Entry<Long, Long> range = doneAhead.floorEntry(offset);
        if (range != null && offset < range.getValue()) {
            skipTo(offset + 1);
            return false;
        }
        return true;
    }

    // Offsets without a message are done, as are those known to be; neither needs a place in the list.
    private void skipTo(long offset) {
        next = Math.max(next, offset);
        while (!doneAhead.isEmpty() && doneAhead.firstEntry().getValue() <= next) {
            doneAhead.pollFirstEntry();
        }
    }

    /** What has not come yet and lies before the offset is done. */
    void passTo(long offset) {
        skipTo(offset);
        notesAhead.headMap(offset, false).clear();
    }

    /** Takes in a message that {@link #arrives} said is to be handled. */
    void add(E entry) {
        long offset = entry.offset();
        if (offset < next) {
            throw new IllegalArgumentException("offset must be at least " + next + ", was " + offset);
        }
        Entry<E> e = entry;
        if (!notesAhead.isEmpty()) {
            NavigableMap<Long, Note> passed = notesAhead.headMap(offset, true);
            Note known = passed.get(offset);
            if (known != null) {
                e.note = known;
            }
            passed.clear();
        }
        skipTo(offset + 1);
        e.open = true;
        e.previous = last;
        if (last == null) {
            first = entry;
        } else {
            ((Entry<E>) last).next = entry;
        }
        last = entry;
        open++;
    }

    /** Puts another in the place of an open message, which is then not open any more. */
    void replace(E entry, E fresh) {
        Entry<E> old = entry;
        Entry<E> e = fresh;
        if (!old.open || old.offset != e.offset) {
            throw new IllegalArgumentException(
                    "message " + e.offset + " must stand for an open one, was for " + old.offset);
        }
        e.note = old.note;
        e.open = true;
        e.previous = old.previous;
        e.next = old.next;
        if (e.previous == null) {
            first = fresh;
        } else {
            ((Entry<E>) e.previous).next = fresh;
        }
        if (e.next == null) {
            last = fresh;
        } else {
            ((Entry<E>) e.next).previous = fresh;
        }
        old.open = false;
        old.previous = null;
        old.next = null;
    }

    /** The message is done; false if it was before, or is another owner's. */
    boolean done(E entry) {
        Entry<E> e = entry;
        if (!e.open) {
            return false;
        }
        e.open = false;
        open--;
        E before = e.previous;
        E after = e.next;
        if (before == null) {
            first = after;
        } else {
            ((Entry<E>) before).next = after;
        }
        if (after == null) {
            last = before;
        } else {
            ((Entry<E>) after).previous = before;
        }
        e.previous = null;
        e.next = null;
        return true;
    }

    /** Remembers something about an open message. */
    void note(E entry, Note note) {
        ((Entry<E>) entry).note = note;
    }

    boolean isOpen(E entry) {
        return ((Entry<E>) entry).open;
    }

    /** First offset that is not done: what is committed. */
    long base() {
        return first == null ? afterDone() : first.offset();
    }

    // With nothing open, what is known to be done right ahead is passed, too.
    private long afterDone() {
        if (doneAhead.isEmpty()) {
            return next;
        }
        Map.Entry<Long, Long> range = doneAhead.floorEntry(next);
        return range != null && next < range.getValue() ? range.getValue() : next;
    }

    /** The offset expected next. */
    long next() {
        return next;
    }

    /** How far the newest message is past the oldest open one. */
    long span() {
        return first == null ? 0 : next - first.offset();
    }

    /** Open messages. */
    int open() {
        return open;
    }

    long fence() {
        return fence;
    }

    /** Whether the handler of a message may have begun under an owner that died, so that its next start is noted first. */
    boolean suspected(long offset) {
        return offset < suspectedUntil;
    }

    /** All open messages, oldest first. */
    List<E> entries() {
        List<E> all = new ArrayList<>(open);
        for (E e = first; e != null; e = ((Entry<E>) e).next) {
            all.add(e);
        }
        return all;
    }

    /**
     * Adds the open messages that had come by the last call, each by one call only. It passes by what has come since,
     * and does not look at what it added before.
     */
    void lingering(List<? super E> into) {
        for (E e = last; e != null && e.offset() >= lingered; e = ((Entry<E>) e).previous) {
            if (e.offset() < looked) {
                into.add(e);
            }
        }
        lingered = looked;
        looked = next;
    }

    /**
     * What is committed now.
     *
     * @param clean whether no handler is running and none will
     * @param mostChars longest text that the broker takes
     */
    ProgressText.Written write(boolean clean, int mostChars) {
        long base = base();
        ProgressText.Writer writer = new ProgressText.Writer(base, clean, fence, suspectedUntil, mostChars);
        long at = base;
        for (E e = first; e != null; e = ((Entry<E>) e).next) {
            writer.done(e.offset() - at);
            writer.noted(clean ? e.note().withRunning(false) : e.note());
            at = e.offset() + 1;
        }
        if (first != null) {
            writer.done(next - at);
            at = next;
        }
        writeAhead(writer, at);
        return writer.write();
    }

    // What the last owner knew of messages that have not come yet.
    private void writeAhead(ProgressText.Writer writer, long from) {
        TreeMap<Long, Long> ranges = new TreeMap<>(doneAhead);
        TreeMap<Long, Note> notes = new TreeMap<>(notesAhead.tailMap(from, true));
        long at = from;
        while (!ranges.isEmpty() || !notes.isEmpty()) {
            long nextRange = ranges.isEmpty() ? Long.MAX_VALUE : Math.max(at, ranges.firstKey());
            long nextNote = notes.isEmpty() ? Long.MAX_VALUE : notes.firstKey();
            if (nextRange <= nextNote) {
                long end = ranges.pollFirstEntry().getValue();
                if (end > at) {
                    writer.open(nextRange - at);
                    writer.done(end - nextRange);
                    at = end;
                }
                notes.headMap(at, false).clear();
            } else {
                writer.open(nextNote - at);
                writer.noted(notes.pollFirstEntry().getValue());
                at = nextNote + 1;
            }
        }
    }
}
