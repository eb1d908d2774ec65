package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.Queue;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is at the server when clients use it: what others can read and write, and what is left. */
class RedisClientIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    static List<RedisVersion> versions() {
        return RedisVersion.underTest();
    }

    private static String unique(String name) {
        return name + "-" + UUID.randomUUID().toString().substring(0, 8);
    }

    private static Queue<String> queue(String name) {
        return Queue.of(name, String.class);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whatAReplyInboxHasReadIsSoonGoneFromIt(RedisVersion version) {
        RedisBroker broker = RedisBroker.shared(version);
        Queue<String> requests = queue(unique("requests"));
        List<String> before = inboxes(broker);
        try (MqClient mq = MqClient.connect(broker.uri().toString())) {
            mq.reply(requests, String.class, request -> request);
            for (int i = 0; i < 3; i++) {
                assertThat(mq.request(requests, "again", String.class, SOON)).isEqualTo("again");
            }
            List<String> inboxes = new ArrayList<>(inboxes(broker));
            inboxes.removeAll(before);
            assertThat(inboxes).hasSize(1);
            await("the inbox is empty")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(
                                    broker.command("XLEN", inboxes.get(0)).strip())
                            .isEqualTo("0"));
        }
    }

    private static List<String> inboxes(RedisBroker broker) {
        return broker.command("KEYS", RedisKeys.REPLIES + "*").lines().toList();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void anEntryThatSomeoneElseAddsIsAMessageAndOursAreReadable(RedisVersion version) throws Exception {
        RedisBroker broker = RedisBroker.shared(version);
        String name = unique("foreign");
        try (MqClient mq = MqClient.connect(broker.uri().toString())) {
            BlockingQueue<Delivery<String>> seen = new LinkedBlockingQueue<>();
            mq.subscribe(queue(name), (Delivery<String> delivery) -> seen.add(delivery));
            String id = broker.command("XADD", name, "*", "body", "hello", "tenant", "blue");
            Delivery<String> delivery = seen.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(delivery).isNotNull();
            assertThat(delivery.payload()).isEqualTo("hello");
            assertThat(delivery.message().id()).isEqualTo(name + "/" + id.strip());
            assertThat(delivery.message().headers()).containsEntry("tenant", "blue");

            mq.admin().delete(queue(name));
            mq.send(queue(name), "ours");
            assertThat(broker.command("XRANGE", name, "-", "+"))
                    .contains("mq-body")
                    .contains("ours");
            mq.admin().delete(queue(name));
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whatIsHandledIsGoneFromQueuesAndTopics(RedisVersion version) throws Exception {
        RedisBroker broker = RedisBroker.shared(version);
        String name = unique("gone");
        Queue<String> queue = queue(name);
        Topic<String> topic = Topic.of(name + "-topic", String.class);
        try (MqClient mq = MqClient.connect(broker.uri().toString())) {
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            mq.subscribe(queue, (Delivery<String> delivery) -> seen.add(delivery.payload()));
            mq.subscribe(topic.group("one"), (Delivery<String> delivery) -> seen.add(delivery.payload()));
            mq.subscribe(topic.group("two"), (Delivery<String> delivery) -> seen.add(delivery.payload()));
            for (int i = 0; i < 100; i++) {
                mq.send(queue, "q" + i);
                mq.send(topic, "t" + i);
            }
            await("all are handled").atMost(SOON).until(() -> seen.size() == 300);
            await("the queue's stream is empty")
                    .atMost(SOON)
                    .until(() -> broker.command("XLEN", name).strip().equals("0"));
            await("the topic's stream is cut")
                    .atMost(SOON)
                    .until(() -> broker.command("XLEN", name + "-topic").strip().equals("0"));
            mq.admin().delete(queue);
            mq.admin().delete(topic.group("one"));
            mq.admin().delete(topic.group("two"));
            mq.admin().delete(topic);
            assertThat(broker.command("KEYS", "*" + name + "*")).isBlank();
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aClosedConsumerIsNotLeftInItsGroup(RedisVersion version) {
        RedisBroker broker = RedisBroker.shared(version);
        String name = unique("left");
        try (MqClient mq = MqClient.connect(broker.uri().toString())) {
            mq.subscribe(queue(name), delivery -> {}).close(Duration.ofSeconds(5));
            assertThat(broker.command("XINFO", "CONSUMERS", name, name)).isBlank();
            mq.admin().delete(queue(name));
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aSendThatWaitsForAReplicaThatIsNotThereIsNotDone(RedisVersion version) {
        RedisBroker broker = RedisBroker.shared(version);
        String name = unique("waits");
        try (MqClient declaring = MqClient.connect(broker.uri())) {
            declaring.send(queue(name), "first"); // or the send that is to fail might time out before it is tried
        }
        try (MqClient mq = MqClient.builder(broker.uri() + "?waitReplicas=1&waitTimeout=50ms")
                .sendTimeout(Duration.ofSeconds(3))
                .connect()) {
            assertThat(mq.explain().toString()).contains("1 replica, which a send waits for");
            assertThatThrownBy(() -> mq.send(queue(name), "x"))
                    .isInstanceOf(SendTimeoutException.class)
                    .hasRootCauseMessage("redis: the send was stored, but after 50 ms it was 0 of 1 replicas");
            mq.admin().delete(queue(name));
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void aSendThatWaitsForTheDiskIsDoneOrRefusedByServersThatCannot(RedisVersion version) {
        RedisBroker broker = RedisBroker.shared(version);
        String uri = broker.uri() + "?waitDisk=true";
        if (version == RedisVersion.V7_0) {
            assertThatThrownBy(() -> MqClient.connect(uri))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageContaining("WAITAOF");
            return;
        }
        String name = unique("disk");
        try (MqClient mq = MqClient.connect(uri)) {
            mq.send(queue(name), "x");
            assertThat(mq.explain().toString()).contains("on the server's disk, which a send waits for");
            mq.admin().delete(queue(name));
        }
    }
}
