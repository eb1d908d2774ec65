package dev.transload.mq.kafka;

import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How far a partition has come, as it is kept with its committed offset: everything before the offset is done, and past
 * it some messages are done, too, and of others is known how often they failed.
 *
 * <p>Immutable.
 */
final class Progress {

    private final long base;
    private final boolean clean;
    private final long fence;
    private final long suspectedUntil;
    private final NavigableMap<Long, Long> done;
    private final NavigableMap<Long, Note> notes;

    /**
     * @param base first offset that is not done
     * @param clean whether its owner gave the partition up in order: no handler was running
     * @param fence number of the owner
     * @param suspectedUntil what lies before may have begun under an owner that died
     * @param done ranges of offsets that are done, from their first to the one after their last
     * @param notes what is known of messages that are not done
     */
    Progress(
            long base,
            boolean clean,
            long fence,
            long suspectedUntil,
            NavigableMap<Long, Long> done,
            NavigableMap<Long, Note> notes) {
        this.base = base;
        this.clean = clean;
        this.fence = fence;
        this.suspectedUntil = suspectedUntil;
        this.done = Collections.unmodifiableNavigableMap(new TreeMap<>(done));
        this.notes = Collections.unmodifiableNavigableMap(new TreeMap<>(notes));
    }

    /** Nothing is known but the offset. */
    static Progress at(long base) {
        return new Progress(base, true, 0, 0, Collections.emptyNavigableMap(), Collections.emptyNavigableMap());
    }

    long base() {
        return base;
    }

    boolean clean() {
        return clean;
    }

    long fence() {
        return fence;
    }

    long suspectedUntil() {
        return suspectedUntil;
    }

    /** Ranges past the base, from first to the offset after the last. */
    NavigableMap<Long, Long> done() {
        return done;
    }

    NavigableMap<Long, Note> notes() {
        return notes;
    }

    /** How many messages past the base are done. */
    long doneCount() {
        long count = 0;
        for (Map.Entry<Long, Long> range : done.entrySet()) {
            count += range.getValue() - range.getKey();
        }
        return count;
    }

    boolean isDone(long offset) {
        if (offset < base) {
            return true;
        }
        Map.Entry<Long, Long> range = done.floorEntry(offset);
        return range != null && offset < range.getValue();
    }

    /**
     * What the next owner starts from. If the last one died, whatever it may have begun is suspected, and whatever is
     * known to have been running has crashed.
     *
     * @param mostSpan how far past the base the last owner can have come
     * @param logEnd where the partition ends now, which bounds it too
     */
    Progress handedOver(long mostSpan, long logEnd) {
        if (clean) {
            return this;
        }
        NavigableMap<Long, Note> after = new TreeMap<>();
        notes.forEach((offset, note) -> after.put(offset, note.afterCrash(offset < suspectedUntil)));
        long reached = Math.max(base, Math.min(base + mostSpan, logEnd));
        return new Progress(base, false, fence, Math.max(suspectedUntil, reached), done, after);
    }

    /** The same from a later base on, since what lay before is no longer there. */
    Progress from(long later) {
        if (later <= base) {
            return this;
        }
        NavigableMap<Long, Long> left = new TreeMap<>(done.tailMap(later, true));
        long start = later;
        Map.Entry<Long, Long> over = done.lowerEntry(later);
        if (over != null && over.getValue() > later) {
            start = over.getValue();
        }
        while (!left.isEmpty() && left.firstKey() == start) {
            start = left.pollFirstEntry().getValue();
        }
        return new Progress(start, clean, fence, suspectedUntil, left, notes.tailMap(start, true));
    }

    @Override
    public String toString() {
        return "Progress[" + base + (clean ? ", clean" : "") + ", done " + done + ", notes " + notes
                + ", suspected until " + suspectedUntil + ", fence " + fence + "]";
    }
}
