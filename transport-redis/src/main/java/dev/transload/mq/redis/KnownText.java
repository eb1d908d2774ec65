package dev.transload.mq.redis;

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

    String text() {
        return text;
    }

    /** Nobody changes them. */
    byte[] bytes() {
        return bytes;
    }
}
