package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContactTest {

    private final Map<MetricName, Metric> metrics = new HashMap<>();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest") {
        @Override
        public Map<MetricName, Metric> metrics() {
            return metrics;
        }
    };
    private final Contact contact = new Contact(consumer, Duration.ofSeconds(6), 0);
    private double everything;

    /** A number of bytes that a connection has brought so far. */
    private record Bytes(MetricName metricName, Object metricValue) implements Metric {}

    @ParameterizedTest
    @ValueSource(strings = {"node-+1", "node-2147483646"})
    void aCoordinatorThatAnswersIsHeardOfByTheNameOfItsConnectionInEveryClient(String coordinator) {
        for (int second = 1; second <= 20; second++) {
            received(coordinator, second);
            contact.look(TimeUnit.SECONDS.toNanos(second));
        }

        assertThat(contact.wasOver()).isFalse();
    }

    @Test
    void aCoordinatorThatIsSilentForASessionIsMissedHoweverBusyOtherConnectionsAre() {
        received("node-+1", 1);
        for (int second = 1; second <= 7; second++) {
            received("node-1", second);
            contact.look(TimeUnit.SECONDS.toNanos(second));
            assertThat(contact.isOver()).isFalse();
        }

        received("node-1", 8);
        contact.look(TimeUnit.SECONDS.toNanos(8));

        assertThat(contact.wasOver()).isTrue();
        assertThat(contact.wasOver()).isFalse();
    }

    @Test
    void whereNoConnectionIsKnownToBeTheCoordinatorsAllCount() {
        for (int second = 1; second <= 20; second++) {
            received("node-1", second);
            contact.look(TimeUnit.SECONDS.toNanos(second));
        }

        assertThat(contact.wasOver()).isFalse();
    }

    @Test
    void aProcessThatStoodStillForASessionIsToldOfAfterManyLooks() {
        received("node-+1", 1);
        contact.look(TimeUnit.SECONDS.toNanos(1));
        received("node-+1", 2);
        contact.look(TimeUnit.SECONDS.toNanos(30));
        received("node-+1", 3);
        contact.look(TimeUnit.SECONDS.toNanos(31));

        assertThat(contact.wasOver()).isTrue();
        assertThat(contact.answeredSince(TimeUnit.SECONDS.toNanos(30))).isTrue();
    }

    private void received(String node, double bytes) {
        put("consumer-node-metrics", Map.of("node-id", node), bytes);
        put("consumer-metrics", Map.of(), ++everything);
    }

    private void put(String group, Map<String, String> tags, double bytes) {
        MetricName name = new MetricName("incoming-byte-total", group, "", tags);
        metrics.put(name, new Bytes(name, bytes));
    }
}
