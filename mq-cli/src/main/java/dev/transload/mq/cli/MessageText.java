package dev.transload.mq.cli;

import dev.transload.mq.Message;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes messages for people and for other programs. What a message holds cannot move the cursor of a terminal. */
final class MessageText {

    private static final int MOST_HEX = 64;

    private MessageText() {}

    /** What is on the envelope, on one line: {@code id=… key=… type=… header.tenant=blue}. */
    static String envelope(Message message) {
        StringBuilder text = new StringBuilder("id=").append(safe(message.id()));
        add(text, "key", message.key());
        add(text, "type", message.type());
        add(text, "content-type", message.contentType());
        add(text, "correlation-id", message.correlationId());
        add(text, "reply-to", message.replyTo());
        if (message.priority() != Message.NO_PRIORITY) {
            add(text, "priority", Integer.toString(message.priority()));
        }
        if (message.timestamp() != 0) {
            add(text, "sent", Instant.ofEpochMilli(message.timestamp()).toString());
        }
        message.headers().forEach((name, value) -> add(text, "header." + name, value));
        return text.toString();
    }

    /** A body: text if it is text, else how many bytes it has and the first of them in hexadecimal. */
    static String body(byte[] body) {
        String text = textOf(body);
        if (text != null) {
            return safe(text);
        }
        String hex = HexFormat.of().formatHex(body, 0, Math.min(body.length, MOST_HEX));
        return "(" + body.length + " bytes) " + hex + (body.length > MOST_HEX ? "…" : "");
    }

    /** A message as one line of JSON; a body that is not text is in {@code payloadHex}. */
    static String json(Message message, @Nullable Integer attempt) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", message.id());
        put(fields, "key", message.key());
        put(fields, "type", message.type());
        put(fields, "contentType", message.contentType());
        put(fields, "correlationId", message.correlationId());
        put(fields, "replyTo", message.replyTo());
        put(fields, "priority", message.priority() == Message.NO_PRIORITY ? null : message.priority());
        put(fields, "timestamp", message.timestamp() == 0 ? null : message.timestamp());
        put(fields, "headers", message.headers().isEmpty() ? null : message.headers());
        put(fields, "attempt", attempt);
        String text = textOf(message.body());
        fields.put(
                text == null ? "payloadHex" : "payload",
                text == null ? HexFormat.of().formatHex(message.body()) : text);
        return JsonMapper.shared().writeValueAsString(fields);
    }

    /** Text in which control characters, save line ends and tabs, are shown and not obeyed. */
    static String safe(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if ((c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0)) {
                shown.append(String.format("\\u%04x", c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }

    private static @Nullable String textOf(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static void add(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            String shown = safe(value).replace("\n", "\\n");
            text.append(' ').append(name).append('=').append(shown.contains(" ") ? '"' + shown + '"' : shown);
        }
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value);
        }
    }
}
