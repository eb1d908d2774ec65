package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.tck.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RabbitMqVersion#underTest")
class RabbitMqOutageIT {

    private static final Duration BACK = Duration.ofSeconds(60);
    private static final ConcurrentHashMap<RabbitMqVersion, RabbitMqBroker> BROKERS = new ConcurrentHashMap<>();

    @Parameter
    RabbitMqVersion version;

    private RabbitMqBroker broker;
    private TcpProxy proxy;
    private Spi spi;
    private final Place queue = Spi.queue(Spi.unique("jobs"));

    @BeforeAll
    static void noBrokers() {
        BROKERS.clear();
    }

    @BeforeEach
    void connect() {
        broker = BROKERS.computeIfAbsent(version, RabbitMqBroker::start);
        proxy = broker.proxy();
        spi = Spi.connect(broker.uriVia(proxy) + "?heartbeat=1s&maxReconnectDelay=500ms");
        spi.declare(queue);
    }

    @AfterEach
    void close() {
        spi.close();
        proxy.close();
    }

    @AfterAll
    static void endBrokers() {
        BROKERS.values().forEach(RabbitMqBroker::close);
    }

    @Test
    void linksCutUnderLoadLoseNoConfirmedMessage() {
        Inbox inbox = new Inbox();
        Receiver receiver = spi.receive(ReceiveSpec.builder(queue, 50).build(), 50, inbox);
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            sent.add(spi.send(queue, "m" + i));
            if (i % 1_000 == 500) {
                proxy.cut();
            }
            if (i % 10 == 0 && sent.get(sent.size() - 1).failure() != null) {
                awaitConnected();
            }
        }
        Set<String> confirmed = sent.stream()
                .filter(one -> one.failure() == null)
                .map(one -> Inbox.text(one.message()))
                .collect(Collectors.toSet());
        assertThat(sent.stream().map(Sent::failure).filter(failure -> failure != null))
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                ConnectionLostException.class,
                                e -> assertThat(e.retryable()).isTrue()));
        assertThat(confirmed).hasSizeGreaterThan(1_000);

        Set<String> received = new HashSet<>();
        while (!received.containsAll(confirmed)) {
            Incoming delivery = inbox.next();
            received.add(Inbox.text(delivery));
            delivery.ack(new Inbox.Settled());
            receiver.credit(1);
        }
        Spi.get(receiver.close(Duration.ofSeconds(5)));
        assertThat(spi.connection).contains(false, true);
    }

    @Test
    void aDeliveryOfALostConnectionIsReportedAndCannotBeSettledAndComesAgain() {
        Inbox inbox = new Inbox();
        spi.receive(queue, 10, inbox);
        spi.send(queue, "once more").confirmed();
        Incoming before = inbox.next();

        proxy.cut();
        Incoming after = inbox.next();

        assertThat(inbox.lost).containsExactly(before);
        Inbox.Settled late = new Inbox.Settled();
        before.ack(late);
        assertThat(late.failure()).isInstanceOf(LeaseLostException.class);
        Inbox.Settled lateRelease = new Inbox.Settled();
        before.release(Duration.ZERO, true, lateRelease);
        assertThat(lateRelease.failure()).isInstanceOf(LeaseLostException.class);
        assertThat(after.message().id()).isEqualTo(before.message().id());
        assertThat(after.brokerCount()).isEqualTo(2);
        Inbox.ack(after);
        awaitConnected();
        spi.send(queue, "the next").confirmed();
        assertThat(inbox.texts(1)).containsExactly("the next");
    }

    @Test
    void aSendWhileTheBrokerIsAwayFailsAtOnceAndWasNotSent() {
        proxy.down();
        await("the loss is seen").until(() -> spi.connection.contains(false));

        Throwable failure = spi.send(queue, "not now").failure();

        assertThat(failure).isInstanceOfSatisfying(MessagingException.class, e -> {
            assertThat(e.retryable()).isTrue();
            assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
        });
        proxy.heal();
        awaitConnected();
        spi.send(queue, "now").confirmed();
    }

    @Test
    void aFrozenLinkIsFoundByItsHeartbeat() {
        Inbox inbox = new Inbox();
        spi.receive(queue, 10, inbox);
        proxy.freeze();

        Sent stuck = spi.send(queue, "on thin ice");

        assertThat(stuck.failure())
                .isInstanceOfSatisfying(
                        ConnectionLostException.class,
                        e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
        proxy.heal();
        awaitConnected();
        spi.send(queue, "thawed").confirmed();
        await("it is received").atMost(BACK).until(() -> inbox.texts(1).contains("thawed"));
    }

    @Test
    void repliesAndEphemeralGroupsAreBackWithTheConnection() {
        Place topic = Spi.topic(Spi.unique("news"));
        Inbox news = new Inbox();
        Inbox replies = new Inbox();
        Inbox requests = new Inbox();
        spi.receive(
                ReceiveSpec.builder(Spi.ephemeral(topic.name()), 10)
                        .ephemeral(true)
                        .build(),
                10,
                news);
        spi.receive(queue, 10, requests);
        Receiver replyInbox = Spi.get(spi.transport.openReplyInbox(replies));
        replyInbox.credit(10);

        broker.closeConnections();
        await("the loss is seen").atMost(BACK).until(() -> spi.connection.contains(false));
        awaitConnected();

        spi.send(topic, "after").confirmed();
        assertThat(news.texts(1)).containsExactly("after");
        Message request = Spi.message("?").toBuilder()
                .replyTo(replyInbox.replyTo().orElseThrow())
                .build();
        spi.send(queue, request, 0).confirmed();
        Incoming seen = requests.next();
        spi.send(Place.of(Place.Role.REPLY, seen.message().replyTo(), Shape.PLAIN), "!")
                .confirmed();
        assertThat(replies.texts(1)).containsExactly("!");
    }

    @Test
    void aBrokerThatBlocksSendsGetsThemWhenItIsWellAgain() {
        Inbox inbox = new Inbox();
        spi.receive(queue, 10, inbox);
        spi.send(queue, "before").confirmed();
        broker.raiseMemoryAlarm();
        try {
            List<Sent> waiting = new ArrayList<>();
            await("the broker blocks the connection").atMost(BACK).until(() -> {
                Sent sent = spi.send(queue, "while blocked");
                waiting.add(sent);
                return !sent.end().isDone() && waiting.size() > 5;
            });
            assertThat(inbox.texts(1)).containsExactly("before");

            broker.clearMemoryAlarm();

            waiting.forEach(Sent::confirmed);
        } finally {
            broker.clearMemoryAlarm();
        }
    }

    @Test
    void aBrokerKilledUnderLoadKeepsEveryConfirmedMessage() {
        broker.restart();
        awaitConnected();
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            sent.add(spi.send(queue, "m" + i));
        }
        for (int i = 0; i < 500; i++) {
            sent.get(i).failure();
        }
        broker.kill();
        broker.start();
        Set<String> confirmed = sent.stream()
                .filter(one -> one.failure() == null)
                .map(one -> Inbox.text(one.message()))
                .collect(Collectors.toSet());
        awaitConnected();

        Inbox inbox = new Inbox();
        Receiver receiver = spi.receive(ReceiveSpec.builder(queue, 100).build(), 100, inbox);
        Set<String> received = new HashSet<>();
        while (!received.containsAll(confirmed)) {
            Incoming delivery = inbox.next();
            received.add(Inbox.text(delivery));
            delivery.ack(new Inbox.Settled());
            receiver.credit(1);
        }
        assertThat(confirmed).hasSizeGreaterThanOrEqualTo(500);
    }

    @Test
    void closingWhileTheBrokerIsAwayDoesNotHangAndLeavesNoThread() {
        proxy.down();
        await("the loss is seen").until(() -> spi.connection.contains(false));

        long start = System.nanoTime();
        spi.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        await("threads end")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("mq-rabbitmq")));
    }

    private void awaitConnected() {
        await("the connection is back").atMost(BACK).until(() -> {
            Place nowhere = new Place(Place.Role.TOPIC, "amq.topic", null, null, Shape.PLAIN, false);
            Sent probe = new Sent(nowhere, Spi.message("probe"), 0);
            spi.transport.send(probe);
            return probe.failure() == null
                    && Spi.get(spi.transport.admin().depth(queue).handle((depth, failure) -> failure == null));
        });
    }
}
