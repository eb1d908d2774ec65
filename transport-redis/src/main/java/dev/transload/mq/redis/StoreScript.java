package dev.transload.mq.redis;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What the server does in one step for an idempotency store. Each is a file of Lua that says what it takes and gives. */
enum StoreScript {
    BEGIN("idempotency-begin.lua"),
    SETTLE("idempotency-settle.lua");

    private final String source;
    private final String sha;

    StoreScript(String file) {
        try (InputStream in = requireNonNull(StoreScript.class.getResourceAsStream(file), file)) {
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
