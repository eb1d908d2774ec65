package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Maps messages to AMQP basic properties and back; {@code docs/wire-format.md} is the reference. Pure. */
@SuppressWarnings("JavaUtilDate") // the client has nothing newer
final class RabbitMqMessages {

    /** Deliveries of this message before this one that failed, as a quorum queue counts them. */
    static final String DELIVERY_COUNT = "x-delivery-count";

    /** How often a message was handed out before, from 4.3 on. */
    static final String ACQUIRED_COUNT = "x-acquired-count";

    private static final Integer PERSISTENT = 2;
    private static final int SHORT_STRING = 255;
    /** Text of this length fits a short string in any script. */
    private static final int SURELY_SHORT = SHORT_STRING / 4;

    private RabbitMqMessages() {}

    /**
     * The properties that carry a message.
     *
     * @param levels priorities the place keeps apart; with one, a priority travels as a header, since quorum queues
     *     from 4.0 on reorder by the property whether asked to or not
     */
    static AMQP.BasicProperties properties(Message message, int levels) {
        Date seconds = message.timestamp() == 0 ? null : new Date(message.timestamp());
        if (plain(message, levels)) {
            return new AMQP.BasicProperties(
                    message.contentType(),
                    null,
                    seconds == null ? null : Map.of(Annotations.TIMESTAMP, message.timestamp()),
                    PERSISTENT,
                    null,
                    message.correlationId(),
                    message.replyTo(),
                    null,
                    message.id(),
                    seconds,
                    message.type(),
                    null,
                    null,
                    null);
        }
        Map<String, Object> table = new HashMap<>(16);
        message.headers().forEach(table::put);
        message.annotations().forEach(table::put);
        if (seconds != null) {
            table.put(Annotations.TIMESTAMP, message.timestamp());
        }
        if (message.ttl() != 0) {
            table.put(Annotations.TTL, message.ttl());
        }
        if (message.key() != null) {
            table.put(Annotations.KEY, message.key());
        }
        Integer priority = null;
        if (levels > 1) {
            priority = Math.max(0, message.priority());
        } else if (message.priority() != Message.NO_PRIORITY) {
            table.put(Annotations.PRIORITY, message.priority());
        }
        String id = shortOr(Annotations.ID, message.id(), table);
        String type = shortOr(Annotations.TYPE, message.type(), table);
        String contentType = shortOr(Annotations.CONTENT_TYPE, message.contentType(), table);
        String correlationId = shortOr(Annotations.CORRELATION_ID, message.correlationId(), table);
        String replyTo = shortOr(Annotations.REPLY_TO, message.replyTo(), table);
        return new AMQP.BasicProperties(
                contentType,
                null,
                table.isEmpty() ? null : table,
                PERSISTENT,
                priority,
                correlationId,
                replyTo,
                null,
                id,
                seconds,
                type,
                null,
                null,
                null);
    }

    // Most messages: nothing but properties, and one header for the time.
    private static boolean plain(Message message, int levels) {
        return levels <= 1
                && message.headers().isEmpty()
                && message.annotations().isEmpty()
                && message.ttl() == 0
                && message.key() == null
                && message.priority() == Message.NO_PRIORITY
                && message.id().length() <= SURELY_SHORT
                && isShort(message.type())
                && isShort(message.contentType())
                && isShort(message.correlationId())
                && isShort(message.replyTo());
    }

    private static boolean isShort(@Nullable String text) {
        return text == null || text.length() <= SURELY_SHORT;
    }

    /** The text if a property can hold it, else null, and the text is a header of that name. */
    private static @Nullable String shortOr(String header, @Nullable String text, Map<String, Object> table) {
        if (text == null
                || text.length() <= SURELY_SHORT
                || text.getBytes(StandardCharsets.UTF_8).length <= SHORT_STRING) {
            return text;
        }
        table.put(header, text);
        return null;
    }

    /** The message that properties and a body carry. */
    static Message message(AMQP.BasicProperties properties, byte[] body) {
        Map<String, Object> table = properties.getHeaders();
        String id = properties.getMessageId();
        boolean assigned = false;
        if (id == null) {
            Object long1 = table == null ? null : table.get(Annotations.ID);
            assigned = long1 == null;
            id = long1 == null ? UUID.randomUUID().toString() : text(long1);
        }
        Message.Builder message = Message.builder(id, body).idAssigned(assigned);
        message.type(properties.getType());
        message.contentType(properties.getContentType());
        message.correlationId(properties.getCorrelationId());
        message.replyTo(properties.getReplyTo());
        if (properties.getPriority() != null) {
            message.priority(properties.getPriority());
        }
        if (properties.getTimestamp() != null) {
            message.timestamp(properties.getTimestamp().getTime());
        }
        if (table != null) {
            table.forEach((name, value) -> header(message, name, value));
        }
        return message.build();
    }

    private static void header(Message.Builder message, String name, @Nullable Object value) {
        if (name.startsWith(Annotations.PREFIX)) {
            switch (name) {
                case Annotations.TIMESTAMP -> message.timestamp(number(value, 0));
                case Annotations.TTL -> message.ttl(Math.max(0, number(value, 0)));
                case Annotations.PRIORITY -> message.priority((int) number(value, Message.NO_PRIORITY));
                case Annotations.KEY -> message.key(text(value));
                case Annotations.TYPE -> message.type(text(value));
                case Annotations.CONTENT_TYPE -> message.contentType(text(value));
                case Annotations.CORRELATION_ID -> message.correlationId(text(value));
                case Annotations.REPLY_TO -> message.replyTo(text(value));
                case Annotations.ID -> {
                    // taken before
                }
                default -> message.annotation(name, text(value));
            }
        } else if (!madeByBroker(name)) {
            message.header(name, text(value));
        }
    }

    /** Whether the broker itself wrote a header of this name. */
    static boolean madeByBroker(String name) {
        if (!name.startsWith("x-")) {
            return false;
        }
        return name.equals(DELIVERY_COUNT)
                || name.equals(ACQUIRED_COUNT)
                || name.equals("x-death")
                || name.startsWith("x-first-death-")
                || name.startsWith("x-last-death-")
                || name.startsWith("x-opt-");
    }

    /**
     * How often a message was delivered, this time included.
     *
     * <p>A queue that counts says how often it failed before, or that it was acquired before without failing. Of one that
     * does not, only {@code redelivered} is known.
     */
    static int deliveries(AMQP.BasicProperties properties, boolean redelivered) {
        Map<String, Object> table = properties.getHeaders();
        Object count = table == null ? null : table.get(DELIVERY_COUNT);
        if (count instanceof Number n) {
            return (int) Math.min(Integer.MAX_VALUE - 1, n.longValue()) + 1;
        }
        return redelivered && (table == null || !table.containsKey(ACQUIRED_COUNT)) ? 2 : 1;
    }

    /** A value of another's header, whatever its type, as text. */
    static String text(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof LongString || value instanceof String) {
            return value.toString();
        }
        if (value instanceof byte[] bytes) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        if (value instanceof Date date) {
            return Long.toString(date.getTime());
        }
        if (value instanceof List<?> list) {
            return list.stream().map(RabbitMqMessages::text).toList().toString();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, String> texts = new java.util.TreeMap<>();
            map.forEach((k, v) -> texts.put(String.valueOf(k), text(v)));
            return texts.toString();
        }
        return value.toString();
    }

    private static long number(@Nullable Object value, long otherwise) {
        if (value instanceof Number n) {
            return n.longValue();
        }
        try {
            return Long.parseLong(text(value));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
