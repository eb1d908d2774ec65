package dev.transload.mq.redis;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text and numbers as the server takes and gives them. Pure. */
final class Bytes {

    static final byte[] EMPTY = new byte[0];

    /** So many digits are no more than a long has. */
    private static final int SURE_DIGITS = 18;

    private Bytes() {}

    static byte[] of(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] of(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    /** Text of a reply that is a string or a number. */
    static String text(@Nullable Object reply) {
        return reply instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(reply);
    }

    /** Value of a reply that is a number or its text; 0 if it is neither. */
    static long number(@Nullable Object reply) {
        if (reply instanceof Long number) {
            return number;
        }
        return reply instanceof byte[] digits ? number(digits) : 0;
    }

    /** Value of a number's text, which may have a sign; 0 if it is none. */
    static long number(byte[] text) {
        return number(text, 0, text.length);
    }

    /** The same of a part of an array. */
    static long number(byte[] text, int from, int to) {
        if (to > from && to - from <= SURE_DIGITS) {
            long value = 0;
            int at = from;
            while (at < to && text[at] >= '0' && text[at] <= '9') {
                value = value * 10 + (text[at++] - '0');
            }
            if (at == to) {
                return value;
            }
        }
        try {
            return Long.parseLong(new String(text, from, to - from, StandardCharsets.UTF_8));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
