package dev.transload.mq.sqs;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What text the services carry, and how the rest is written so that they do: bodies and attributes are Unicode text of
 * the characters that XML 1.0 allows, and never empty. Pure.
 */
final class WireText {

    private WireText() {}

    /** Whether the services carry a text as it is. A carriage return is left out: XML turns it into a line feed. */
    static boolean isLegal(String text) {
        if (text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c)) {
                i++;
                if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            } else if (!isLegal(c)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isLegal(char c) {
        return (c >= 0x20 && c < 0xD800) || c == '\t' || c == '\n' || (c >= 0xE000 && c <= 0xFFFD);
    }

    /** The bytes as text the services carry, or null if they are none. */
    static @Nullable String legal(byte[] bytes) {
        boolean ascii = true;
        for (byte b : bytes) {
            if (b >= 0 && b < 0x20 && b != '\t' && b != '\n') {
                return null; // most binary content is told by its first bytes
            }
            ascii &= b >= 0;
        }
        if (ascii) {
            return bytes.length == 0 ? null : new String(bytes, StandardCharsets.ISO_8859_1);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return isLegal(text) ? text : null;
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Bytes of a text in UTF-8, without making them; half a surrogate pair counts as the one byte it becomes. */
    static int utf8Length(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                bytes += Character.isSurrogate(c) ? 1 : 3;
            }
        }
        return bytes;
    }

    /** Names and values as one JSON object of text. */
    static String pack(Map<String, String> fields) {
        StringBuilder json = new StringBuilder("{");
        fields.forEach((name, value) -> {
            if (json.length() > 1) {
                json.append(',');
            }
            quote(json, name);
            json.append(':');
            quote(json, value);
        });
        return json.append('}').toString();
    }

    /** Adds a JSON string. */
    static void quote(StringBuilder json, String text) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                json.append(c).append(text.charAt(++i));
            } else if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c == '\n') {
                json.append("\\n");
            } else if (c == '\t') {
                json.append("\\t");
            } else if (isLegal(c)) {
                json.append(c);
            } else {
                json.append("\\u").append(Character.forDigit(c >> 12, 16));
                json.append(Character.forDigit(c >> 8 & 15, 16));
                json.append(Character.forDigit(c >> 4 & 15, 16));
                json.append(Character.forDigit(c & 15, 16));
            }
        }
        json.append('"');
    }

    /** What {@link #pack} wrote; empty if the text is something else, since anyone may write an attribute. */
    static Map<String, String> unpack(String json) {
        Map<String, String> fields = new LinkedHashMap<>();
        Object read = Json.read(json);
        if (read instanceof Map<?, ?> map) {
            map.forEach((name, value) -> {
                if (name instanceof String n && value instanceof String v) {
                    fields.put(n, v);
                }
            });
        }
        return fields;
    }
}
