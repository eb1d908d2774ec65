package dev.transload.mq.redis;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import redis.clients.jedis.util.RedisInputStream;

/**
 * Names and values of one entry's fields, each a name and then its value, as slices of arrays. One serves a reader for all
 * entries, so that what is short, and is made text or a number at once, costs no array.
 *
 * <p>Not thread-safe.
 */
final class EntryFields {

    /** What is shorter than a body usually is, and is kept beside others. */
    private static final int SHORT = 256;

    private static final int ROOM = 4 * 1024;

    private final byte[] together;
    private int used;
    private byte[][] arrays = new byte[16][];
    private int[] starts = new int[16];
    private int[] lengths = new int[16];
    private int count;

    EntryFields() {
        this(new byte[ROOM]);
    }

    private EntryFields(byte[] together) {
        this.together = together;
    }

    /** The fields of an entry that was read as a list, and needs no room for more. */
    static EntryFields of(List<?> all) {
        EntryFields fields = new EntryFields(Bytes.EMPTY);
        for (Object one : all) {
            byte[] bytes = (byte[]) one;
            fields.add(bytes, 0, bytes.length);
        }
        return fields;
    }

    /** Forgets the last entry. */
    void clear() {
        Arrays.fill(arrays, 0, count, Bytes.EMPTY);
        count = 0;
        used = 0;
    }

    /** Reads the next name or value, of which so many bytes and the end of the line are still to come. */
    void read(RedisInputStream from, int length) {
        byte[] into = together;
        int start = used;
        if (length > SHORT || length > together.length - used) {
            into = new byte[length];
            start = 0;
        } else {
            used += length;
        }
        EntryReply.read(from, into, start, length);
        add(into, start, length);
    }

    private void add(byte[] array, int start, int length) {
        if (count == lengths.length) {
            arrays = Arrays.copyOf(arrays, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        arrays[count] = array;
        starts[count] = start;
        lengths[count] = length;
        count++;
    }

    /** How many names there are that have a value. */
    int pairs() {
        return count / 2;
    }

    boolean isName(int pair, byte[] other) {
        return is(2 * pair, other);
    }

    private boolean isValue(int pair, byte[] other) {
        return is(2 * pair + 1, other);
    }

    private boolean is(int at, byte[] other) {
        int start = starts[at];
        return lengths[at] == other.length // which tells most names apart
                && Arrays.equals(arrays[at], start, start + other.length, other, 0, other.length);
    }

    /** Whether the name begins with that. */
    boolean isNamed(int pair, byte[] prefix) {
        int start = starts[2 * pair];
        return lengths[2 * pair] >= prefix.length
                && Arrays.equals(arrays[2 * pair], start, start + prefix.length, prefix, 0, prefix.length);
    }

    String name(int pair) {
        return text(2 * pair);
    }

    String value(int pair) {
        return text(2 * pair + 1);
    }

    /** The value as text that probably is one of those. */
    String value(int pair, List<KnownText> known) {
        for (KnownText one : known) {
            if (isValue(pair, one.bytes())) {
                return one.text();
            }
        }
        return value(pair);
    }

    private String text(int at) {
        return new String(arrays[at], starts[at], lengths[at], StandardCharsets.UTF_8);
    }

    /** A number that is 0 or more; 0 if the value is none. */
    long number(int pair) {
        int at = 2 * pair + 1;
        return Math.max(0, Bytes.number(arrays[at], starts[at], starts[at] + lengths[at]));
    }

    /** The value in an array that nobody else writes to. */
    byte[] bytes(int pair) {
        int at = 2 * pair + 1;
        byte[] array = arrays[at];
        int start = starts[at];
        return array != together && start == 0 && array.length == lengths[at]
                ? array
                : Arrays.copyOfRange(array, start, start + lengths[at]);
    }
}
