package dev.transload.mq.redis;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text and numbers as the server takes and gives them. Pure. */
final class Bytes {

    static final byte[] EMPTY = new byte[0];

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
        try {
            return reply == null ? 0 : Long.parseLong(text(reply));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
