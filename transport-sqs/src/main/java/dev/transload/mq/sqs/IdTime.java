package dev.transload.mq.sqs;

/** When an id was made, which a UUID of version 7 (RFC 9562, section 5.7) says in its first 48 bits. Pure. */
final class IdTime {

    /** What {@link #millis} says of an id that does not tell. */
    static final long UNKNOWN = -1;

    private static final int LENGTH = 36;
    private static final int VERSION_AT = 14;
    private static final int VARIANT_AT = 19;

    private IdTime() {}

    /** Milliseconds since 1970, or {@link #UNKNOWN}. */
    static long millis(String id) {
        if (id.length() != LENGTH || id.charAt(VERSION_AT) != '7' || digit(id.charAt(VARIANT_AT)) >> 2 != 2) {
            return UNKNOWN;
        }
        long first = 0;
        for (int i = 0; i < LENGTH; i++) {
            char c = id.charAt(i);
            int digit = digit(c);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : digit < 0) {
                return UNKNOWN;
            }
            if (i < 13 && !dash) {
                first = (first << 4) | digit;
            }
        }
        return first;
    }

    // Only ASCII digits: Character.digit takes those of other scripts.
    private static int digit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }
}
