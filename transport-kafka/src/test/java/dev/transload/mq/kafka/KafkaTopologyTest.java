package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TransportUri;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaTopologyTest {

    private static final Node NODE = new Node(1, "localhost", 9092);

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private final Admin admin = (Admin) Proxy.newProxyInstance(
            KafkaTopologyTest.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                asked.add(method.getName());
                return switch (method.getName()) {
                    case "describeTopics" -> new Described();
                    case "describeConfigs" -> new Configured((Collection<?>) arguments[0]);
                    case "listOffsets" -> new ListOffsetsResult(Map.of());
                    default -> null;
                };
            });
    private final KafkaAsk ask = new KafkaAsk(admin, new SlowAdmin(() -> admin));
    private final KafkaTopology topology = new KafkaTopology(
            ask, Topology.CREATE, KafkaOptions.of(TransportUri.parse("kafka://localhost:9092")), "kafka");

    @AfterEach
    void close() {
        ask.close(Duration.ZERO);
    }

    @Test
    void theTopicOfAllDelayLanesIsLookedForOnce() throws Exception {
        declareLanes();

        assertThat(asked).containsExactly("describeTopics", "describeConfigs", "listOffsets");
    }

    @Test
    void theTopicOfAllDelayLanesIsLookedForAgainWhereItWentMissing() throws Exception {
        declareLanes();
        asked.clear();
        topology.missing(KafkaNames.DELAYS);

        declareLanes();

        assertThat(asked).containsExactly("describeTopics", "describeConfigs", "listOffsets");
    }

    private void declareLanes() throws ExecutionException, InterruptedException {
        ExecutorService all = Executors.newFixedThreadPool(KafkaNames.LANES);
        try {
            List<Future<Boolean>> declared = IntStream.range(0, KafkaNames.LANES)
                    .mapToObj(rung -> all.submit(() -> topology.declare(
                            Place.of(Place.Role.DELAY_LANE, "mq--delays-" + (1L << (2 * rung)) + "s", Shape.PLAIN))))
                    .toList();
            for (Future<Boolean> one : declared) {
                assertThat(one.get()).isFalse();
            }
        } finally {
            all.shutdownNow();
        }
    }

    private static final class Described extends DescribeTopicsResult {
        Described() {
            super(
                    null,
                    Map.of(
                            KafkaNames.DELAYS,
                            KafkaFuture.completedFuture(new TopicDescription(
                                    KafkaNames.DELAYS,
                                    false,
                                    IntStream.range(0, KafkaNames.LANES)
                                            .mapToObj(partition -> new TopicPartitionInfo(
                                                    partition, NODE, List.of(NODE), List.of(NODE)))
                                            .toList()))));
        }
    }

    private static final class Configured extends DescribeConfigsResult {
        Configured(Collection<?> resources) {
            super(Map.of(
                    (ConfigResource) resources.iterator().next(),
                    KafkaFuture.completedFuture(new Config(List.of(
                            new ConfigEntry(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime"),
                            new ConfigEntry(TopicConfig.RETENTION_MS_CONFIG, "-1"))))));
        }
    }
}
