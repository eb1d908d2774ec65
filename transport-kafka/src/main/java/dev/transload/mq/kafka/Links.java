package dev.transload.mq.kafka;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * The connections of one of Kafka's clients, as its own counters show them: the client makes lost ones anew and tells
 * nobody. Used by one thread at a time.
 */
final class Links {

    private final String group;
    private final Supplier<Map<MetricName, ? extends Metric>> metrics;
    private double madeBefore = -1;

    /**
     * @param group of the client's counters, such as {@code admin-client-metrics}
     */
    Links(String group, Supplier<Map<MetricName, ? extends Metric>> metrics) {
        this.group = group;
        this.metrics = metrics;
    }

    /** Whether there is no connection at all, not even one that is being made. */
    boolean areGone() {
        return value("connection-count", 1) == 0;
    }

    /**
     * Looks after an answer; returns whether all connections there were at the last look have ended since. Idle ones end
     * now and then, but the one over which answers come every second is not among these.
     */
    boolean areOthers() {
        double made = value("connection-creation-total", 0);
        double there = value("connection-count", 1);
        boolean others = madeBefore >= 0 && made > madeBefore && there <= made - madeBefore;
        madeBefore = made;
        return others;
    }

    private double value(String name, double unlessKnown) {
        for (Map.Entry<MetricName, ? extends Metric> one : metrics.get().entrySet()) {
            if (one.getKey().name().equals(name)
                    && one.getKey().group().equals(group)
                    && one.getValue().metricValue() instanceof Double count) {
                return count;
            }
        }
        return unlessKnown;
    }
}
