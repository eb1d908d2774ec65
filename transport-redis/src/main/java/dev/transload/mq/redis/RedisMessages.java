package dev.transload.mq.redis;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes and reads entries of streams; {@code docs/wire-format.md} is the reference. Pure. */
final class RedisMessages {

    /** Field of the body. */
    static final String BODY = "mq-body";

    /** Field of what a released message's count was: a thousand for each failure, one for each start. */
    static final String COUNT = "mq-count";

    private static final KnownText ID = new KnownText(Annotations.ID);
    private static final KnownText KEY = new KnownText(Annotations.KEY);
    private static final KnownText TYPE = new KnownText(Annotations.TYPE);
    private static final KnownText CONTENT_TYPE = new KnownText(Annotations.CONTENT_TYPE);
    private static final KnownText TIMESTAMP = new KnownText(Annotations.TIMESTAMP);
    private static final KnownText CORRELATION_ID = new KnownText(Annotations.CORRELATION_ID);
    private static final KnownText REPLY_TO = new KnownText(Annotations.REPLY_TO);
    private static final KnownText PRIORITY = new KnownText(Annotations.PRIORITY);
    private static final KnownText TTL = new KnownText(Annotations.TTL);
    private static final KnownText CONTENT = new KnownText(BODY);
    private static final List<KnownText> NAMES = List.of(
            CONTENT,
            ID,
            TIMESTAMP,
            CONTENT_TYPE,
            KEY,
            TYPE,
            CORRELATION_ID,
            REPLY_TO,
            PRIORITY,
            TTL,
            new KnownText(COUNT));
    private static final List<KnownText> CONTENT_TYPES =
            KnownText.all("application/octet-stream", "application/json", "text/plain; charset=utf-8");
    private static final int OURS = 3;

    private RedisMessages() {}

    /** Fields and values of a message, appended to what is there. */
    static void write(Message message, List<byte[]> fields) {
        add(fields, ID, message.id());
        add(fields, KEY, message.key());
        add(fields, TYPE, message.type());
        add(fields, CONTENT_TYPE, message.contentType());
        if (message.timestamp() != 0) {
            add(fields, TIMESTAMP, Long.toString(message.timestamp()));
        }
        add(fields, CORRELATION_ID, message.correlationId());
        add(fields, REPLY_TO, message.replyTo());
        if (message.priority() != Message.NO_PRIORITY) {
            add(fields, PRIORITY, Integer.toString(message.priority()));
        }
        if (message.ttl() > 0) {
            add(fields, TTL, Long.toString(message.ttl()));
        }
        add(fields, message.annotations());
        add(fields, message.headers());
        fields.add(CONTENT.bytes());
        fields.add(message.body());
    }

    private static void add(List<byte[]> fields, KnownText name, @Nullable String value) {
        if (value != null) {
            fields.add(name.bytes());
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

    /**
     * An entry as it was read.
     *
     * @param millis when it was added, in milliseconds since 1970 by the server's clock
     * @param message the message
     * @param count what is written of failures and starts before it came here, 0 if nothing is
     */
    record Read(long millis, Message message, long count) {}

    /** The message of an entry, whoever added it. One without an id has its position for one. */
    static Read read(String stream, byte[] id, List<?> fields, byte[] bodyField) {
        byte[] body = null;
        byte[] foreign = null;
        byte[] only = null;
        String messageId = null;
        int others = 0;
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            byte[] name = (byte[]) fields.get(i);
            byte[] value = (byte[]) fields.get(i + 1);
            if (CONTENT.is(name)) {
                body = value;
            } else if (Arrays.equals(name, bodyField)) {
                foreign = value;
            }
            if (isOurs(name)) {
                if (ID.is(name)) {
                    messageId = Bytes.text(value);
                }
            } else {
                only = value;
                others++;
            }
        }
        boolean bodyIsOurs = body != null;
        boolean bodyIsOnly = !bodyIsOurs && foreign == null && others == 1;
        byte[] content =
                body != null ? body : foreign != null ? foreign : bodyIsOnly && only != null ? only : Bytes.EMPTY;
        Message.Builder message =
                Message.builder(messageId != null ? messageId : stream + "/" + Bytes.text(id), content);
        long millis = EntryId.millis(id);
        message.timestamp(millis);
        long count = 0;
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            byte[] field = (byte[]) fields.get(i);
            byte[] value = (byte[]) fields.get(i + 1);
            String name = KnownText.of(field, NAMES);
            if (name.equals(COUNT)) {
                count = Math.max(0, Bytes.number(value));
            } else if (isOurs(field)) {
                ours(message, name, value);
            } else if (bodyIsOurs || !(bodyIsOnly || Arrays.equals(field, bodyField))) {
                message.header(name, Bytes.text(value));
            }
        }
        return new Read(millis, message.build(), count);
    }

    private static boolean isOurs(byte[] name) {
        return name.length >= OURS && name[0] == 'm' && name[1] == 'q' && name[2] == '-';
    }

    private static void ours(Message.Builder message, String name, byte[] value) {
        switch (name) {
            case Annotations.ID, BODY -> {
                // taken before
            }
            case Annotations.KEY -> message.key(Bytes.text(value));
            case Annotations.TYPE -> message.type(Bytes.text(value));
            case Annotations.CONTENT_TYPE -> message.contentType(KnownText.of(value, CONTENT_TYPES));
            case Annotations.CORRELATION_ID -> message.correlationId(Bytes.text(value));
            case Annotations.REPLY_TO -> message.replyTo(Bytes.text(value));
            case Annotations.TIMESTAMP -> message.timestamp(number(value));
            case Annotations.TTL -> message.ttl(number(value));
            case Annotations.PRIORITY -> {
                long priority = number(value);
                message.priority(priority > Integer.MAX_VALUE ? Message.NO_PRIORITY : (int) priority);
            }
            default -> message.annotation(name, Bytes.text(value));
        }
    }

    // Anyone may write on an envelope.
    private static long number(byte[] value) {
        return Math.max(0, Bytes.number(value));
    }

    /** What a released entry is given if it has none of it: who wrote nothing of the kind loses nothing of it by moving. */
    static List<byte[]> identity(Message message) {
        List<byte[]> fields = new ArrayList<>(4);
        add(fields, ID, message.id());
        add(fields, TIMESTAMP, Long.toString(message.timestamp()));
        return fields;
    }
}
