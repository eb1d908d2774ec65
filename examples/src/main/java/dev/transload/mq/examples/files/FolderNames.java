package dev.transload.mq.examples.files;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Maps names of places to names of folders, injectively. Portable names stay as they are; anything else is escaped, so
 * that no name leads out of the directory. Pure.
 */
final class FolderNames {

    /** What the folder of a private place starts with, and no other. */
    static final String PRIVATE = "~";

    private static final int LONGEST = 180;

    private FolderNames() {}

    static String of(String name) {
        StringBuilder text = new StringBuilder();
        for (byte b : name.getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || (c == '.' && !text.isEmpty());
            text.append(plain ? c : String.format(Locale.ROOT, "%%%02x", (int) c));
        }
        return text.length() <= LONGEST ? text.toString() : text.substring(0, 100) + PRIVATE + hash(name);
    }

    static String ofPrivate(String name) {
        return PRIVATE + of(name);
    }

    private static String hash(String name) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
