package dev.transload.mq.sqs;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What SNS puts around a message for a subscription without raw delivery: a JSON document as the body. Pure.
 *
 * @param id the message's id at SNS
 * @param message the body as it was published
 * @param attributes its attributes, as text
 */
record SnsEnvelope(String id, String message, Map<String, String> attributes) {

    /** Reads an envelope, or returns null if the body is none. */
    static @Nullable SnsEnvelope of(String body) {
        if (!body.startsWith("{") || !body.contains("\"TopicArn\"") || !body.contains("\"Notification\"")) {
            return null;
        }
        if (!(Json.read(body) instanceof Map<?, ?> all)
                || !"Notification".equals(all.get("Type"))
                || !(all.get("MessageId") instanceof String id)
                || !(all.get("Message") instanceof String message)
                || !(all.get("TopicArn") instanceof String)) {
            return null;
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        if (all.get("MessageAttributes") instanceof Map<?, ?> written) {
            written.forEach((name, value) -> {
                if (name instanceof String n
                        && value instanceof Map<?, ?> typed
                        && typed.get("Value") instanceof String text) {
                    attributes.put(n, text);
                }
            });
        }
        return new SnsEnvelope(id, message, attributes);
    }
}
