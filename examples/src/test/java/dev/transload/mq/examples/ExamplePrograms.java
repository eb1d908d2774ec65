package dev.transload.mq.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.Explanation.Support;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.MqAdmin;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.examples.Orders.OrderEvent;
import dev.transload.mq.examples.PaidOrders.PaidOrder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
        admin.delete(EmailJobs.JOBS);
        admin.delete(Images.UPLOADS);
        admin.delete(Alerts.PUSHES);
        for (String group : List.of("stock", "shipping")) {
            admin.delete(PaidOrders.PAID.group(group));
        }
        admin.delete(Topic.pattern("shop.*", String.class).group("audit"));
        admin.delete(PaidOrders.PAID);
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

    @Test
    void jobsTellWhetherTheyAreCompletedOrHaveFailed() {
        List<String> log = new CopyOnWriteArrayList<>();
        try (Subscription worker = EmailJobs.work(
                mq,
                job -> {
                    if (job.payload().to().equals("nobody") || job.attempt() == 1) {
                        throw new IOException("451 try again later");
                    }
                },
                log::add)) {
            String good = EmailJobs.add(mq, new Email("user@example.com", "Welcome", "Glad you are here!"));
            String bad = EmailJobs.add(mq, new Email("nobody", "Welcome", "Glad you are here!"));

            await("three attempts of each that needs them").atMost(SOON).until(() -> log.size() >= 6);
            String failed = "job %s failed: 451 try again later";
            assertThat(log)
                    .filteredOn(line -> line.contains(good))
                    .containsExactly(failed.formatted(good), "job " + good + " completed");
            assertThat(log)
                    .filteredOn(line -> line.contains(bad))
                    .containsExactly(
                            failed.formatted(bad),
                            failed.formatted(bad),
                            failed.formatted(bad),
                            "job " + bad + " given up after 3 attempts");
        }
    }

    @Test
    void threeWorkersShareTheImages() {
        CyclicBarrier together = new CyclicBarrier(3);
        Map<String, Integer> done = new ConcurrentHashMap<>();
        Files files = new Files();
        List<Subscription> workers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                AtomicBoolean begun = new AtomicBoolean();
                workers.add(Images.worker(mq, files, image -> {
                    if (begun.compareAndSet(false, true)) {
                        meet(together);
                    }
                    done.merge(new String(image, UTF_8), 1, Integer::sum);
                }));
            }
            for (int i = 0; i < 60; i++) {
                Images.uploaded(mq, ("image " + i).getBytes(UTF_8), files);
            }

            await("all images").atMost(SOON).until(() -> done.size() == 60);
            assertThat(done.values()).containsOnly(1);
            assertThat(together.isBroken()).isFalse();
        } finally {
            workers.forEach(Subscription::close);
        }
    }

    private static void meet(CyclicBarrier together) throws InterruptedException {
        try {
            together.await(SOON.toSeconds(), TimeUnit.SECONDS);
        } catch (BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException("not all workers had an image at once", e);
        }
    }

    @Test
    void anImageThatNoMessageCarriesIsPutElsewhere() {
        byte[] huge = new byte[20 << 20];
        huge[huge.length - 1] = 42;
        Files files = new Files();
        assertThatThrownBy(() -> mq.send(Images.UPLOADS, huge)).isInstanceOf(MessageTooLargeException.class);
        List<byte[]> resized = new CopyOnWriteArrayList<>();
        try (Subscription worker = Images.worker(mq, files, resized::add)) {
            Images.uploaded(mq, "small".getBytes(UTF_8), files);
            Images.uploaded(mq, huge, files);

            await("both images").atMost(SOON).until(() -> resized.size() == 2);
            assertThat(resized).contains("small".getBytes(UTF_8), huge);
            assertThat(files.kept).hasSize(1);
        }
    }

    @Test
    void anAlarmGoesBeforeTheNewsThatWait() {
        mq.admin().create(Alerts.PUSHES);
        for (int i = 0; i < 40; i++) {
            Alerts.news(mq, "news " + i);
        }
        Alerts.alarm(mq, "alarm");
        Semaphore pushes = new Semaphore(0);
        try (Subscription phone = Alerts.push(mq, delivery -> {
            pushes.acquire();
            seen.add(delivery.payload());
        })) {
            // One push at each look, since some brokers bring the levels one after the other.
            await("the alarm").atMost(SOON).until(() -> {
                pushes.release();
                return seen.contains("alarm");
            });
            assertThat(seen.indexOf("alarm")).as("news before the alarm").isLessThan(20);

            pushes.release(41);
            await("everything").atMost(SOON).until(() -> seen.size() == 41);
        }
    }

    @Test
    void eachGroupGetsAPaidOrderAndOneOfThemOnlyOnce() {
        List<String> shipped = new CopyOnWriteArrayList<>();
        List<String> written = new CopyOnWriteArrayList<>();
        mq.admin().create(PaidOrders.PAID);
        try (Subscription stock = PaidOrders.takeFromStock(
                        mq, delivery -> seen.add(delivery.payload().id()), new InMemoryIdempotencyStore());
                Subscription carrier = PaidOrders.ship(
                        mq, delivery -> shipped.add(delivery.payload().id()));
                Subscription book = PaidOrders.writeDown(mq, delivery -> written.add(delivery.payload()))) {
            PaidOrders.paid(mq, new PaidOrder("o-1", "book", 2));
            PaidOrders.paid(mq, new PaidOrder("o-1", "book", 2));
            PaidOrders.paid(mq, new PaidOrder("o-2", "lamp", 1));

            await("all groups")
                    .atMost(SOON)
                    .until(() -> seen.size() >= 2 && shipped.size() >= 3 && written.size() >= 3);
            await("nothing left")
                    .atMost(SOON)
                    .until(() ->
                            mq.admin().depth(PaidOrders.PAID.group("stock")).orElse(-1) == 0);
            assertThat(seen).containsExactlyInAnyOrder("o-1", "o-2");
            assertThat(shipped).containsExactlyInAnyOrder("o-1", "o-1", "o-2");
            assertThat(written).hasSize(3).allMatch(order -> order.startsWith("{"));
        }
    }

    /** A storage that forgets everything with the test. */
    private static final class Files implements Images.Storage {
        private final Map<String, byte[]> kept = new ConcurrentHashMap<>();

        @Override
        public String put(byte[] file) {
            String where = "file-" + kept.size();
            kept.put(where, file);
            return where;
        }

        @Override
        public byte[] get(String where) {
            return requireNonNull(kept.get(where), where);
        }
    }
}
