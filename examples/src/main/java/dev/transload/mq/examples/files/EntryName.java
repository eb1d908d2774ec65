package dev.transload.mq.examples.files;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a message's file says. Names sort by time; one that someone else made up is as good.
 *
 * @param until when it is due, if it waits, or when its claim ends, in milliseconds since 1970; 0 if it is ready
 * @param owner who has claimed it; empty text if nobody has
 * @param base when it was stored, and what makes it unique
 * @param count deliveries so far that had no outcome, or failed
 */
record EntryName(long until, String owner, String base, int count) {

    /** Longest base: the folder's file system has room for the rest. */
    private static final int LONGEST = 160;

    private static final int MOST = 1_000_000;

    /** What no other file has, and sorts one writer's files. */
    static String unique(String writer, long serial) {
        return String.format(Locale.ROOT, "%s-%08d", writer, serial);
    }

    static EntryName fresh(long stored, String unique) {
        return new EntryName(0, "", String.format(Locale.ROOT, "%015d-%s", stored, unique), 0);
    }

    /** Reads a file name from {@code ready}; null for a file that is none of ours to touch. */
    static @Nullable EntryName ofReady(String name) {
        int comma = name.lastIndexOf(',');
        long count = comma < 0 ? -1 : number(name.substring(comma + 1));
        String base = count < 0 ? name : name.substring(0, comma);
        boolean usable = !base.isEmpty() && base.length() <= LONGEST && !base.startsWith(".");
        return usable ? new EntryName(0, "", base, (int) Math.max(0, Math.min(MOST, count))) : null;
    }

    /** Reads a file name from {@code waiting}. */
    static @Nullable EntryName ofWaiting(String name) {
        int at = name.indexOf('@');
        EntryName rest = at < 0 ? null : ofReady(name.substring(at + 1));
        long until = at < 0 ? -1 : number(name.substring(0, at));
        return rest == null || until < 0 ? null : new EntryName(until, "", rest.base, rest.count);
    }

    /** Reads a file name from {@code claimed}. */
    static @Nullable EntryName ofClaimed(String name) {
        EntryName outer = ofWaiting(name);
        int at = outer == null ? -1 : outer.base.indexOf('@');
        return outer == null || at < 1
                ? null
                : new EntryName(outer.until, outer.base.substring(0, at), outer.base.substring(at + 1), outer.count);
    }

    EntryName ready() {
        return new EntryName(0, "", base, count);
    }

    EntryName due(long when) {
        return new EntryName(when, "", base, count);
    }

    EntryName claimed(String by, long end) {
        return new EntryName(end, by, base, count);
    }

    /** Another delivery had no outcome, or failed. */
    EntryName counted() {
        return new EntryName(until, owner, base, count + 1);
    }

    /** When the message was stored, or the given time if the name does not tell. */
    long storedAt(long unlessTold) {
        int dash = base.indexOf('-');
        long stamp = dash == 15 ? number(base.substring(0, dash)) : -1;
        return stamp > 0 ? stamp : unlessTold;
    }

    /** The file's name; it sorts by the time that matters where it is. */
    @Override
    public String toString() {
        String text = base + "," + count;
        if (until == 0) {
            return text;
        }
        String prefix = String.format(Locale.ROOT, "%015d@", until);
        return owner.isEmpty() ? prefix + text : prefix + owner + "@" + text;
    }

    private static long number(String digits) {
        boolean plain =
                !digits.isEmpty() && digits.length() <= 15 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return plain ? Long.parseLong(digits) : -1;
    }
}
