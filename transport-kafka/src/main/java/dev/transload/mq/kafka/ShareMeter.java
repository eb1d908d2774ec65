package dev.transload.mq.kafka;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/** What the client of a share consumer counts of its own doings. Read by any thread, unlike the consumer; not by two at once. */
final class ShareMeter {

    private static final String FETCHES = "fetch-total";

    private final Map<MetricName, ? extends Metric> metrics;
    private long seenPolls;
    private double seenFetches = -1;

    ShareMeter(ShareConsumer<byte[], ByteBuffer> consumer) {
        this.metrics = consumer.metrics(); // a view
    }

    /** Bytes that have come from brokers, whatever for. */
    double bytes() {
        return sum(Contact.BYTES, "node-id");
    }

    /** Whether no fetch has been answered, with records or without, and no poll has begun since the last call. */
    boolean isStalled(long polls) {
        double fetches = sum(FETCHES, "topic");
        boolean same = polls == seenPolls && fetches == seenFetches;
        seenPolls = polls;
        seenFetches = fetches;
        return same;
    }

    // Of all together, not of one of those that the tag tells apart.
    private double sum(String name, String tag) {
        return metrics.entrySet().stream()
                .filter(one ->
                        one.getKey().name().equals(name) && !one.getKey().tags().containsKey(tag))
                .map(one -> one.getValue().metricValue())
                .mapToDouble(value -> value instanceof Double number ? number : 0)
                .sum();
    }
}
