package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Health;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaCluster;
import dev.transload.mq.fixtures.KafkaVersion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;

/** Brokers of a cluster die while the messages of an ordered queue flow. */
class ClusterFaultIT {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int KEYS = 24;
    private static final int AT_ONCE = 10 * KEYS;
    private static final int ROUNDS = 100;
    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Queue<String> queue = Queue.of("cluster", String.class).ordered();
    private final Map<String, ConcurrentLinkedQueue<String>> said = new LinkedHashMap<>();

    private final ArrayDeque<CompletableFuture<String>> underWay = new ArrayDeque<>();
    private int sent;

    @Test
    void aBrokerThatDiesTakesNothingThatWasConfirmedWithItAndNoKeyLosesItsOrder() throws Exception {
        try (KafkaCluster cluster = KafkaCluster.start(KafkaVersion.V4_4)) {
            String uri = cluster.uri() + "?partitions=6";
            try (MqClient first = client(uri);
                    MqClient second = client(uri)) {
                consume("first", first);
                consume("second", second);
                send(first, ROUNDS);

                dies(cluster.node(leader(first)), first);
                cluster.awaitWhole();
                dies(cluster.node(coordinator(first)), first);
                cluster.awaitWhole();

                send(first, ROUNDS);
                await("all is handled").atMost(LONG).until(() -> StormLedger.handled(lines()) == (long) sent * KEYS);
                assertThat(List.of(first.health().status(), second.health().status()))
                        .containsOnly(Health.Status.UP);
            }
        }
        StormLedger ledger = new StormLedger();
        said.forEach((member, lines) -> ledger.add(member, List.copyOf(lines), System.nanoTime()));
        assertThat(ledger.faults(sent)).isEmpty();
        assertThat(ledger.repeats())
                .as("messages handled again, of %d", sent * KEYS)
                .isLessThan((long) sent * KEYS / 2);
    }

    private static MqClient client(String uri) {
        return MqClient.builder(uri).sendTimeout(LONG).connect();
    }

    /** Goes on without it, and then with it again. */
    private void dies(KafkaBroker node, MqClient sender) throws Exception {
        node.kill();
        send(sender, ROUNDS);
        confirmed();
        node.start();
        send(sender, ROUNDS);
    }

    private int leader(MqClient mq) throws Exception {
        return admin(mq)
                .describeTopics(List.of(queue.name()))
                .allTopicNames()
                .get()
                .get(queue.name())
                .partitions()
                .get(0)
                .leader()
                .id();
    }

    private int coordinator(MqClient mq) throws Exception {
        Node node = admin(mq)
                .describeConsumerGroups(List.of(queue.name()))
                .all()
                .get()
                .get(queue.name())
                .coordinator();
        return node.id();
    }

    private static Admin admin(MqClient mq) {
        return mq.unwrap(Admin.class).orElseThrow();
    }

    private void consume(String name, MqClient mq) {
        ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        said.put(name, lines);
        mq.subscribe(
                queue,
                delivery -> {
                    lines.add(StormLedger.line("begin", delivery));
                    LockSupport.parkNanos(WORK_NANOS);
                    lines.add(StormLedger.line("end", delivery));
                },
                SubscribeOptions.builder().concurrency(8).prefetch(200).build());
    }

    private List<List<String>> lines() {
        List<List<String>> all = new ArrayList<>();
        said.values().forEach(lines -> all.add(List.copyOf(lines)));
        return all;
    }

    private void send(MqClient mq, int rounds) throws Exception {
        for (int i = 0; i < rounds; i++) {
            for (int key = 0; key < KEYS; key++) {
                underWay.add(mq.sendAsync(queue, Integer.toString(sent), SendOptions.key("key" + key)));
            }
            sent++;
            while (underWay.size() > AT_ONCE) {
                confirm();
            }
        }
    }

    private void confirmed() throws Exception {
        while (!underWay.isEmpty()) {
            confirm();
        }
    }

    private void confirm() throws InterruptedException, ExecutionException {
        String id = underWay.remove().get();
        assertThat(id).isNotEmpty();
    }
}
