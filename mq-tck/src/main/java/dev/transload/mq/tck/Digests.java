package dev.transload.mq.tck;

import dev.transload.mq.Message;
import dev.transload.mq.SendOptions;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Short texts that tell whether two things are the same. */
final class Digests {

    private Digests() {}

    static String sha256(String text) {
        return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Of the jar or folder that a class comes from; empty text if there is none to be read. */
    static String ofCode(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return "";
        }
        try {
            Path home = Path.of(source.getLocation().toURI());
            MessageDigest digest = digest();
            for (Path file : files(home)) {
                digest.update(home.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException | URISyntaxException | IllegalArgumentException e) {
            return "";
        }
    }

    private static List<Path> files(Path home) throws IOException {
        try (Stream<Path> walk = Files.walk(home)) {
            return walk.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** Of all that must arrive as it is sent. */
    static String ofSend(SendOptions.Settings options, byte[] body) {
        return ofParts(options.id(), options.key(), options.type(), options.correlationId(), options.headers(), body);
    }

    /** Of a message that arrived; equal to that of its send. */
    static String ofMessage(Message message) {
        return ofParts(
                message.id(),
                message.key(),
                message.type(),
                message.correlationId(),
                message.headers(),
                message.body());
    }

    private static String ofParts(
            @Nullable String id,
            @Nullable String key,
            @Nullable String type,
            @Nullable String correlationId,
            Map<String, String> headers,
            byte[] body) {
        MessageDigest digest = digest();
        for (String part : Arrays.asList(id, key, type, correlationId)) {
            update(digest, part);
        }
        new TreeMap<>(headers).forEach((name, value) -> {
            update(digest, name);
            update(digest, value);
        });
        digest.update(body);
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    // With its length in front, so that no two lists of parts look the same.
    private static void update(MessageDigest digest, @Nullable String part) {
        byte[] bytes = part == null ? new byte[0] : part.getBytes(StandardCharsets.UTF_8);
        digest.update((part == null ? "-" : bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
