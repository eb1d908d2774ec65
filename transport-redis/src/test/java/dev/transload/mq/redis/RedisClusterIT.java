package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Delivery;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisCluster;
import dev.transload.mq.fixtures.RedisVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A cluster whose slots and primaries change. */
class RedisClusterIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.builder(RedisVersion.newest()).replicated().start();
    }

    @AfterAll
    static void end() {
        cluster.close();
    }

    private static String uri(String options) {
        return cluster.uri() + "?cluster=true" + options;
    }

    private static Queue<String> queue(String name) {
        return Queue.of(name, String.class);
    }

    @Test
    void explainSaysThatItIsAClusterAndWhatAFailoverLoses() {
        try (MqClient mq = MqClient.connect(uri(""))) {
            assertThat(mq.explain().toString())
                    .contains("Redis Cluster ")
                    .contains("a destination is on one of 3 primaries")
                    .contains("a failover may lose the last of it");
        }
        try (MqClient mq = MqClient.connect(uri("&waitReplicas=1"))) {
            assertThat(mq.explain().toString())
                    .contains("with 1 replica, which a send waits for")
                    .doesNotContain("a failover may lose");
        }
    }

    @Test
    void aClusterNeedsItsOptionAndAServerThatIsNoneRefusesIt() {
        assertThatThrownBy(() -> MqClient.connect(cluster.nodes().get(0).uri().toString()))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("cluster=true");
        assertThatThrownBy(() -> MqClient.connect(
                        RedisBroker.shared(RedisVersion.newest()).uri() + "?cluster=true"))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("no node of a cluster");
    }

    @Test
    void aNodeThatTheUriNamesMayBeGone() {
        try (MqClient mq = MqClient.connect("redis://127.0.0.1:1," + cluster.addresses() + "?cluster=true")) {
            mq.send(queue("reached"), "x");
        }
        assertThatThrownBy(() -> MqClient.connect("redis://127.0.0.1:1?cluster=true"))
                .isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void whatAGroupHasOfItsOwnIsWhereItsTopicIs() {
        Topic<String> topic = Topic.of("placed", String.class);
        try (MqClient mq = MqClient.connect(uri(""))) {
            mq.subscribe(topic.group("one"), delivery -> {});

            assertThat(cluster.ownerOf("placed").command("KEYS", "*placed*").lines())
                    .contains("placed", "{placed}--one", "{placed}:shape", "{placed}--one:shape");
        }
    }

    @Test
    void whatIsPublishedAtAnyNodeIsReceived() {
        List<String> seen = new CopyOnWriteArrayList<>();
        try (MqClient mq = MqClient.connect(uri("&channels=news"))) {
            mq.subscribe(
                    Topic.of("news", String.class).ephemeral(),
                    (Delivery<String> delivery) -> seen.add(delivery.payload()));

            cluster.nodes().forEach(node -> node.command("PUBLISH", "news", "from " + node.port()));

            await("it is received from every node")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(seen)
                            .containsExactlyInAnyOrderElementsOf(cluster.nodes().stream()
                                    .map(node -> "from " + node.port())
                                    .toList()));
        }
    }

    @Test
    void sendsAndReceiversFollowASlotThatMoves() {
        String name = "moving";
        List<String> seen = new CopyOnWriteArrayList<>();
        try (MqClient mq = MqClient.connect(uri(""))) {
            mq.subscribe(queue(name), (Delivery<String> delivery) -> seen.add(delivery.payload()));
            mq.send(queue(name), "before");
            await("it is received where the slot was").atMost(SOON).until(() -> seen.contains("before"));
            RedisBroker from = cluster.ownerOf(name);
            RedisBroker to = cluster.nodes().stream()
                    .filter(node -> node != from && node.command("ROLE").startsWith("master"))
                    .findFirst()
                    .orElseThrow();
            String slot = from.command("CLUSTER", "KEYSLOT", name);
            String target = to.command("CLUSTER", "MYID");
            to.command("CLUSTER", "SETSLOT", slot, "IMPORTING", from.command("CLUSTER", "MYID"));
            from.command("CLUSTER", "SETSLOT", slot, "MIGRATING", target);
            List<String> move = new ArrayList<>(List.of("MIGRATE", to.host(), "" + to.port(), "", "0", "5000", "KEYS"));
            from.command("CLUSTER", "GETKEYSINSLOT", slot, "100").lines().forEach(move::add);
            assertThat(from.command(move.toArray(String[]::new))).isEqualTo("OK");

            mq.send(queue(name), "between");
            assertThat(to.command("CLUSTER", "COUNTKEYSINSLOT", slot)).isNotEqualTo("0");
            for (RedisBroker node : List.of(to, from)) {
                node.command("CLUSTER", "SETSLOT", slot, "NODE", target);
            }
            mq.send(queue(name), "after");

            await("it is received where the slot is now")
                    .atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(Set.copyOf(seen)).containsExactlyInAnyOrder("before", "between", "after"));
            assertThat(cluster.ownerOf(name)).isSameAs(to);
        }
    }

    @Test
    void aPrimaryThatStepsDownTakesNoReceiverWithIt() {
        String name = "stepping-down";
        List<String> seen = new CopyOnWriteArrayList<>();
        try (MqClient mq = MqClient.connect(uri(""))) {
            mq.subscribe(queue(name), (Delivery<String> delivery) -> seen.add(delivery.payload()));
            mq.send(queue(name), "before");
            await("it is received from the primary").atMost(SOON).until(() -> seen.contains("before"));
            RedisBroker primary = cluster.ownerOf(name);

            replicaOf(primary).command("CLUSTER", "FAILOVER");
            await("the replica has taken over").atMost(SOON).until(() -> cluster.ownerOf(name) != primary);
            mq.send(queue(name), "after");

            await("it is received from the one that was a replica")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(seen).contains("after"));
        }
        cluster.awaitWhole();
    }

    private static RedisBroker replicaOf(RedisBroker primary) {
        String id = primary.command("CLUSTER", "MYID");
        return cluster.nodes().stream()
                .filter(node ->
                        node.command("CLUSTER", "NODES").lines().anyMatch(line -> line.contains("myself,slave " + id)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingConfirmedIsLostAndNoOrderBrokenByAFailoverIfSendsWaitForTheReplica() {
        Queue<String> plain = queue("failing");
        Queue<String> ordered = queue("failing-in-order").ordered();
        Topic<String> topic = Topic.of("failing-topic", String.class);
        Load load = new Load();
        RedisBroker failing = cluster.ownerOf("failing");
        try (MqClient mq = MqClient.builder(uri("&waitReplicas=1&waitTimeout=200ms&timeout=2s&maxReconnectDelay=500ms"))
                .sendTimeout(Duration.ofSeconds(60))
                .connect()) {
            mq.subscribe(plain, (Delivery<String> delivery) -> load.handled("plain", delivery.payload()));
            mq.subscribe(ordered, (Delivery<String> delivery) -> load.handled("ordered", delivery.payload()));
            mq.subscribe(topic.group("one"), (Delivery<String> delivery) -> load.handled("topic", delivery.payload()));
            load.send("plain", payload -> mq.send(plain, payload));
            load.send("ordered", payload -> mq.send(ordered, payload, SendOptions.key("one")));
            load.send("topic", payload -> mq.send(topic, payload));
            load.awaitConfirmed(100);

            failing.kill();
            cluster.awaitServing();
            assertThat(cluster.ownerOf("failing")).isNotSameAs(failing);
            failing.start(); // as a replica of the other now, without which no send there can be confirmed
            cluster.awaitWhole();
            load.awaitConfirmed(100);
            load.stop();

            await("everything that was confirmed is handled").atMost(SOON).untilAsserted(load::assertAllIsHandled);
            load.assertFirstsAreInOrder("ordered");
        }
    }

    /** Senders of numbers that send the next when the one before is confirmed, and what was handled. */
    private static final class Load {
        private final AtomicBoolean stopping = new AtomicBoolean();
        private final List<Thread> senders = new ArrayList<>();
        private final Map<String, ConcurrentLinkedQueue<Integer>> confirmed = new ConcurrentHashMap<>();
        private final Map<String, ConcurrentLinkedQueue<Integer>> handled = new ConcurrentHashMap<>();
        private final List<Throwable> failures = new CopyOnWriteArrayList<>();

        void send(String name, Consumer<String> send) {
            ConcurrentLinkedQueue<Integer> done = new ConcurrentLinkedQueue<>();
            confirmed.put(name, done);
            handled.put(name, new ConcurrentLinkedQueue<>());
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; !stopping.get(); i++) {
                        send.accept(String.valueOf(i));
                        done.add(i);
                    }
                } catch (RuntimeException e) {
                    failures.add(e);
                }
            });
            senders.add(sender);
            sender.start();
        }

        void handled(String name, String payload) {
            handled.get(name).add(Integer.valueOf(payload));
        }

        /** Waits until each sender has had so many more confirmed. */
        void awaitConfirmed(int more) {
            Map<String, Integer> before = new HashMap<>();
            confirmed.forEach((name, all) -> before.put(name, all.size()));
            await("sends are confirmed").atMost(SOON).untilAsserted(() -> {
                assertThat(failures).isEmpty();
                before.forEach((name, size) ->
                        assertThat(confirmed.get(name)).as(name).hasSizeGreaterThanOrEqualTo(size + more));
            });
        }

        void stop() {
            stopping.set(true);
            senders.forEach(sender -> await("a sender ends").atMost(SOON).until(() -> !sender.isAlive()));
        }

        void assertAllIsHandled() {
            confirmed.forEach((name, all) ->
                    assertThat(Set.copyOf(handled.get(name))).as(name).containsAll(all));
        }

        void assertFirstsAreInOrder(String name) {
            List<Integer> firsts = handled.get(name).stream().distinct().toList();
            assertThat(firsts).as(name).isSorted();
        }
    }
}
