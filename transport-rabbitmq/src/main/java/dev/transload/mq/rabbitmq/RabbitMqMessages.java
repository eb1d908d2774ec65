package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages from AMQP basic properties, as {@link PublishCommand} or anyone else writes them; {@code
 * docs/wire-format.md} is the reference. Pure.
 */
@SuppressWarnings("JavaUtilDate") // the client has nothing newer
final class RabbitMqMessages {

    /** Deliveries of this message before this one that failed, as a quorum queue counts them. */
    static final String DELIVERY_COUNT = "x-delivery-count";

    /** How often a message was handed out before, from 4.3 on. */
    static final String ACQUIRED_COUNT = "x-acquired-count";

    private RabbitMqMessages() {}

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
        long timestamp = properties.getTimestamp() == null
                ? 0
                : properties.getTimestamp().getTime();
        if (table == null || (table.size() == 1 && table.get(Annotations.TIMESTAMP) instanceof Long)) {
            return plain(properties, id, assigned, body, table == null ? timestamp : exact(table));
        }
        Message.Builder message = Message.builder(id, body).idAssigned(assigned).timestamp(timestamp);
        message.type(properties.getType());
        message.contentType(properties.getContentType());
        message.correlationId(properties.getCorrelationId());
        message.replyTo(properties.getReplyTo());
        if (properties.getPriority() != null) {
            message.priority(properties.getPriority());
        }
        table.forEach((name, value) -> header(message, name, value));
        return message.build();
    }

    // Most messages. Here the builder leaves no garbage, since it does not leave the method.
    private static Message plain(
            AMQP.BasicProperties properties, String id, boolean assigned, byte[] body, long timestamp) {
        Integer priority = properties.getPriority();
        return Message.builder(id, body)
                .idAssigned(assigned)
                .type(properties.getType())
                .contentType(properties.getContentType())
                .correlationId(properties.getCorrelationId())
                .replyTo(properties.getReplyTo())
                .priority(priority == null ? Message.NO_PRIORITY : priority)
                .timestamp(timestamp)
                .build();
    }

    private static long exact(Map<String, Object> table) {
        return number(table.get(Annotations.TIMESTAMP), 0);
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
