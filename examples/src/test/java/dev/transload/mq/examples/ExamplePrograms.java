package dev.transload.mq.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.Explanation.Support;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.MqAdmin;
import dev.transload.mq.Subscription;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.examples.Orders.OrderEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The examples do what they say, whatever the broker. */
abstract class ExamplePrograms {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private MqClient mq;

    /** Where a broker listens. */
    abstract String uri();

    @BeforeEach
    void connect() {
        mq = MqClient.connect(uri());
        clear();
    }

    @AfterEach
    void disconnect() {
        clear();
        mq.close();
    }

    // The examples have the names of the documentation, so what another run left must go.
    private void clear() {
        MqAdmin admin = mq.admin();
        admin.delete(Orders.ORDERS.group("order-processor"));
        admin.delete(Orders.ORDERS);
        admin.delete(WelcomeEmails.EMAILS);
        admin.delete(Prices.PRICES);
        if (admin.exists(Replay.PRICES)) { // nowhere where it is refused
            admin.delete(Replay.PRICES.group("search-index"));
            admin.delete(Replay.PRICES);
        }
    }

    @Test
    void firstStepsSendAndReceive() throws InterruptedException {
        FirstSteps.main(new String[] {uri()});
    }

    @Test
    void anEmailIsDeliveredOnce() {
        try (Subscription worker =
                WelcomeEmails.deliver(mq, email -> seen.add(email.to()), new InMemoryIdempotencyStore())) {
            WelcomeEmails.signedUp(mq, "user@example.com");

            await("the e-mail").atMost(SOON).until(() -> seen.equals(List.of("user@example.com")));
        }
    }

    @Test
    void anEmailThatFailsThreeTimesIsKeptAndSentBackAfterTheRepair() {
        AtomicBoolean repaired = new AtomicBoolean();
        try (Subscription worker = WelcomeEmails.deliver(
                mq,
                email -> {
                    if (!repaired.get()) {
                        throw new IOException("451 try again later");
                    }
                    seen.add(email.to());
                },
                new InMemoryIdempotencyStore())) {
            String id = WelcomeEmails.signedUp(mq, "user@example.com");
            await("three attempts, 1 s and 2 s apart")
                    .atMost(SOON)
                    .until(() -> mq.deadLetters(WelcomeEmails.EMAILS).count() == 1);
            List<DeadLetter> letters = mq.deadLetters(WelcomeEmails.EMAILS).browse(10);
            assertThat(letters)
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.failure().attempts()).isEqualTo(3));
            assertThat(LookAfter.reasons(mq, WelcomeEmails.EMAILS)).containsExactly(id + ": 451 try again later");

            repaired.set(true);
            assertThat(LookAfter.redrive(mq, WelcomeEmails.EMAILS, "SmtpException")
                            .redriven())
                    .isZero();
            assertThat(LookAfter.redrive(mq, WelcomeEmails.EMAILS, "IOException")
                            .redriven())
                    .isEqualTo(1);
            await("the e-mail after the redrive").atMost(SOON).until(() -> seen.equals(List.of("user@example.com")));
        }
    }

    @Test
    void eventsOfAnOrderKeepTheirOrderThoughOneFails() {
        List<String> watched = new CopyOnWriteArrayList<>();
        try (Subscription watcher = Orders.watch(
                        mq, delivery -> watched.add(delivery.payload().what()));
                Subscription processor = Orders.process(mq, delivery -> {
                    OrderEvent event = delivery.payload();
                    if (event.what().equals("paid") && delivery.attempt() == 1) {
                        throw new IllegalStateException("the bank does not answer");
                    }
                    seen.add(event.what());
                })) {
            for (String what : List.of("placed", "paid", "shipped")) {
                Orders.happened(mq, new OrderEvent("order-123", what));
            }
            await("all events").atMost(SOON).until(() -> seen.size() == 3 && watched.size() == 3);

            assertThat(seen).containsExactly("placed", "paid", "shipped");
            assertThat(watched).containsExactly("placed", "paid", "shipped");
        }
    }

    @Test
    void aReminderComesLaterAndNotEarlier() {
        try (Subscription processor =
                Orders.process(mq, delivery -> seen.add(delivery.payload().what()))) {
            long from = System.nanoTime();
            Orders.remind(mq, new OrderEvent("order-123", "unpaid"), Duration.ofSeconds(1));

            await("the reminder").atMost(SOON).until(() -> !seen.isEmpty());
            assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        }
    }

    @Test
    void aQuestionIsAnsweredRefusedOrNotAnswered() {
        try (Subscription server = Prices.serve(mq, Map.of("book", 1990))) {
            assertThat(Prices.ask(mq, "book", SOON)).isEqualTo("1990 cents");
            assertThat(Prices.ask(mq, "unicorn", SOON)).isEqualTo("refused: no such article: unicorn");
        }
        assertThat(Prices.ask(mq, "book", Duration.ofMillis(200))).isEqualTo("no answer");
    }

    @Test
    void aTopicIsReplayedOrRefusedAloud() {
        if (mq.explain().feature("replay").support() == Support.REFUSED) {
            assertThatThrownBy(() -> Replay.changed(mq, "book", 1990))
                    .isInstanceOf(UnsupportedCapabilityException.class);
            assertThat(mq.admin().exists(Replay.PRICES)).isFalse();
            return;
        }
        mq.admin().create(Replay.PRICES);
        Replay.changed(mq, "book", 1990);
        Replay.changed(mq, "book", 1790);
        try (Subscription index = Replay.fromTheBeginning(mq, delivery -> seen.add(delivery.payload()))) {
            await("both changes").atMost(SOON).until(() -> seen.equals(List.of("book: 1990", "book: 1790")));
        }
    }
}
