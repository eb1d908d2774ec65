package dev.transload.mq.redis;

import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.RedisInputStream;

/**
 * Takes the server's answer to a read of streams apart as it comes: neither lists nor arrays are made of what an entry's
 * message does not keep.
 *
 * <p>Not thread-safe.
 */
final class EntryReply {

    /** What begins a list, and so this answer. */
    static final byte LIST = '*';

    private static final byte STRING = '$';

    private final EntryFields fields;
    private final Sink sink;

    /** Who takes the entries. What it throws ends the connection. */
    interface Sink {

        /** The entries of a stream follow. */
        void stream(byte[] key, int entries);

        /** One of them. The fields are those of the next one as soon as this returns. */
        void entry(byte[] id, EntryFields fields);
    }

    /** @param fields serves all entries */
    EntryReply(EntryFields fields, Sink sink) {
        this.fields = fields;
        this.sink = sink;
    }

    /**
     * Reads a whole answer.
     *
     * @return false if it says that nothing came
     * @throws JedisConnectionException if it is something else
     */
    boolean read(RedisInputStream from) {
        int streams = list(from);
        for (int i = 0; i < streams; i++) {
            pair(from);
            byte[] key = string(from);
            int entries = list(from);
            sink.stream(key, entries);
            for (int k = 0; k < entries; k++) {
                entry(from);
            }
        }
        fields.clear();
        return streams > 0;
    }

    private void entry(RedisInputStream from) {
        pair(from);
        byte[] id = string(from);
        int count = list(from); // none is left of an entry that was deleted
        fields.clear();
        for (int i = 0; i < count; i++) {
            fields.read(from, length(from));
        }
        if (count >= 0) {
            sink.entry(id, fields);
        }
    }

    /** Streams and entries are lists of a name and what it stands for. */
    private static void pair(RedisInputStream from) {
        if (list(from) != 2) {
            throw new JedisConnectionException("unknown answer to a read of streams");
        }
    }

    /** How many things a list has, -1 if it is none at all. */
    private static int list(RedisInputStream from) {
        expect(from, LIST);
        return from.readIntCrLf();
    }

    private static byte[] string(RedisInputStream from) {
        byte[] string = new byte[length(from)];
        read(from, string, 0, string.length);
        return string;
    }

    private static int length(RedisInputStream from) {
        expect(from, STRING);
        int length = from.readIntCrLf();
        if (length < 0) {
            throw new JedisConnectionException("nothing where a string was to come");
        }
        return length;
    }

    private static void expect(RedisInputStream from, byte kind) {
        byte found = from.readByte();
        if (found != kind) {
            throw new JedisConnectionException("unknown answer to a read of streams: " + (char) found);
        }
    }

    /** Reads so many bytes and the end of the line behind them. */
    static void read(RedisInputStream from, byte[] into, int start, int length) {
        int done = 0;
        while (done < length) {
            done += from.read(into, start + done, length - done);
        }
        byte carriageReturn = from.readByte();
        byte lineFeed = from.readByte();
        if (carriageReturn != '\r' || lineFeed != '\n') {
            throw new JedisConnectionException("a string is longer than it says");
        }
    }
}
