package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;

class LinksTest {

    private final Map<MetricName, Metric> metrics = new HashMap<>();
    private final Links links = new Links("admin-client-metrics", () -> metrics);

    /** What the client counts. */
    private record Count(MetricName metricName, Object metricValue) implements Metric {}

    @Test
    void theFirstConnectionsAreNoOthers() {
        connections(2, 2);

        assertThat(links.areOthers()).isFalse();
    }

    @Test
    void connectionsThatWereAllMadeSinceAreOthers() {
        connections(2, 2);
        links.areOthers();
        connections(1, 3);

        assertThat(links.areOthers()).isTrue();
        assertThat(links.areOthers()).isFalse();
    }

    @Test
    void aNewConnectionBesideAnOldOneIsNoLoss() {
        connections(1, 1);
        links.areOthers();
        connections(2, 2);

        assertThat(links.areOthers()).isFalse();
    }

    @Test
    void anIdleConnectionThatEndsIsNoLoss() {
        connections(3, 3);
        links.areOthers();
        connections(1, 3);

        assertThat(links.areOthers()).isFalse();
    }

    @Test
    void whereNothingIsCountedNothingIsLost() {
        assertThat(links.areOthers()).isFalse();
        assertThat(links.areOthers()).isFalse();
        assertThat(links.areGone()).isFalse();
    }

    @Test
    void noConnectionAtAllIsSeen() {
        connections(0, 5);

        assertThat(links.areGone()).isTrue();
    }

    private void connections(double there, double made) {
        put("admin-client-metrics", "connection-count", there);
        put("admin-client-metrics", "connection-creation-total", made);
        put("producer-metrics", "connection-count", 7);
        put("producer-metrics", "connection-creation-total", made + 7);
    }

    private void put(String group, String name, double value) {
        MetricName key = new MetricName(name, group, "", Map.of());
        metrics.put(key, new Count(key, value));
    }
}
