package dev.transload.mq.sqs;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;

/** Writes and reads messages of SQS and SNS; {@code docs/wire-format.md} is the reference. Pure. */
final class SqsMessages {

    /** How the body is written where it is not the payload itself: {@code base64} or {@code empty}. */
    static final String BODY = "mq-body";

    /** Names and values that have no attribute of their own, as one JSON object. */
    static final String MORE = "mq-more";

    /** The topic a message was sent to, of those that share an SNS topic. */
    static final String TOPIC = "mq-topic";

    /** The only type of attribute that is written. */
    static final String STRING = "String";

    // What the service says of a message, by its names: as constants the SDK would turn all of them for each reader.
    static final String SENT_TIMESTAMP = MessageSystemAttributeName.SENT_TIMESTAMP.toString();
    static final String GROUP_ID = MessageSystemAttributeName.MESSAGE_GROUP_ID.toString();
    static final String RECEIVES = MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT.toString();

    // The services take ten; one is left to agents that trace, and one to what has none of its own.
    private static final int OWN_ATTRIBUTES = 8;
    private static final Set<String> TRACE = Set.of("traceparent", "tracestate");
    private static final String BASE64 = "base64";
    private static final String EMPTY = "empty";

    private SqsMessages() {}

    /**
     * A message as it goes over the wire.
     *
     * @param body text of legal characters, not empty
     * @param bodyBytes its bytes in UTF-8
     * @param attributes texts of legal characters, none empty
     * @param groupId message group, empty for none
     * @param deduplicationId what makes it the same message within five minutes, for FIFO
     */
    record Wire(String body, int bodyBytes, Map<String, String> attributes, String groupId, String deduplicationId) {

        /** Bytes as the services count them: the body, and of each attribute its name, its type and its value. */
        int size() {
            int size = bodyBytes;
            for (Map.Entry<String, String> attribute : attributes.entrySet()) {
                size += WireText.utf8Length(attribute.getKey())
                        + STRING.length()
                        + WireText.utf8Length(attribute.getValue());
            }
            return size;
        }
    }

    /**
     * The wire form of a message.
     *
     * @param ordered whether it goes to a FIFO queue or topic
     * @param topic the topic it is sent to, or null if it goes to a queue
     * @param fairBy the header that tells whose it is, where the service shall be fair between them, or null
     */
    static Wire write(Message message, boolean ordered, @Nullable String topic, @Nullable String fairBy) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(Annotations.ID, message.id());
        String text = WireText.legal(message.body());
        int bytes = message.body().length; // legal text is these bytes in UTF-8
        if (text == null) {
            text = bytes == 0 ? EMPTY : Base64.getEncoder().encodeToString(message.body());
            fields.put(BODY, bytes == 0 ? EMPTY : BASE64);
            bytes = text.length();
        }
        put(fields, TOPIC, topic);
        put(fields, Annotations.CONTENT_TYPE, message.contentType());
        put(fields, Annotations.TYPE, message.type());
        if (message.timestamp() != 0 && message.timestamp() != IdTime.millis(message.id())) {
            fields.put(Annotations.TIMESTAMP, Long.toString(message.timestamp()));
        }
        put(fields, Annotations.CORRELATION_ID, message.correlationId());
        put(fields, Annotations.REPLY_TO, message.replyTo());
        String groupId = ordered ? SqsNames.groupId(message.key(), message.id()) : tenant(message, fairBy);
        if (!ordered || !SqsNames.isKey(groupId)) {
            put(fields, Annotations.KEY, message.key());
        }
        message.headers().forEach((name, value) -> {
            if (TRACE.contains(name)) {
                fields.put(name, value);
            }
        });
        message.headers().forEach(fields::putIfAbsent);
        if (message.priority() != Message.NO_PRIORITY) {
            fields.put(Annotations.PRIORITY, Integer.toString(message.priority()));
        }
        if (message.ttl() > 0) {
            fields.put(Annotations.TTL, Long.toString(message.ttl()));
        }
        fields.putAll(message.annotations());
        String deduplicationId = ordered ? SqsNames.deduplicationId(message.id(), passage(message)) : "";
        return new Wire(text, bytes, attributes(fields), groupId, deduplicationId);
    }

    private static String tenant(Message message, @Nullable String fairBy) {
        String tenant = fairBy == null ? null : message.headers().get(fairBy);
        return tenant == null ? "" : SqsNames.groupId(tenant, message.id());
    }

    private static void put(Map<String, String> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    // A message that is redriven, or put back for another try, is not the one that went this way before.
    private static String passage(Message message) {
        StringBuilder passage = new StringBuilder();
        for (String name :
                new String[] {Annotations.ATTEMPT, Annotations.REDRIVES, Annotations.CRASHES, Annotations.FORCE}) {
            String value = message.annotations().get(name);
            if (value != null) {
                passage.append('.')
                        .append(name.substring(Annotations.PREFIX.length()))
                        .append(value);
            }
        }
        return passage.toString();
    }

    private static Map<String, String> attributes(Map<String, String> fields) {
        if (fields.size() <= OWN_ATTRIBUTES && allFit(fields)) {
            return fields;
        }
        Map<String, String> own = new LinkedHashMap<>();
        Map<String, String> more = new LinkedHashMap<>();
        fields.forEach(
                (name, value) -> (own.size() < OWN_ATTRIBUTES && fits(name, value) ? own : more).put(name, value));
        own.put(MORE, WireText.pack(more));
        return own;
    }

    private static boolean allFit(Map<String, String> fields) {
        for (Map.Entry<String, String> field : fields.entrySet()) {
            if (!fits(field.getKey(), field.getValue())) {
                return false;
            }
        }
        return true;
    }

    private static boolean fits(String name, String value) {
        return isName(name) && WireText.isLegal(value);
    }

    private static boolean isName(String name) {
        return name.length() <= 256
                && isDotted(name)
                && !name.regionMatches(true, 0, "aws.", 0, 4)
                && !name.regionMatches(true, 0, "amazon.", 0, 7)
                && !name.equals(MORE);
    }

    // Letters, digits, _ and -, and a dot between any two of them. Every name of every message is looked at.
    private static boolean isDotted(String name) {
        boolean dot = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '.' ? dot : !isWord(c)) {
                return false;
            }
            dot = c == '.';
        }
        return !dot;
    }

    private static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }

    /**
     * The message that was received, whoever sent it. One without an id has the service's own.
     *
     * @param ordered whether it came from a FIFO queue, where its message group is its key
     */
    static Message read(software.amazon.awssdk.services.sqs.model.Message received, boolean ordered) {
        Map<String, MessageAttributeValue> given = received.messageAttributes();
        if (isPlain(given)) {
            return message(idOf(received), bodyOf(received), given, SqsMessages::text, received, ordered);
        }
        Unwrapped unwrapped = Unwrapped.of(received);
        return message(unwrapped.id, unwrapped.body, unwrapped.fields, Function.identity(), received, ordered);
    }

    /** The topic that a received message says it was sent to, or null. */
    static @Nullable String topic(software.amazon.awssdk.services.sqs.model.Message received) {
        Map<String, MessageAttributeValue> given = received.messageAttributes();
        return isPlain(given)
                ? value(given, TOPIC, SqsMessages::text)
                : Unwrapped.of(received).fields.get(TOPIC);
    }

    // As most messages are: they are spared a map of their own.
    private static boolean isPlain(Map<String, MessageAttributeValue> given) {
        return !given.isEmpty() && !given.containsKey(MORE);
    }

    private static String bodyOf(software.amazon.awssdk.services.sqs.model.Message received) {
        return received.body() == null ? "" : received.body();
    }

    private static String idOf(software.amazon.awssdk.services.sqs.model.Message received) {
        return received.messageId() == null ? "" : received.messageId();
    }

    /** What is in an envelope of SNS, or has names and values in one attribute. */
    private record Unwrapped(String id, String body, Map<String, String> fields) {

        static Unwrapped of(software.amazon.awssdk.services.sqs.model.Message received) {
            String id = idOf(received);
            String body = bodyOf(received);
            Map<String, String> fields = new LinkedHashMap<>();
            received.messageAttributes().forEach((name, value) -> fields.put(name, text(value)));
            SnsEnvelope envelope = fields.isEmpty() ? SnsEnvelope.of(body) : null;
            if (envelope != null) {
                body = envelope.message();
                id = envelope.id();
                fields.putAll(envelope.attributes());
            }
            String more = fields.remove(MORE);
            if (more != null) {
                WireText.unpack(more).forEach(fields::putIfAbsent);
            }
            return new Unwrapped(id, body, fields);
        }
    }

    private static <V> Message message(
            String id,
            String body,
            Map<String, V> fields,
            Function<V, String> text,
            software.amazon.awssdk.services.sqs.model.Message received,
            boolean ordered) {
        Map<String, String> system = received.attributesAsStrings();
        String own = value(fields, Annotations.ID, text);
        String how = value(fields, BODY, text);
        Message.Builder message = Message.lateBuilder(own == null ? id : own, () -> payload(body, how));
        long made = own == null ? IdTime.UNKNOWN : IdTime.millis(own);
        message.timestamp(made == IdTime.UNKNOWN ? number(system.get(SENT_TIMESTAMP)) : made);
        String groupId = system.get(GROUP_ID);
        if (ordered && groupId != null && SqsNames.isKey(groupId)) {
            message.key(groupId);
        }
        fields.forEach((name, value) -> {
            if (name.startsWith(Annotations.PREFIX)) {
                ours(message, name, text.apply(value));
            } else {
                message.header(name, text.apply(value));
            }
        });
        return message.build();
    }

    private static <V> @Nullable String value(Map<String, V> fields, String name, Function<V, String> text) {
        V value = fields.get(name);
        return value == null ? null : text.apply(value);
    }

    private static String text(MessageAttributeValue value) {
        if (value.stringValue() != null) {
            return value.stringValue();
        }
        return value.binaryValue() == null ? "" : value.binaryValue().asString(StandardCharsets.UTF_8);
    }

    private static byte[] payload(String body, @Nullable String how) {
        if (EMPTY.equals(how)) {
            return new byte[0];
        }
        if (BASE64.equals(how)) {
            try {
                return Base64.getDecoder().decode(body);
            } catch (IllegalArgumentException e) {
                return body.getBytes(StandardCharsets.UTF_8); // anyone may write on an envelope
            }
        }
        return body.getBytes(StandardCharsets.UTF_8);
    }

    private static void ours(Message.Builder message, String name, String value) {
        switch (name) {
            case Annotations.ID, TOPIC, BODY -> {
                // taken before
            }
            case Annotations.KEY -> message.key(value);
            case Annotations.TYPE -> message.type(value);
            case Annotations.CONTENT_TYPE -> message.contentType(value);
            case Annotations.CORRELATION_ID -> message.correlationId(value);
            case Annotations.REPLY_TO -> message.replyTo(value);
            case Annotations.TIMESTAMP -> message.timestamp(number(value));
            case Annotations.TTL -> message.ttl(number(value));
            case Annotations.PRIORITY -> {
                long priority = number(value);
                message.priority(priority > Integer.MAX_VALUE ? Message.NO_PRIORITY : (int) priority);
            }
            default -> message.annotation(name, value);
        }
    }

    /** A count or a time in milliseconds; 0 for what does not read as one. */
    static long number(@Nullable String value) {
        try {
            return value == null ? 0 : Math.max(0, Long.parseLong(value));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
