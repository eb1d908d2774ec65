package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place.Role;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/** Writes and reads records; {@code docs/wire-format.md} is the reference. Thread-safe. */
final class KafkaMessages {

    /** Which inbox of a reply partition a message is for. */
    static final String INBOX = "mq-inbox";

    /** How far the record's own time may be from now: it decides when the broker throws the record away. */
    private static final long FRESH_MILLIS = 60_000;

    private static final byte[] NOTHING = {};

    private static volatile @Nullable ContentType lastContentType;

    private KafkaMessages() {}

    /**
     * The record of a message.
     *
     * @param nowMillis the time of the send
     * @param appendTime whether the topic's records bear the broker's time
     * @param turn partition for a message without a key, or null to leave it to the client
     */
    static ProducerRecord<byte[], byte[]> record(
            Outgoing outgoing, long nowMillis, boolean appendTime, @Nullable Integer turn) {
        Message message = outgoing.message();
        String topic = KafkaNames.topic(outgoing.to());
        String key = message.key();
        Integer partition = key == null ? turn : null;
        int lane = KafkaNames.partition(outgoing.to());
        if (lane >= 0) {
            partition = lane;
        }
        String inbox = "";
        if (outgoing.to().role() == Role.REPLY) {
            KafkaNames.ReplyAddress address =
                    KafkaNames.ReplyAddress.of(outgoing.to().name());
            partition = address.partition() < 0 ? null : address.partition();
            inbox = address.inbox();
        }
        // A message of long ago keeps its time in a header: the record's time decides when the topic lets go of it.
        boolean fresh = Math.abs(message.timestamp() - nowMillis) <= FRESH_MILLIS;
        ProducerRecord<byte[], byte[]> record = LoneHeader.record(
                topic,
                partition,
                fresh ? message.timestamp() : nowMillis,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                message.body(),
                Annotations.ID,
                message.id().getBytes(StandardCharsets.UTF_8));
        Headers headers = record.headers();
        add(headers, Annotations.TYPE, message.type());
        addContentType(headers, message.contentType());
        add(headers, Annotations.CORRELATION_ID, message.correlationId());
        add(headers, Annotations.REPLY_TO, message.replyTo());
        if (message.priority() != Message.NO_PRIORITY) {
            add(headers, Annotations.PRIORITY, Integer.toString(message.priority()));
        }
        if (message.ttl() > 0) {
            add(headers, Annotations.TTL, Long.toString(message.ttl()));
        }
        if (message.timestamp() != 0 && (appendTime || !fresh)) {
            add(headers, Annotations.TIMESTAMP, Long.toString(message.timestamp()));
        }
        if (!message.annotations().isEmpty()) {
            message.annotations().forEach((name, value) -> add(headers, name, value));
        }
        if (!message.headers().isEmpty()) {
            message.headers().forEach((name, value) -> add(headers, name, value));
        }
        if (!inbox.isEmpty()) {
            add(headers, INBOX, inbox);
        }
        return record;
    }

    // Nearly all messages of a client have the same, so the last one's header and text serve again.
    private static void addContentType(Headers headers, @Nullable String contentType) {
        if (contentType == null) {
            return;
        }
        ContentType known = lastContentType;
        if (known == null || !known.text().equals(contentType)) {
            known = new ContentType(contentType, contentTypeHeader(contentType));
            lastContentType = known;
        }
        headers.add(known.header());
    }

    private static Header contentTypeHeader(String contentType) {
        return new RecordHeader(Annotations.CONTENT_TYPE, contentType.getBytes(StandardCharsets.UTF_8));
    }

    /** A content type as a header. */
    private record ContentType(String text, Header header) {}

    private static void add(Headers headers, String name, @Nullable String value) {
        if (value != null) {
            headers.add(name, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** The message of a record, whoever wrote it. One without an id has its position for one. */
    static Message message(ConsumerRecord<byte[], byte[]> record) {
        byte[] body = record.value();
        return message(record, Message.builder(id(record), body == null ? NOTHING : body));
    }

    /** The same of a record whose value is a slice of the buffer that its fetch was read into, copied from there. */
    static Message read(ConsumerRecord<byte[], ByteBuffer> record) {
        ByteBuffer value = record.value();
        return message(record, Message.builder(id(record), value == null ? NOTHING : bytes(value)));
    }

    /**
     * The same, copied when asked for. The message keeps that whole buffer in memory until its {@link Message#body()} was
     * called.
     */
    static Message late(ConsumerRecord<byte[], ByteBuffer> record) {
        ByteBuffer value = record.value();
        String id = id(record);
        return message(
                record, value == null ? Message.builder(id, NOTHING) : Message.lateBuilder(id, () -> bytes(value)));
    }

    // Threads may do so at once: it leaves the buffer's position alone.
    private static byte[] bytes(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(value.position(), bytes);
        return bytes;
    }

    private static String id(ConsumerRecord<?, ?> record) {
        String id = last(record.headers(), Annotations.ID);
        return id != null ? id : record.topic() + "/" + record.partition() + "/" + record.offset();
    }

    private static Message message(ConsumerRecord<byte[], ?> record, Message.Builder message) {
        message.timestamp(Math.max(0, record.timestamp()));
        byte[] key = record.key();
        if (key != null) {
            message.key(text(key));
        }
        for (Header header : record.headers()) {
            String name = header.key();
            if (name.startsWith(Annotations.PREFIX)) {
                ours(message, name, header);
            } else {
                message.header(name, text(header.value()));
            }
        }
        return message.build();
    }

    private static void ours(Message.Builder message, String name, Header header) {
        switch (name) {
            case Annotations.ID, INBOX -> {
                // taken before, or of no concern to the receiver
            }
            case Annotations.TYPE -> message.type(text(header.value()));
            case Annotations.CONTENT_TYPE -> message.contentType(contentType(header));
            case Annotations.CORRELATION_ID -> message.correlationId(text(header.value()));
            case Annotations.REPLY_TO -> message.replyTo(text(header.value()));
            case Annotations.TIMESTAMP -> message.timestamp(number(header));
            case Annotations.TTL -> message.ttl(number(header));
            case Annotations.PRIORITY -> {
                long priority = number(header);
                message.priority(priority > Integer.MAX_VALUE ? Message.NO_PRIORITY : (int) priority);
            }
            default -> message.annotation(name, text(header.value()));
        }
    }

    private static String contentType(Header header) {
        ContentType known = lastContentType;
        if (known != null && Arrays.equals(known.header().value(), header.value())) {
            return known.text();
        }
        String text = text(header.value());
        lastContentType = new ContentType(text, contentTypeHeader(text));
        return text;
    }

    /** When the broker stored the record, or when its sender says it was made. */
    static long storedAt(ConsumerRecord<?, ?> record, Message message) {
        return record.timestampType() == TimestampType.LOG_APPEND_TIME ? record.timestamp() : message.timestamp();
    }

    /** Value of the last header of a name, or null. */
    static @Nullable String last(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : text(header.value());
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : new String(value, StandardCharsets.UTF_8);
    }

    private static long number(Header header) {
        try {
            return Math.max(0, Long.parseLong(text(header.value())));
        } catch (NumberFormatException e) {
            return 0; // anyone may write on an envelope
        }
    }

    /** How many bytes a record's headers take, roughly. */
    static long size(Message message) {
        long size = message.body().length + 128L;
        for (Map.Entry<String, String> header : message.headers().entrySet()) {
            size += header.getKey().length() + header.getValue().length() + 4L;
        }
        return size;
    }
}
