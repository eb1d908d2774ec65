package dev.transload.mq.redis;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and reads entries of streams; {@code docs/wire-format.md} is the reference. Pure. */
final class RedisMessages {

    /** Field of the body. */
    static final String BODY = "mq-body";

    /** Field of what a released message's count was: a thousand for each failure, one for each start. */
    static final String COUNT = "mq-count";

    private static final byte[] BODY_BYTES = Bytes.of(BODY);
    private static final int OURS = 3;

    private RedisMessages() {}

    /** Fields and values of a message, appended to what is there. */
    static void write(Message message, List<byte[]> fields) {
        add(fields, Annotations.ID, message.id());
        add(fields, Annotations.KEY, message.key());
        add(fields, Annotations.TYPE, message.type());
        add(fields, Annotations.CONTENT_TYPE, message.contentType());
        if (message.timestamp() != 0) {
            add(fields, Annotations.TIMESTAMP, Long.toString(message.timestamp()));
        }
        add(fields, Annotations.CORRELATION_ID, message.correlationId());
        add(fields, Annotations.REPLY_TO, message.replyTo());
        if (message.priority() != Message.NO_PRIORITY) {
            add(fields, Annotations.PRIORITY, Integer.toString(message.priority()));
        }
        if (message.ttl() > 0) {
            add(fields, Annotations.TTL, Long.toString(message.ttl()));
        }
        message.annotations().forEach((name, value) -> add(fields, name, value));
        message.headers().forEach((name, value) -> add(fields, name, value));
        fields.add(BODY_BYTES);
        fields.add(message.body());
    }

    private static void add(List<byte[]> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.add(Bytes.of(name));
            fields.add(Bytes.of(value));
        }
    }

    /**
     * An entry as it was read.
     *
     * @param id the server's
     * @param message the message
     * @param count what is written of failures and starts before it came here, 0 if nothing is
     */
    record Read(String id, Message message, long count) {}

    /** The message of an entry, whoever added it. One without an id has its position for one. */
    static Read read(String stream, String id, List<?> fields, byte[] bodyField) {
        byte[] body = null;
        byte[] foreign = null;
        byte[] only = null;
        String messageId = null;
        int others = 0;
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            byte[] name = (byte[]) fields.get(i);
            byte[] value = (byte[]) fields.get(i + 1);
            if (Arrays.equals(name, BODY_BYTES)) {
                body = value;
            } else if (Arrays.equals(name, bodyField)) {
                foreign = value;
            }
            if (isOurs(name)) {
                if (Bytes.text(name).equals(Annotations.ID)) {
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
        Message.Builder message = Message.builder(messageId != null ? messageId : stream + "/" + id, content);
        message.timestamp(millis(id));
        long count = 0;
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            byte[] field = (byte[]) fields.get(i);
            byte[] value = (byte[]) fields.get(i + 1);
            String name = Bytes.text(field);
            if (name.equals(COUNT)) {
                count = Math.max(0, Bytes.number(value));
            } else if (isOurs(field)) {
                ours(message, name, value);
            } else if (bodyIsOurs || !(bodyIsOnly || Arrays.equals(field, bodyField))) {
                message.header(name, Bytes.text(value));
            }
        }
        return new Read(id, message.build(), count);
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
            case Annotations.CONTENT_TYPE -> message.contentType(Bytes.text(value));
            case Annotations.CORRELATION_ID -> message.correlationId(Bytes.text(value));
            case Annotations.REPLY_TO -> message.replyTo(Bytes.text(value));
            case Annotations.TIMESTAMP -> message.timestamp(number(Bytes.text(value)));
            case Annotations.TTL -> message.ttl(number(Bytes.text(value)));
            case Annotations.PRIORITY -> {
                long priority = number(Bytes.text(value));
                message.priority(priority > Integer.MAX_VALUE ? Message.NO_PRIORITY : (int) priority);
            }
            default -> message.annotation(name, Bytes.text(value));
        }
    }

    private static long number(String value) {
        try {
            return Math.max(0, Long.parseLong(value));
        } catch (NumberFormatException e) {
            return 0; // anyone may write on an envelope
        }
    }

    /** When an entry was added, in milliseconds since 1970 by the server's clock, which its id begins with. */
    static long millis(String id) {
        int dash = id.indexOf('-');
        return number(dash < 0 ? id : id.substring(0, dash));
    }

    /** What a released entry is given if it has none of it: who wrote nothing of the kind loses nothing of it by moving. */
    static List<byte[]> identity(Message message) {
        List<byte[]> fields = new ArrayList<>(4);
        add(fields, Annotations.ID, message.id());
        add(fields, Annotations.TIMESTAMP, Long.toString(message.timestamp()));
        return fields;
    }
}
