package dev.transload.mq.redis;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** What the server does in one step for us. Each is a file of Lua beside this class that says what it takes and gives. */
enum Script {
    ACK,
    CLAIM,
    CLOSE,
    DECLARE,
    DEPTH,
    DUE,
    EPHEMERAL,
    GROUP,
    IDEMPOTENCY_BEGIN,
    IDEMPOTENCY_SETTLE,
    LANES,
    MOVE,
    NOTE,
    OWN,
    PURGE,
    RELEASE,
    RENEW,
    SEND_LATER,
    TAKE_OVER,
    TRIM;

    private final String source;
    private final String sha;

    Script() {
        String file = name().toLowerCase(Locale.ROOT).replace('_', '-') + ".lua";
        try (InputStream in = requireNonNull(Script.class.getResourceAsStream(file), file)) {
            byte[] bytes = in.readAllBytes();
            this.source = new String(bytes, StandardCharsets.UTF_8);
            this.sha =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] source() {
        return Bytes.of(source);
    }

    /** The name by which a server that has it knows it. */
    byte[] sha() {
        return Bytes.of(sha);
    }
}
