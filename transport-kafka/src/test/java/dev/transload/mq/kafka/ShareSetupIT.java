package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Queue;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where share groups are had, and who sets them up. */
class ShareSetupIT {

    private final Queue<String> queue =
            Queue.of("set-up-" + UUID.randomUUID().toString().substring(0, 8), String.class);

    private static MqClient connect(KafkaVersion version, String options) {
        return MqClient.connect(URI.create(KafkaBroker.shared(version).uri() + "?queues=share" + options));
    }

    private static MqClient connect(String options) {
        return connect(KafkaVersion.V4_4, options);
    }

    @Test
    void aBrokerWithoutShareGroupsIsRefusedWhenTheClientConnects() {
        assertThatThrownBy(() -> connect(KafkaVersion.V3_9, ""))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("option queues=share")
                .hasMessageContaining("need Kafka 4.2")
                .hasMessageContaining("leave the option out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"assert", "none"})
    void whatSomeoneElseHasSetUpIsRead(String topology) {
        setUpByAnother();
        ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
        try (MqClient client = connect("&topology=" + topology)) {
            client.subscribe(queue, delivery -> seen.add(delivery.payload()));
            client.send(queue, "hello");
            await().atMost(Duration.ofSeconds(30)).until(() -> !seen.isEmpty());
        }
        assertThat(seen).containsExactly("hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"assert", "none"})
    void aQueueThatIsNotThereIsNotMade(String topology) {
        try (MqClient client = connect("&topology=" + topology)) {
            assertThatThrownBy(() -> client.subscribe(queue, delivery -> {}))
                    .isInstanceOf(DestinationNotFoundException.class)
                    .hasMessageContaining(queue.name());
            assertThat(client.admin().exists(queue)).isFalse();
        }
    }

    @Test
    void aGroupThatGivesUpTooSoonDoesNotFit() throws ExecutionException, InterruptedException {
        setUpByAnother();
        limit(2);
        try (MqClient client = connect("&topology=assert")) {
            assertThatThrownBy(() -> client.subscribe(queue, delivery -> {}))
                    .isInstanceOf(DestinationMismatchException.class)
                    .hasMessageContaining("after 2 deliveries")
                    .hasMessageContaining("share.delivery.count.limit must be at least");
        }
    }

    @Test
    void aQueueThatAConsumerGroupReadsIsNotSharedAsWell() {
        try (MqClient grouped =
                        MqClient.connect(KafkaBroker.shared(KafkaVersion.V4_4).uri());
                MqClient client = connect("")) {
            grouped.subscribe(queue, delivery -> {});
            assertThatThrownBy(() -> client.subscribe(queue, delivery -> {}))
                    .isInstanceOf(DestinationMismatchException.class)
                    .hasMessageContaining("option queues");
        }
    }

    private void setUpByAnother() {
        try (MqClient maker = connect("")) {
            maker.subscribe(queue, delivery -> {});
        }
    }

    private void limit(int deliveries) throws ExecutionException, InterruptedException {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                KafkaBroker.shared(KafkaVersion.V4_4).bootstrap());
        try (Admin admin = Admin.create(settings)) {
            ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, queue.name());
            AlterConfigOp change = new AlterConfigOp(
                    new ConfigEntry("share.delivery.count.limit", Integer.toString(deliveries)),
                    AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(group, List.of(change))).all().get();
        }
    }
}
