package dev.transload.mq.redis;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** A text that comes again and again, and its bytes, so that neither is made of the other each time. Immutable. */
final class KnownText {

    private final String text;
    private final byte[] bytes;

    KnownText(String text) {
        this.text = text;
        this.bytes = Bytes.of(text);
    }

    static List<KnownText> all(String... texts) {
        return Stream.of(texts).map(KnownText::new).toList();
    }

    /** Text of bytes that probably are one of those. */
    static String of(byte[] bytes, List<KnownText> known) {
        for (KnownText one : known) {
            if (one.is(bytes)) {
                return one.text;
            }
        }
        return Bytes.text(bytes);
    }

    boolean is(byte[] other) {
        return Arrays.equals(bytes, other);
    }

    /** Nobody changes them. */
    byte[] bytes() {
        return bytes;
    }
}
