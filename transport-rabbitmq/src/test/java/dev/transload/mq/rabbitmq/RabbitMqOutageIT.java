package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RabbitMqVersion#underTest")
@ExtendWith(FaultBrokers.class)
class RabbitMqOutageIT {

    private static final Duration BACK = Duration.ofSeconds(60);

    @Parameter
    RabbitMqVersion version;

    private RabbitMqBroker broker;
    private TcpProxy proxy;
    private Spi spi;
    private final Place queue = Spi.queue(Spi.unique("jobs"));

    @BeforeEach
    void connect() {
        broker = FaultBrokers.of(version);
        proxy = broker.proxy();
        spi = Spi.connect(broker.uriVia(proxy) + "?heartbeat=2s&maxReconnectDelay=500ms");
        spi.declare(queue);
    }

    @AfterEach
    void close() {
        spi.close();
        proxy.close();
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
