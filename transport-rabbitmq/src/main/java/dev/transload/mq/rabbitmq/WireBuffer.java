package dev.transload.mq.rabbitmq;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes of AMQP 0.9.1 being written, in a buffer that is used again. Not thread-safe. */
final class WireBuffer {

    private static final int SHORT_STRING = 255;

    private byte[] bytes = new byte[1024];
    private int size;

    /** Starts anew. */
    void clear() {
        size = 0;
    }

    /** What is written is in the first {@link #size()} of these. */
    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    void octet(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    void shortInt(int value) {
        ensure(2);
        bytes[size++] = (byte) (value >>> 8);
        bytes[size++] = (byte) value;
    }

    void longInt(int value) {
        ensure(4);
        put(size, value);
        size += 4;
    }

    void longLong(long value) {
        longInt((int) (value >>> 32));
        longInt((int) value);
    }

    /**
     * Text with its length in one byte.
     *
     * @throws IllegalArgumentException if it has more than 255 bytes
     */
    void shortString(String text) {
        int at = size;
        octet(0);
        utf8(text);
        int length = size - at - 1;
        if (length > SHORT_STRING) {
            throw new IllegalArgumentException("text has " + length + " bytes where 255 are the most");
        }
        bytes[at] = (byte) length;
    }

    /** Text with its length in four bytes. */
    void longString(String text) {
        int at = size;
        longInt(0);
        utf8(text);
        setLong(at);
    }

    /** Leaves room for a length or for flags, and returns where. */
    int room(int count) {
        ensure(count);
        size += count;
        return size - count;
    }

    /** Takes the last bytes back. */
    void back(int count) {
        size -= count;
    }

    /** Writes, in four bytes at a place, how many bytes follow it. */
    void setLong(int at) {
        put(at, size - at - 4);
    }

    /** Writes two bytes at a place. */
    void setShort(int at, int value) {
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    private void put(int at, int value) {
        bytes[at] = (byte) (value >>> 24);
        bytes[at + 1] = (byte) (value >>> 16);
        bytes[at + 2] = (byte) (value >>> 8);
        bytes[at + 3] = (byte) value;
    }

    private void utf8(String text) {
        int length = text.length();
        ensure(length);
        int at = size;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                encoded(text);
                return;
            }
            bytes[at++] = (byte) c;
        }
        size = at;
    }

    private void encoded(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        ensure(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
