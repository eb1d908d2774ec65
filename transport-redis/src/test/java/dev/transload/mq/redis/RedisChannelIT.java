package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.Delivery;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pub/Sub channels to which others publish, as topics that are listened to. */
class RedisChannelIT {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static RedisBroker own;

    private final String channel = "news-" + UUID.randomUUID().toString().substring(0, 8);
    private final Topic<String> topic = Topic.of(channel, String.class);
    private final List<Delivery<String>> seen = new CopyOnWriteArrayList<>();

    static List<RedisVersion> versions() {
        return RedisVersion.underTest();
    }

    @BeforeAll
    static void start() {
        own = RedisBroker.start(RedisVersion.newest());
    }

    @AfterAll
    static void end() {
        own.close();
    }

    private static MqClient client(RedisBroker broker) {
        return MqClient.connect(broker.uri() + "?channels=news-*");
    }

    private List<String> payloads() {
        return seen.stream().map(Delivery::payload).toList();
    }

    private void awaitPayloads(String... expected) {
        await("what was published is received")
                .atMost(SOON)
                .untilAsserted(() -> assertThat(payloads()).containsExactly(expected));
    }

    private static long listeners(RedisBroker broker, String channel) {
        return broker.command("PUBSUB", "NUMSUB", channel)
                .lines()
                .skip(1)
                .mapToLong(Long::parseLong)
                .sum();
    }

    private long listenerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains(channel))
                .count();
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whatOthersPublishReachesEveryEphemeralGroup(RedisVersion version) {
        RedisBroker broker = RedisBroker.shared(version);
        List<Delivery<String>> others = new CopyOnWriteArrayList<>();
        try (MqClient mq = client(broker)) {
            mq.subscribe(topic.ephemeral(), seen::add);
            mq.subscribe(topic.ephemeral(), others::add);

            assertThat(broker.command("PUBLISH", channel, "파랑")).isEqualTo("2");

            awaitPayloads("파랑");
            await("the other has it").atMost(SOON).until(() -> others.size() == 1);
            Delivery<String> delivery = seen.get(0);
            assertThat(delivery.destination()).isEqualTo(channel);
            assertThat(delivery.attempt()).isEqualTo(1);
            assertThat(delivery.message().idAssigned()).isTrue();
            assertThat(delivery.message().headers()).isEmpty();
        }
    }

    @Test
    void aDurableGroupAndASendAreRefusedAndLeaveNothing() {
        try (MqClient mq = client(own)) {
            assertThatThrownBy(() -> mq.subscribe(topic.group("billing"), seen::add))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageContaining("option channels");
            assertThatThrownBy(() -> mq.send(topic, "x"))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageContaining("option channels");
            assertThat(own.command("KEYS", "*" + channel + "*")).isEmpty();
        }
    }

    @Test
    void orderIsRefusedAndLeavesNothing() {
        try (MqClient mq = client(own)) {
            assertThatThrownBy(() -> mq.subscribe(topic.ordered().ephemeral(), seen::add))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageContaining("option channels");
            assertThat(own.command("KEYS", "*" + channel + "*")).isEmpty();
        }
    }

    @Test
    void deletingTheTopicLeavesAStreamOfThatNameAlone() {
        own.command("XADD", channel, "*", "body", "x");
        try (MqClient mq = client(own)) {
            mq.admin().delete(topic);

            assertThat(own.command("XLEN", channel)).isEqualTo("1");
        }
    }

    @Test
    void explainSaysThatItIsAtMostOnce() {
        try (MqClient mq = client(own)) {
            assertThat(mq.explain().toString())
                    .contains("Pub/Sub channels, received by ephemeral groups alone: news-*")
                    .contains("Pub/Sub channels (news-*) are received at most once");
        }
    }

    @Test
    void aMessageThatFailsIsTriedAgainByItsClient() {
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        try (MqClient mq = client(own)) {
            mq.subscribe(
                    topic.ephemeral(),
                    delivery -> {
                        seen.add(delivery);
                        attempts.add(delivery.attempt());
                        if (delivery.attempt() < 3) {
                            throw new IllegalStateException("not yet");
                        }
                    },
                    SubscribeOptions.builder()
                            .retry(RetryPolicy.fixed(3, Duration.ofMillis(20)))
                            .build());

            own.command("PUBLISH", channel, "x");

            awaitPayloads("x", "x", "x");
            assertThat(attempts).containsExactly(1, 2, 3);
            assertThat(seen)
                    .extracting(delivery -> delivery.message().id())
                    .containsOnly(seen.get(0).message().id());
        }
    }

    @Test
    void whatComesFasterThanItIsHandledWaits() {
        String[] all = IntStream.range(0, 3_000).mapToObj(String::valueOf).toArray(String[]::new);
        CountDownLatch slow = new CountDownLatch(1);
        try (MqClient mq = client(own)) {
            mq.subscribe(
                    topic.ephemeral(),
                    delivery -> {
                        slow.await();
                        seen.add(delivery);
                    },
                    SubscribeOptions.builder().concurrency(1).prefetch(10).build());
            own.command("EVAL", "for i = 0, 2999 do redis.call('PUBLISH', ARGV[1], i) end", "0", channel);

            slow.countDown();

            awaitPayloads(all);
        }
    }

    @Test
    void aSubscriptionWhoseConnectionIsClosedListensAgain() {
        try (MqClient mq = client(own)) {
            Subscription listening = mq.subscribe(topic.ephemeral(), seen::add);
            own.command("PUBLISH", channel, "before");
            awaitPayloads("before");

            own.closeConnections();
            await("it listens again").atMost(SOON).until(() -> listeners(own, channel) == 1);
            own.command("PUBLISH", channel, "after");

            awaitPayloads("before", "after");
            assertThat(listening.state()).isEqualTo(Subscription.State.RUNNING);
        }
    }

    @Test
    void aConnectionThatIsSilentIsGivenUp() {
        try (TcpProxy proxy = own.proxy();
                MqClient mq = MqClient.connect(own.uriVia(proxy) + "?channels=news-*&timeout=1s")) {
            mq.subscribe(topic.ephemeral(), seen::add);
            assertThat(listenerThreads()).isGreaterThanOrEqualTo(2);

            proxy.freeze();
            await("the thread that listens has ended")
                    .atMost(SOON)
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().contains(channel)
                                    && thread.getName().endsWith("-channel")));
            proxy.heal();
            await("another listens").atMost(SOON).untilAsserted(() -> {
                own.command("PUBLISH", channel, "after");
                assertThat(payloads()).contains("after");
            });
        }
    }

    @Test
    void whoMayNotListenIsToldSo() {
        own.command("ACL", "SETUSER", "deaf", "on", ">deaf", "allkeys", "+@all", "resetchannels");
        String uri = "redis://deaf:deaf@" + own.host() + ":" + own.port() + "?channels=news-*";
        try (MqClient mq = MqClient.connect(uri)) {
            assertThatThrownBy(() -> mq.subscribe(topic.ephemeral(), seen::add))
                    .isInstanceOf(AuthenticationException.class)
                    .hasMessageContaining(channel);
        }
    }

    @Test
    void aSubscriptionThatIsClosedLeavesNothingBehind() {
        try (MqClient mq = client(own)) {
            Subscription listening = mq.subscribe(topic.ephemeral(), seen::add);
            assertThat(listeners(own, channel)).isEqualTo(1);

            listening.close(Duration.ofSeconds(5));

            await("nobody listens").atMost(SOON).until(() -> listeners(own, channel) == 0 && listenerThreads() == 0);
        }
    }
}
