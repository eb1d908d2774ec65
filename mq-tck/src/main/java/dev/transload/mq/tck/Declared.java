package dev.transload.mq.tck;

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

    // Where ordered destinations differ, that of the others stands in front.
    private static int number(Tck t, String name) {
        return t.explanation().limits().stream()
                .filter(limit -> limit.name().equals(name))
                .map(limit -> Integer.valueOf(limit.value().replaceAll(", ordered.*|,", "")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("explain() names no limit of " + name));
    }
}
