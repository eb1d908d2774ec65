package dev.transload.mq.kafka;

import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * A header that is all its record has, as most messages have but an id, without the list that Kafka makes for one. It
 * becomes such a list when somebody changes it, such as an interceptor of the application. Not thread-safe, as Kafka's.
 */
final class LoneHeader implements Headers, Header {

    private final String key;
    private final byte[] value;
    private @Nullable Headers changed;

    private LoneHeader(String key, byte[] value) {
        this.key = key;
        this.value = value;
    }

    /** A record with one header. */
    static ProducerRecord<byte[], byte[]> record(
            String topic,
            @Nullable Integer partition,
            long timestamp,
            byte @Nullable [] key,
            byte[] value,
            String headerKey,
            byte[] headerValue) {
        return new Bearer(topic, partition, timestamp, key, value, new LoneHeader(headerKey, headerValue));
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public byte[] value() {
        return value;
    }

    private Headers change() {
        Headers list = changed;
        if (list == null) {
            list = new RecordHeaders(List.of(new RecordHeader(key, value)));
            changed = list;
        }
        return list;
    }

    @Override
    public Headers add(Header header) {
        change().add(header);
        return this;
    }

    @Override
    public Headers add(String name, byte[] content) {
        change().add(name, content);
        return this;
    }

    @Override
    public Headers remove(String name) {
        change().remove(name);
        return this;
    }

    @Override
    public @Nullable Header lastHeader(String name) {
        return changed != null ? changed.lastHeader(name) : key.equals(name) ? this : null;
    }

    @Override
    public Iterable<Header> headers(String name) {
        return changed != null ? changed.headers(name) : key.equals(name) ? List.of(this) : List.of();
    }

    @Override
    public Header[] toArray() {
        return changed != null ? changed.toArray() : new Header[] {this};
    }

    @Override
    public Iterator<Header> iterator() {
        return changed != null ? changed.iterator() : List.<Header>of(this).iterator();
    }

    private static final class Bearer extends ProducerRecord<byte[], byte[]> {
        private final LoneHeader header;

        Bearer(
                String topic,
                @Nullable Integer partition,
                long timestamp,
                byte @Nullable [] key,
                byte[] value,
                LoneHeader header) {
            super(topic, partition, timestamp, key, value);
            this.header = header;
        }

        @Override
        public Headers headers() {
            return header;
        }
    }
}
