package dev.transload.mq.kafka;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one of Kafka's clients since this was made, as the client's own counters show them: it makes lost
 * ones anew and tells nobody. Used by one thread at a time.
 */
final class Links {

    private final String group;
    private final Supplier<Map<MetricName, ? extends Metric>> metrics;
    private @Nullable Metric there;
    private @Nullable Metric made;
    private double madeBefore;

    /**
     * @param group of the client's counters, such as {@code admin-client-metrics}
     */
    Links(String group, Supplier<Map<MetricName, ? extends Metric>> metrics) {
        this.group = group;
        this.metrics = metrics;
        search();
        this.madeBefore = value(made, 0);
    }

    /** Whether there is no connection at all, not even one that is being made. Quick. */
    boolean areGone() {
        return value(there, 1) == 0;
    }

    /**
     * Looks after an answer; returns whether all connections there were at the last look have ended since. Idle ones end
     * now and then, but the one over which answers come every second is not among these.
     */
    boolean areOthers() {
        if (there == null || made == null) {
            search();
        }
        double madeNow = value(made, 0);
        boolean others = madeNow > madeBefore && value(there, Double.MAX_VALUE) <= madeNow - madeBefore;
        madeBefore = madeNow;
        return others;
    }

    private void search() {
        for (Map.Entry<MetricName, ? extends Metric> one : metrics.get().entrySet()) {
            if (!one.getKey().group().equals(group)) {
                continue;
            }
            if (one.getKey().name().equals("connection-count")) {
                there = one.getValue();
            } else if (one.getKey().name().equals("connection-creation-total")) {
                made = one.getValue();
            }
        }
    }

    private static double value(@Nullable Metric metric, double unlessKnown) {
        return metric != null && metric.metricValue() instanceof Double number ? number : unlessKnown;
    }
}
