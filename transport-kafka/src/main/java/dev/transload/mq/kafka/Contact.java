package dev.transload.mq.kafka;

import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * Whether anything has come from the brokers: the client counts the bytes, whatever they are. Used by one thread.
 */
final class Contact {

    private final Consumer<byte[], byte[]> consumer;
    private @Nullable Metric bytes;
    private double seen = -1;

    Contact(Consumer<byte[], byte[]> consumer) {
        this.consumer = consumer;
    }

    /** Whether something has come since the last call. */
    boolean changed() {
        if (bytes == null) {
            for (Map.Entry<MetricName, ? extends Metric> one :
                    consumer.metrics().entrySet()) {
                if (one.getKey().name().equals("incoming-byte-total")
                        && one.getKey().group().equals("consumer-metrics")) {
                    bytes = one.getValue();
                }
            }
        }
        if (bytes == null || !(bytes.metricValue() instanceof Double now) || now == seen) {
            return false;
        }
        seen = now;
        return true;
    }
}
