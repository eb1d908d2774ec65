package dev.transload.mq.kafka;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * The connections of one of Kafka's clients since this was made, as the client's own counters show them: it makes lost
 * ones anew and tells nobody.
 */
final class Links {

    private final Optional<Metric> there;
    private final Optional<Metric> made;
    private final Optional<Metric> bytes;
    private double madeBefore;
    private double bytesBefore;

    /**
     * @param group of the client's counters, such as {@code admin-client-metrics}
     * @param metrics all that the client counts
     */
    Links(String group, Map<MetricName, ? extends Metric> metrics) {
        this.there = find(metrics, group, "connection-count");
        this.made = find(metrics, group, "connection-creation-total");
        this.bytes = find(metrics, group, "incoming-byte-total");
        this.madeBefore = value(made, 0);
    }

    private static Optional<Metric> find(Map<MetricName, ? extends Metric> metrics, String group, String name) {
        return metrics.entrySet().stream()
                .filter(one -> one.getKey().group().equals(group)
                        && one.getKey().name().equals(name))
                .findFirst()
                .map(Map.Entry::getValue);
    }

    /** Whether there is no connection at all, not even one that is being made. */
    boolean areGone() {
        return value(there, 1) == 0;
    }

    /** Whether anything has come since the last call. For one thread at a time. */
    boolean haveBrought() {
        double now = value(bytes, 0);
        boolean more = now != bytesBefore;
        bytesBefore = now;
        return more;
    }

    /**
     * Looks after an answer; returns whether all connections there were at the last look have ended since. Idle ones end
     * now and then, but the one over which answers come every second is not among these. For one thread at a time.
     */
    boolean areOthers() {
        double madeNow = value(made, 0);
        boolean others = madeNow > madeBefore && value(there, Double.MAX_VALUE) <= madeNow - madeBefore;
        madeBefore = madeNow;
        return others;
    }

    private static double value(Optional<Metric> metric, double unlessKnown) {
        return metric.isPresent() && metric.get().metricValue() instanceof Double number ? number : unlessKnown;
    }
}
