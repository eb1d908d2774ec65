package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class LinksTest {

    private final Map<MetricName, Count> metrics = new HashMap<>();

    /** What the client counts. */
    private static final class Count implements Metric {
        private final MetricName name;
        private double value;

        Count(MetricName name) {
            this.name = name;
        }

        @Override
        public MetricName metricName() {
            return name;
        }

        @Override
        public Object metricValue() {
            return value;
        }
    }

    @Test
    void connectionsThatStayAreNoOthers() {
        Links links = links(2, 2);

        assertThat(links.areOthers()).isFalse();
    }

    @Test
    void connectionsThatWereAllMadeSinceAreOthers() {
        Links links = links(2, 2);
        connections(1, 3);

        assertThat(links.areOthers()).isTrue();
        assertThat(links.areOthers()).isFalse();
    }

    @Test
    void aNewConnectionBesideAnOldOneIsNoLoss() {
        Links links = links(1, 1);
        connections(2, 2);

        assertThat(links.areOthers()).isFalse();
    }

    @Test
    void anIdleConnectionThatEndsIsNoLoss() {
        Links links = links(3, 3);
        connections(1, 3);

        assertThat(links.areOthers()).isFalse();
    }

    @Test
    void whereNothingIsCountedNothingIsLost() {
        Links links = new Links("admin-client-metrics", Map.of());

        assertThat(links.areOthers()).isFalse();
        assertThat(links.areOthers()).isFalse();
        assertThat(links.areGone()).isFalse();
    }

    @Test
    void noConnectionAtAllIsSeen() {
        Links links = links(1, 5);
        connections(0, 5);

        assertThat(links.areGone()).isTrue();
    }

    @Test
    void whatComesIsSeenOnce() {
        Links links = links(1, 1);
        assertThat(links.haveBrought()).isFalse();
        put("admin-client-metrics", "incoming-byte-total", 100);

        assertThat(links.haveBrought()).isTrue();
        assertThat(links.haveBrought()).isFalse();
    }

    private Links links(double there, double made) {
        connections(there, made);
        return new Links("admin-client-metrics", metrics);
    }

    private void connections(double there, double made) {
        put("admin-client-metrics", "connection-count", there);
        put("admin-client-metrics", "connection-creation-total", made);
        put("admin-client-metrics", "incoming-byte-total", 0);
        put("producer-metrics", "connection-count", 7);
        put("producer-metrics", "connection-creation-total", made + 7);
    }

    private void put(String group, String name, double value) {
        MetricName key = new MetricName(name, group, "", Map.of());
        metrics.computeIfAbsent(key, Count::new).value = value;
    }
}
