package dev.transload.mq.tck;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Limits as the product declares them. */
final class Declared {

    private Declared() {}

    /** Largest payload in bytes. */
    static int payload(Tck t) {
        return number(t, "payload, bytes");
    }

    /** Most bytes of all headers together, names and values. */
    static int headerBytes(Tck t) {
        return number(t, "headers, bytes");
    }

    /** Most headers. */
    static int headers(Tck t) {
        return number(t, "headers");
    }

    /** How many crashes may be missing from an exact count of attempts. */
    static int unseenAttempts(Tck t) {
        return off(t, "few");
    }

    /** How many crashes may be in an exact count of attempts that were none. */
    static int supposedAttempts(Tck t) {
        return off(t, "many");
    }

    private static int off(Tck t, String how) {
        Matcher said = Pattern.compile("(\\d+) too " + how)
                .matcher(t.explanation().feature("attempts").how());
        return said.find() ? Integer.parseInt(said.group(1)) : 0;
    }

    // Where ordered destinations differ, that of the others stands in front.
    private static int number(Tck t, String name) {
        return t.explanation().limits().stream()
                .filter(limit -> limit.name().equals(name))
                .map(limit -> Integer.valueOf(limit.value().replaceAll(", ordered.*|,", "")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("explain() names no limit of " + name));
    }
}
