package dev.transload.mq.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Idempotency;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import dev.transload.mq.Outbound;
import dev.transload.mq.Outcome;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.Topology;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole way through the client, in virtual time. */
class ClientTest {
    private static final Queue<String> EMAILS = Queue.of("email-queue", String.class);

    private final List<String> handled = new CopyOnWriteArrayList<>();
    private InMemoryBroker broker = InMemoryBroker.create();

    @AfterEach
    void close() {
        broker.close();
    }

    private void with(Profile profile) {
        broker.close();
        broker = InMemoryBroker.builder().profile(profile).build();
    }

    private static SubscribeOptions retry(RetryPolicy policy) {
        return SubscribeOptions.builder().retry(policy).build();
    }

    @Test
    void retriesThreeTimesThenDeadLetters() {
        try (MqClient mq = MqClient.connect(broker.uri())) {
            mq.subscribe(
                    EMAILS,
                    delivery -> {
                        handled.add(delivery.payload() + " " + delivery.attempt());
                        throw new IllegalStateException("no such user");
                    },
                    retry(RetryPolicy.exponential(3, Duration.ofSeconds(1))));
            mq.send(EMAILS, "welcome");
            broker.advance(Duration.ofMinutes(1));

            assertThat(handled).containsExactly("welcome 1", "welcome 2", "welcome 3");
            assertThat(broker.deadLetters("email-queue")).hasSize(1);
            InMemoryBroker.SetAside dead = broker.deadLetters("email-queue").get(0);
            assertThat(dead.failureType()).endsWith("IllegalStateException");
            assertThat(dead.failureMessage()).isEqualTo("no such user");
            assertThat(dead.reason()).isNotEmpty();
            assertThat(broker.depth("email-queue")).isZero();

            mq.deadLetters(EMAILS).redrive(Redrive.all());
            broker.advance(Duration.ofMinutes(1));
            assertThat(handled).hasSize(6).endsWith("welcome 1", "welcome 2", "welcome 3");
        }
    }

    @Test
    void aDayOfRetriesTakesNoTime() {
        try (MqClient mq = MqClient.connect(broker.uri())) {
            List<Duration> at = new CopyOnWriteArrayList<>();
            var start = broker.now();
            mq.subscribe(
                    EMAILS,
                    delivery -> {
                        at.add(Duration.between(start, broker.now()));
                        throw new IllegalStateException();
                    },
                    retry(RetryPolicy.delays(
                            Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(6), Duration.ofHours(16))));
            mq.send(EMAILS, "patience");
            long began = System.nanoTime();
            broker.advance(Duration.ofHours(24));

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
            assertThat(at)
                    .containsExactly(
                            Duration.ZERO,
                            Duration.ofMinutes(1),
                            Duration.ofMinutes(61),
                            Duration.ofMinutes(421),
                            Duration.ofMinutes(1381));
            assertThat(broker.deadLetters("email-queue")).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Profile.class, names = "SQS_STANDARD", mode = EnumSource.Mode.EXCLUDE)
    void aKeyWaitsForItsRetryAndOthersDoNot(Profile profile) {
        with(profile);
        Queue<String> orders = Queue.of("orders", String.class).ordered();
        try (MqClient mq = MqClient.connect(broker.uri())) {
            AtomicInteger failures = new AtomicInteger(2);
            mq.subscribe(
                    orders,
                    delivery -> {
                        if (delivery.payload().equals("a1") && failures.getAndDecrement() > 0) {
                            handled.add("a1!");
                            throw new IllegalStateException();
                        }
                        handled.add(delivery.payload());
                    },
                    SubscribeOptions.builder()
                            .concurrency(4)
                            .retry(RetryPolicy.fixed(3, Duration.ofSeconds(10)))
                            .build());
            for (String payload : List.of("a1", "a2", "b1", "b2", "a3")) {
                mq.send(orders, payload, SendOptions.key(payload.substring(0, 1)));
            }
            broker.advance(Duration.ofSeconds(9));
            assertThat(handled).contains("a1!", "b1", "b2").doesNotContain("a1", "a2", "a3");

            broker.advance(Duration.ofMinutes(1));
            assertThat(handled).filteredOn(h -> h.startsWith("a")).containsExactly("a1!", "a1!", "a1", "a2", "a3");
            assertThat(handled).filteredOn(h -> h.startsWith("b")).containsExactly("b1", "b2");
        }
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void aDelayIsKeptOnEveryProfile(Profile profile) {
        with(profile);
        try (MqClient mq = MqClient.connect(broker.uri())) {
            mq.subscribe(EMAILS, delivery -> handled.add(delivery.payload()));
            mq.send(EMAILS, "later", SendOptions.delay(Duration.ofHours(2)));
            broker.advance(Duration.ofHours(2).minusSeconds(1));
            assertThat(handled).isEmpty();
            broker.advance(Duration.ofMinutes(2));
            assertThat(handled).containsExactly("later");
        }
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void retriesAndDeadLettersAreTheSameOnEveryProfile(Profile profile) {
        with(profile);
        try (MqClient mq = MqClient.connect(broker.uri())) {
            mq.subscribe(
                    EMAILS,
                    delivery -> {
                        handled.add(delivery.payload() + " " + delivery.attempt());
                        throw new IllegalStateException();
                    },
                    retry(RetryPolicy.exponential(3, Duration.ofSeconds(1))));
            mq.send(EMAILS, "mail");
            broker.advance(Duration.ofMinutes(1));
            assertThat(handled).containsExactly("mail 1", "mail 2", "mail 3");
            assertThat(broker.deadLetters("email-queue")).hasSize(1);
        }
    }

    @Test
    void aProfileRefusesWhatItsBrokerWould() {
        with(Profile.SQS_STANDARD);
        Queue<String> orders = Queue.of("orders", String.class).ordered();
        try (MqClient mq = MqClient.connect(broker.uri())) {
            assertThatThrownBy(() -> mq.subscribe(orders, delivery -> {}))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageContaining("FIFO");
            assertThat(mq.explain().toString()).contains("in memory, with the limits of sqs-standard");
        }
    }

    @Test
    void aGroupReplaysWhatATopicRetained() {
        Topic<String> orders = Topic.of("orders", String.class).retained(Duration.ofDays(7));
        try (MqClient mq = MqClient.connect(broker.uri())) {
            mq.send(orders, "before");
            mq.subscribe(orders.group("audit").fromBeginning(), delivery -> handled.add("audit " + delivery.payload()));
            mq.subscribe(orders.group("live"), delivery -> handled.add("live " + delivery.payload()));
            mq.send(orders, "after");
            broker.awaitIdle();
            assertThat(handled).containsExactlyInAnyOrder("audit before", "audit after", "live after");
        }
    }

    @Test
    void requestsAreAnswered() {
        Queue<String> prices = Queue.of("prices", String.class);
        try (MqClient mq = MqClient.connect(broker.uri())) {
            mq.reply(prices, Integer.class, String::length);
            assertThat(mq.request(prices, "four", Integer.class, Duration.ofSeconds(2)))
                    .isEqualTo(4);
        }
    }

    @Test
    void aDuplicateIsSkippedByTheStoreInVirtualTime() {
        var store = new InMemoryIdempotencyStore(broker.clock());
        try (MqClient mq = MqClient.connect(broker.uri())) {
            mq.subscribe(
                    EMAILS,
                    delivery -> handled.add(delivery.payload()),
                    SubscribeOptions.builder()
                            .idempotency(Idempotency.byMessageId(store))
                            .build());
            broker.awaitIdle();
            broker.duplicateNext("email-queue");
            mq.send(EMAILS, "once");
            broker.advance(Duration.ofMinutes(1));
            assertThat(handled).containsExactly("once");
            assertThat(broker.inFlight("email-queue")).isEmpty();
        }
    }

    @Test
    void aSendOfUnknownOutcomeIsTriedAgainWithTheSameId() throws Exception {
        try (MqClient mq = MqClient.connect(broker.uri())) {
            mq.send(EMAILS, "first");
            broker.failSends("email-queue", 1, Outcome.UNKNOWN);
            var sent = mq.sendAsync(EMAILS, "perhaps");
            broker.advance(Duration.ofSeconds(10));
            String id = sent.get(10, TimeUnit.SECONDS);
            assertThat(broker.messages("email-queue"))
                    .extracting(Message::id)
                    .filteredOn(id::equals)
                    .hasSize(2);
        }
    }

    @Test
    void aCutConnectionIsSurvived() throws Exception {
        try (MqClient mq = MqClient.connect(broker.uri())) {
            mq.subscribe(EMAILS, delivery -> handled.add(delivery.payload()));
            mq.send(EMAILS, "before");
            broker.awaitIdle();
            broker.disconnect();
            var sent = mq.sendAsync(EMAILS, "meanwhile");
            broker.reconnect();
            broker.advance(Duration.ofSeconds(20));
            sent.get(10, TimeUnit.SECONDS);
            for (int i = 0; i < 100; i++) {
                mq.send(EMAILS, "after");
            }
            broker.awaitIdle();
            assertThat(handled).hasSize(102).startsWith("before", "meanwhile");
        }
    }

    @Test
    void aMessageThatKillsItsProcessIsSetAsideAndItsNeighboursLive() {
        InMemoryBroker own = broker;
        SubscribeOptions options = SubscribeOptions.builder()
                .prefetch(10)
                .retry(RetryPolicy.fixed(3, Duration.ofSeconds(1)))
                .build();
        try (MqClient mq = MqClient.connect(own.uri())) {
            mq.send(EMAILS, "killer");
            for (int i = 0; i < 5; i++) {
                mq.send(EMAILS, "neighbour");
            }
        }
        AtomicInteger deaths = new AtomicInteger();
        for (int i = 0; i < 6; i++) {
            MqClient mq = MqClient.connect(own.uri());
            mq.subscribe(
                    EMAILS,
                    delivery -> {
                        if (delivery.payload().equals("killer")) {
                            deaths.incrementAndGet();
                            own.crash(mq.clientId());
                        } else {
                            handled.add(delivery.payload());
                        }
                    },
                    options);
            own.advance(Duration.ofMinutes(2));
            mq.close();
        }
        assertThat(deaths).as("attempts, and once more alone").hasValue(4);
        assertThat(handled).hasSize(5);
        assertThat(own.deadLetters("email-queue")).hasSize(1);
        assertThat(own.deadLetters("email-queue").get(0).reason()).isEqualTo("CRASHED");
    }

    @Test
    void aSendThatCannotMakeItsQueueFailsItsFutureAndIsToldInEveryForm() {
        List<String> told = new CopyOnWriteArrayList<>();
        MqListener listener = new MqListener() {
            @Override
            public void sendFailed(String destination, String id, Throwable cause) {
                told.add(id);
            }
        };
        try (MqClient mq = MqClient.builder(broker.uri())
                .topology(Topology.ASSERT)
                .listener(listener)
                .connect()) {
            assertThatThrownBy(() -> mq.send(EMAILS, "x", SendOptions.id("a")))
                    .isInstanceOf(DestinationNotFoundException.class);
            assertThat(mq.sendAsync(EMAILS, "x", SendOptions.id("b")))
                    .isCompletedExceptionally()
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .withCauseInstanceOf(DestinationNotFoundException.class);
            assertThat(mq.sendAll(EMAILS, List.of(new Outbound<>("x", SendOptions.id("c")))))
                    .noneMatch(SendResult::sent);

            assertThat(told).containsExactly("a", "b", "c");
        }
    }
}
