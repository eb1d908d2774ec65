package dev.transload.mq.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Bridge;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A bridge between two brokers in memory: what arrives, in which order, and what stays. */
class BridgeTest {

    private static final Queue<String> WORK = Queue.of("work", String.class);
    private static final Queue<String> LEDGER = Queue.of("ledger", String.class).ordered();
    private static final Topic<String> NEWS = Topic.of("news", String.class);

    private final InMemoryBroker from = InMemoryBroker.create();
    private InMemoryBroker to = InMemoryBroker.create();
    private MqClient old;
    private MqClient other;

    @BeforeEach
    void connect() {
        old = MqClient.connect(from.uri());
        other = MqClient.connect(to.uri());
    }

    @AfterEach
    void disconnect() {
        old.close();
        other.close();
        from.close();
        to.close();
    }

    @Test
    void theEnvelopeArrivesAsItWas() {
        Queue<String> urgent = Queue.of("urgent", String.class).priorities(5);
        old.send(
                urgent,
                "body",
                SendOptions.id("m-1")
                        .key("k")
                        .type("t")
                        .contentType("text/plain")
                        .correlationId("c")
                        .replyTo("somewhere")
                        .priority(3)
                        .ttl(Duration.ofHours(1))
                        .header("tenant", "blue"));
        Message sent = from.messages("urgent").get(0);
        from.advance(Duration.ofMinutes(20));

        try (Bridge bridge = old.bridge(urgent, other)) {
            awaitEmpty(bridge);
            assertThat(bridge.moved()).isEqualTo(1);
        }

        Message got = to.messages("urgent").get(0);
        assertThat(got.id()).isEqualTo("m-1");
        assertThat(got.body()).isEqualTo(sent.body());
        assertThat(got.headers()).isEqualTo(Map.of("tenant", "blue"));
        assertThat(got.key()).isEqualTo("k");
        assertThat(got.type()).isEqualTo("t");
        assertThat(got.contentType()).isEqualTo("text/plain");
        assertThat(got.correlationId()).isEqualTo("c");
        assertThat(got.replyTo()).isEqualTo("somewhere");
        assertThat(got.priority()).isEqualTo(3);
        assertThat(got.expiresAt()).isEqualTo(sent.expiresAt()); // what was left is left
        assertThat(got.annotations()).isEmpty();
    }

    @Test
    void failuresSoFarCountOnTheOtherSide() {
        RetryPolicy three = RetryPolicy.fixed(3, Duration.ofMinutes(1));
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        try (Subscription worker = old.subscribe(
                WORK,
                delivery -> {
                    throw new IllegalStateException("busy");
                },
                SubscribeOptions.builder().retry(three).build())) {
            old.send(WORK, "hard");
            from.awaitIdle();
        }
        from.advance(Duration.ofMinutes(1));
        move(WORK);

        other.subscribe(
                WORK,
                delivery -> {
                    attempts.add(delivery.attempt());
                    throw new IllegalStateException("still busy");
                },
                SubscribeOptions.builder().retry(three).build());
        to.advance(Duration.ofMinutes(5));

        assertThat(attempts).containsExactly(2, 3);
        assertThat(to.deadLetters("work")).hasSize(1);
    }

    @Test
    void keysKeepTheirOrderWhileSendsFailAndApplicationsRun() {
        Map<String, List<String>> seen = new ConcurrentSkipListMap<>();
        other.subscribe(LEDGER, delivery -> {
            add(seen, delivery.key().orElseThrow(), delivery.payload());
        });
        for (int i = 0; i < 200; i++) {
            old.send(LEDGER, "entry " + i, SendOptions.key("k" + i % 7));
        }
        to.failSends("ledger", 20, Outcome.UNKNOWN);
        try (Bridge bridge = old.bridge(LEDGER, other)) {
            for (int i = 200; i < 400; i++) {
                old.send(LEDGER, "entry " + i, SendOptions.key("k" + i % 7));
                if (i % 40 == 0) {
                    to.failSends("ledger", 3, Outcome.UNKNOWN);
                }
            }
            awaitEmptyMovingTime(bridge);
        }
        to.awaitIdle();

        for (int k = 0; k < 7; k++) {
            List<String> sent = new ArrayList<>();
            for (int i = k; i < 400; i += 7) {
                sent.add("entry " + i);
            }
            // Copies of a send of unknown outcome come next to each other, or the first of each is in order.
            assertThat(new LinkedHashSet<>(seen.get("k" + k))).containsExactlyElementsOf(sent);
        }
    }

    @Test
    void deadLettersGoOverAndCanBeRedrivenThere() {
        old.subscribe(
                WORK,
                delivery -> {
                    throw new IllegalStateException("no");
                },
                SubscribeOptions.builder().retry(RetryPolicy.none()).build());
        old.send(WORK, "rejected", SendOptions.id("m-1"));
        from.awaitIdle();

        try (Bridge bridge = old.bridge(WORK, other)) {
            awaitEmpty(bridge);
            assertThat(bridge.movedDeadLetters()).isEqualTo(1);
        }

        assertThat(from.deadLetters("work")).isEmpty();
        assertThat(other.deadLetters(WORK).browse(1).get(0).failure().message()).isEqualTo("no");
        other.deadLetters(WORK).redrive(Redrive.all());
        assertThat(to.messages("work")).extracting(Message::id).containsExactly("m-1");
    }

    @Test
    void whatIsDelayedGoesOverWhenItIsDue() {
        old.send(WORK, "later", SendOptions.delay(Duration.ofHours(1)));
        try (Bridge bridge = old.bridge(WORK, other)) {
            assertThat(bridge.left()).isZero();
            from.advance(Duration.ofHours(1));
            await("the message").until(() -> bridge.moved() == 1);
        }
        assertThat(to.depth("work")).isEqualTo(1);
    }

    @Test
    void whatHasExpiredIsJudgedOnTheOtherSide() {
        old.send(WORK, "stale", SendOptions.ttl(Duration.ofMinutes(1)));
        from.advance(Duration.ofHours(1));

        move(WORK);

        assertThat(to.depth("work")).isEqualTo(1);
    }

    @Test
    void aGroupGoesToTheGroupAlone() {
        old.subscribe(NEWS.group("late"), delivery -> {}).close();
        old.send(NEWS, "once");
        assertThatThrownBy(() -> old.bridge(NEWS.group("late"), other))
                .isInstanceOf(DestinationNotFoundException.class)
                .hasMessageContaining("subscribe there first");
        List<String> late = new CopyOnWriteArrayList<>();
        List<String> early = new CopyOnWriteArrayList<>();
        other.subscribe(NEWS.group("early"), delivery -> early.add(delivery.payload()));
        other.subscribe(NEWS.group("late"), delivery -> late.add(delivery.payload() + " of " + delivery.destination()));

        try (Bridge bridge = old.bridge(NEWS.group("late"), other)) {
            awaitEmpty(bridge);
        }
        to.awaitIdle();

        assertThat(late).containsExactly("once of news");
        assertThat(early).isEmpty();
    }

    @Test
    void aMessageThatWillNeverFitStaysAndSaysSo() {
        narrow(Profile.KAFKA);
        Queue<byte[]> scans = Queue.of("scans", byte[].class);
        old.send(scans, new byte[2 << 20], SendOptions.id("big"));

        try (Bridge bridge = old.bridge(scans, other)) {
            await("the failure").until(() -> bridge.failure().isPresent());
            assertThat(bridge.failure())
                    .get()
                    .isInstanceOf(MessageTooLargeException.class)
                    .asString()
                    .contains("big", "2097152");
            assertThat(bridge.left()).isEqualTo(1);
        }

        assertThat(from.messages("scans")).extracting(Message::id).containsExactly("big");
        assertThat(to.depth("scans")).isZero();
    }

    @Test
    void whatTheOtherBrokerCannotBeIsRefused() {
        narrow(Profile.SQS_STANDARD);
        old.send(LEDGER, "entry", SendOptions.key("k"));

        assertThatThrownBy(() -> old.bridge(LEDGER, other)).isInstanceOf(UnsupportedCapabilityException.class);
        assertThatThrownBy(() -> old.bridge(LEDGER, old)).isInstanceOf(IllegalArgumentException.class);
        assertThat(from.depth("ledger")).isEqualTo(1);
    }

    @Test
    void aBridgeThatIsClosedLeavesTheRestInOrder() {
        other.admin().create(LEDGER);
        to.failSends("ledger", 1_000_000, Outcome.NOT_SENT);
        for (int i = 0; i < 50; i++) {
            old.send(LEDGER, "entry " + i, SendOptions.key("k"));
        }
        Bridge bridge = old.bridge(LEDGER, other);
        bridge.close(Duration.ofMillis(100));

        List<String> seen = new CopyOnWriteArrayList<>();
        old.subscribe(LEDGER, delivery -> seen.add(delivery.payload()));
        await("all of them").until(() -> seen.size() == 50);
        assertThat(seen).first().isEqualTo("entry 0");
        assertThat(seen).last().isEqualTo("entry 49");
        assertThat(to.depth("ledger")).isZero();
    }

    private void narrow(Profile profile) {
        other.close();
        to.close();
        to = InMemoryBroker.builder().profile(profile).build();
        other = MqClient.connect(to.uri());
    }

    private void move(Queue<String> queue) {
        try (Bridge bridge = old.bridge(queue, other)) {
            awaitEmpty(bridge);
        }
    }

    private static void awaitEmpty(Bridge bridge) {
        await("the bridge has moved all").until(() -> bridge.left() == 0);
    }

    // Tries again wait in virtual time.
    private void awaitEmptyMovingTime(Bridge bridge) {
        await("the bridge has moved all").atMost(Duration.ofSeconds(30)).until(() -> {
            from.advance(Duration.ofMillis(200));
            to.advance(Duration.ofMillis(200));
            return bridge.left() == 0;
        });
    }

    private static void add(Map<String, List<String>> seen, String key, String entry) {
        seen.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(entry);
    }
}
