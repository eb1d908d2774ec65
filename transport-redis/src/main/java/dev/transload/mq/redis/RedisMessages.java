package dev.transload.mq.redis;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes and reads entries of streams; {@code docs/wire-format.md} is the reference. Pure. */
final class RedisMessages {

    /** Field of the body. */
    static final String BODY = "mq-body";

    /** Field of what a released message's count was: a thousand for each failure, one for each start. */
    static final String COUNT = "mq-count";

    private static final byte[] PREFIX = Bytes.of(Annotations.PREFIX);
    private static final List<KnownText> CONTENT_TYPES =
            KnownText.all("application/octet-stream", "application/json", "text/plain; charset=utf-8");

    /** Fields that are no annotation of a message, but a part of it; those first that most entries have. */
    private enum Part {
        CONTENT(BODY),
        ID(Annotations.ID),
        TIMESTAMP(Annotations.TIMESTAMP),
        CONTENT_TYPE(Annotations.CONTENT_TYPE),
        KEY(Annotations.KEY),
        TYPE(Annotations.TYPE),
        CORRELATION_ID(Annotations.CORRELATION_ID),
        REPLY_TO(Annotations.REPLY_TO),
        PRIORITY(Annotations.PRIORITY),
        TTL(Annotations.TTL),
        COUNTED(COUNT),
        /** Of ours, and none of the others. */
        ANNOTATION(""),
        /** Not of ours. */
        FOREIGN("");

        private static final Part[] ALL = values();

        @SuppressWarnings("ImmutableEnumChecker") // nobody changes them
        private final byte[] name;

        Part(String name) {
            this.name = Bytes.of(name);
        }

        static Part of(EntryFields fields, int pair) {
            if (!fields.isNamed(pair, PREFIX)) {
                return FOREIGN;
            }
            for (Part one : ALL) {
                if (fields.isName(pair, one.name)) {
                    return one;
                }
            }
            return ANNOTATION;
        }
    }

    /** Stands for a field that is not there. */
    private static final int NONE = -1;

    private RedisMessages() {}

    /** Fields and values of a message, appended to what is there. */
    static void write(Message message, List<byte[]> fields) {
        add(fields, Part.ID, message.id());
        add(fields, Part.KEY, message.key());
        add(fields, Part.TYPE, message.type());
        add(fields, Part.CONTENT_TYPE, message.contentType());
        if (message.timestamp() != 0) {
            add(fields, Part.TIMESTAMP, Long.toString(message.timestamp()));
        }
        add(fields, Part.CORRELATION_ID, message.correlationId());
        add(fields, Part.REPLY_TO, message.replyTo());
        if (message.priority() != Message.NO_PRIORITY) {
            add(fields, Part.PRIORITY, Integer.toString(message.priority()));
        }
        if (message.ttl() > 0) {
            add(fields, Part.TTL, Long.toString(message.ttl()));
        }
        add(fields, message.annotations());
        add(fields, message.headers());
        fields.add(Part.CONTENT.name);
        fields.add(message.body());
    }

    private static void add(List<byte[]> fields, Part part, @Nullable String value) {
        if (value != null) {
            fields.add(part.name);
            fields.add(Bytes.of(value));
        }
    }

    private static void add(List<byte[]> fields, Map<String, String> all) {
        if (!all.isEmpty()) {
            all.forEach((name, value) -> {
                fields.add(Bytes.of(name));
                fields.add(Bytes.of(value));
            });
        }
    }

    /** The message of an entry, whoever added it. One without an id has its position for one. */
    static Message read(String stream, byte[] id, EntryFields fields, byte[] bodyField) {
        int body = NONE;
        int foreignBody = NONE;
        int messageId = NONE;
        int key = NONE;
        int type = NONE;
        int contentType = NONE;
        int timestamp = NONE;
        int correlationId = NONE;
        int replyTo = NONE;
        int priority = NONE;
        int ttl = NONE;
        int foreign = 0;
        int lastForeign = NONE;
        int annotations = 0;
        int pairs = fields.pairs();
        for (int i = 0; i < pairs; i++) {
            switch (Part.of(fields, i)) {
                case CONTENT -> body = i;
                case ID -> messageId = i;
                case TIMESTAMP -> timestamp = i;
                case CONTENT_TYPE -> contentType = i;
                case KEY -> key = i;
                case TYPE -> type = i;
                case CORRELATION_ID -> correlationId = i;
                case REPLY_TO -> replyTo = i;
                case PRIORITY -> priority = i;
                case TTL -> ttl = i;
                case COUNTED -> {
                    // no part of the message
                }
                case ANNOTATION -> annotations++;
                case FOREIGN -> {
                    foreign++;
                    lastForeign = i;
                    foreignBody = fields.isName(i, bodyField) ? i : foreignBody;
                }
            }
        }
        if (body == NONE) {
            body = foreignBody != NONE ? foreignBody : foreign == 1 ? lastForeign : NONE;
        }
        Message.Builder message = Message.builder(
                        messageId == NONE ? stream + "/" + Bytes.text(id) : fields.value(messageId),
                        body == NONE ? Bytes.EMPTY : fields.bytes(body))
                .key(text(fields, key))
                .type(text(fields, type))
                .contentType(contentType == NONE ? null : fields.value(contentType, CONTENT_TYPES))
                .timestamp(timestamp == NONE ? EntryId.millis(id) : fields.number(timestamp))
                .correlationId(text(fields, correlationId))
                .replyTo(text(fields, replyTo))
                .priority(priority == NONE ? Message.NO_PRIORITY : priority(fields.number(priority)))
                .ttl(ttl == NONE ? 0 : fields.number(ttl));
        if (foreign + annotations > 0) {
            others(message, fields, body);
        }
        return message.build();
    }

    /** What is written of failures and starts of an entry before it came to its stream, 0 if nothing is. */
    static long count(EntryFields fields) {
        long count = 0;
        for (int i = 0; i < fields.pairs(); i++) {
            if (fields.isName(i, Part.COUNTED.name)) {
                count = fields.number(i);
            }
        }
        return count;
    }

    private static @Nullable String text(EntryFields fields, int pair) {
        return pair == NONE ? null : fields.value(pair);
    }

    private static int priority(long written) {
        return written > Integer.MAX_VALUE ? Message.NO_PRIORITY : (int) written;
    }

    /** Headers, and what else is on the envelope. */
    private static void others(Message.Builder message, EntryFields fields, int body) {
        for (int i = 0; i < fields.pairs(); i++) {
            Part part = i == body ? Part.CONTENT : Part.of(fields, i);
            if (part == Part.FOREIGN) {
                message.header(fields.name(i), fields.value(i));
            } else if (part == Part.ANNOTATION) {
                message.annotation(fields.name(i), fields.value(i));
            }
        }
    }

    /** What a released entry is given if it has none of it: who wrote nothing of the kind loses nothing of it by moving. */
    static List<byte[]> identity(Message message) {
        List<byte[]> fields = new ArrayList<>(4);
        add(fields, Part.ID, message.id());
        add(fields, Part.TIMESTAMP, Long.toString(message.timestamp()));
        return fields;
    }
}
