package dev.transload.mq.inmemory;

import static dev.transload.mq.inmemory.Probe.group;
import static dev.transload.mq.inmemory.Probe.message;
import static dev.transload.mq.inmemory.Probe.queue;
import static dev.transload.mq.inmemory.Probe.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.TransportException;
import dev.transload.mq.inmemory.Probe.Inbox;
import dev.transload.mq.inmemory.Probe.Sent;
import dev.transload.mq.inmemory.Probe.Settled;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private static final Place MAILS = queue("mails");

    private final InMemoryBroker broker = InMemoryBroker.create();
    private final Probe client = Probe.on(broker);

    @BeforeEach
    void declare() {
        client.declare(MAILS);
    }

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    @Test
    void aDuplicateComesOnceAfterTheAck() {
        client.send(MAILS, "1");
        broker.duplicateNext("mails");
        Inbox inbox = client.receive(MAILS, 9);
        inbox.last().ack(Completion.IGNORED);
        assertThat(inbox.ids()).containsExactly("1", "1");
        inbox.last().ack(Completion.IGNORED);
        assertThat(inbox.ids()).hasSize(2);
        assertThat(broker.depth("mails")).isZero();
    }

    @Test
    void aFailedSendSaysWhatBecameOfTheMessage() {
        broker.failSends("mails", 1, Outcome.NOT_SENT);
        broker.failSends("mails", 1, Outcome.UNKNOWN);
        Sent no = client.trySend(MAILS, message("no"), Duration.ZERO);
        Sent perhaps = client.trySend(MAILS, message("perhaps"), Duration.ZERO);
        client.send(MAILS, "yes");

        assertThat(no.failure).isInstanceOf(TransportException.class);
        assertThat(((MessagingException) no.failure).outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(((MessagingException) perhaps.failure).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(broker.messages("mails")).extracting(m -> m.id()).containsExactly("perhaps", "yes");
        assertThat(no.answers).hasValue(1);
    }

    @Test
    void aBrokerThatForgetsLosesAllAndReceiversMakeTheirPlacesAnew() {
        Place orders = topic("orders", Shape.PLAIN);
        Place billing = group("orders", "billing", Shape.PLAIN);
        Place idle = queue("idle");
        client.declare(idle);
        client.declare(billing);
        Inbox mails = client.receive(MAILS, 2);
        Inbox bills = client.receive(billing, 9);
        client.send(MAILS, "held");
        client.trySend(MAILS, message("waiting"), Duration.ofMinutes(1));
        client.send(idle, "idle");

        broker.forget();

        assertThat(broker.destinations()).containsExactlyInAnyOrder("mails", "orders", "orders--billing");
        assertThat(mails.lost).hasSize(1);
        assertThat(client.connection).hasSize(2);
        client.send(MAILS, "after");
        client.send(orders, "bill");
        assertThat(mails.ids()).containsExactly("held", "after");
        assertThat(bills.ids()).containsExactly("bill");
        broker.advance(Duration.ofMinutes(2));
        assertThat(mails.ids()).hasSize(2);
        assertThat(client.trySend(idle, message("x"), Duration.ZERO).failure)
                .isInstanceOf(DestinationNotFoundException.class);
    }

    @Test
    void aCutConnectionLosesDeliveriesAndMendsItself() {
        client.send(MAILS, "1");
        client.send(MAILS, "2");
        Inbox inbox = client.receive(MAILS, 1);
        Incoming first = inbox.last();

        broker.disconnect(Outcome.UNKNOWN);
        assertThat(client.connection).containsExactly("down");
        assertThat(inbox.lost).containsExactly(first);
        Sent sent = client.trySend(MAILS, message("3"), Duration.ZERO);
        assertThat(sent.failure).isInstanceOf(ConnectionLostException.class);
        assertThat(((MessagingException) sent.failure).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThatThrownBy(() -> client.declare(MAILS)).hasCauseInstanceOf(ConnectionLostException.class);
        Settled late = new Settled();
        first.ack(late);
        assertThat(late.failure).isInstanceOf(LeaseLostException.class);
        inbox.receiver.credit(2);
        assertThat(inbox.deliveries).hasSize(1);

        broker.reconnect();
        assertThat(client.connection).containsExactly("down", "up");
        assertThat(inbox.ids()).containsExactly("1", "1", "2");
        client.send(MAILS, "4");
    }

    @Test
    void aHandlerThatBeginsAfterItsDeliveryWasLostCounts() {
        client.send(MAILS, "1");
        client.send(MAILS, "2");
        Inbox inbox = client.receive(MAILS, 2);
        Incoming first = inbox.deliveries.get(0);

        broker.disconnect(Outcome.UNKNOWN);
        first.began();
        broker.reconnect();
        inbox.receiver.credit(2);
        assertThat(inbox.deliveries).extracting(Incoming::brokerCount).containsExactly(1, 1, 2, 1);

        broker.disconnect(Outcome.UNKNOWN);
        broker.reconnect();
        inbox.receiver.credit(2);
        assertThat(inbox.deliveries.subList(4, 6))
                .as("a late handler is counted once")
                .extracting(Incoming::brokerCount)
                .containsExactly(2, 1);
    }

    @Test
    void aBrokerThatStandsStillDoesWhatItWasAskedWhenItGoesOn() {
        client.send(MAILS, "1");
        Inbox inbox = client.receive(MAILS, 1);
        broker.freeze();
        Sent sent = client.trySend(MAILS, message("2"), Duration.ZERO);
        Settled settled = new Settled();
        inbox.last().ack(settled);
        inbox.receiver.credit(1);
        var depth = client.transport.admin().depth(MAILS);
        assertThat(sent.answers).hasValue(0);
        assertThat(settled.done).isFalse();
        assertThat(depth).isNotDone();
        assertThat(inbox.ids()).containsExactly("1");

        broker.thaw();
        assertThat(sent.answers).hasValue(1);
        assertThat(settled.done).isTrue();
        assertThat(depth).isDone();
        assertThat(inbox.ids()).containsExactly("1", "2");
        assertThat(client.connection).isEmpty();
    }

    @Test
    void aConnectionThatIsSilentTooLongIsGivenUp() {
        client.send(MAILS, "1");
        Inbox inbox = client.receive(MAILS, 1);
        broker.freeze();
        Sent sent = client.trySend(MAILS, message("2"), Duration.ZERO);
        broker.advance(Duration.ofSeconds(9));
        assertThat(client.connection).isEmpty();
        broker.advance(Duration.ofSeconds(1));

        assertThat(client.connection).containsExactly("down");
        assertThat(((MessagingException) sent.failure).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(inbox.lost).hasSize(1);
        assertThatThrownBy(() -> Probe.on(broker)).hasCauseInstanceOf(ConnectionLostException.class);

        broker.thaw();
        assertThat(client.connection).containsExactly("down", "up");
        assertThat(inbox.ids()).containsExactly("1");
        inbox.receiver.credit(1);
        assertThat(inbox.ids()).containsExactly("1", "1");
    }

    @Test
    void nobodyConnectsToABrokerThatIsAway() {
        broker.disconnect();
        assertThatThrownBy(() -> Probe.on(broker)).hasCauseInstanceOf(ConnectionLostException.class);
        broker.reconnect();
        Probe.on(broker).close();
    }

    @Test
    void anEphemeralGroupMissesWhatIsSentWhileItIsGone() {
        Probe other = Probe.on(broker);
        Place orders = topic("orders", Shape.PLAIN);
        client.declare(orders);
        Place here = new Place(Role.GROUP, "orders", "orders", null, Shape.PLAIN, true);
        Inbox ephemeral = client.receive(here, 9, spec -> spec.ephemeral(true));
        Inbox durable = client.receive(group("orders", "billing", Shape.PLAIN), 9);

        broker.disconnect();
        broker.reconnect();
        other.send(orders, "after");
        assertThat(ephemeral.ids()).containsExactly("after");
        assertThat(durable.ids()).containsExactly("after");
        other.close();
    }

    @Test
    void aKilledClientsDeliveriesComeBackCountedAndItIsHeardNoMore() {
        Probe victim = Probe.on(broker);
        client.send(MAILS, "begun");
        client.send(MAILS, "waiting");
        Inbox dead = victim.receive(MAILS, 2);
        dead.deliveries.get(0).began();

        broker.crash(victim.clientId());
        Inbox heir = client.receive(MAILS, 9);
        assertThat(heir.ids()).containsExactly("begun", "waiting");
        assertThat(heir.deliveries).extracting(Incoming::brokerCount).containsExactly(2, 1);

        Settled late = new Settled();
        dead.deliveries.get(0).ack(late);
        assertThat(late.failure).isInstanceOf(LeaseLostException.class);
        assertThat(dead.lost).containsExactlyElementsOf(dead.deliveries);
        assertThat(victim.trySend(MAILS, message("ghost"), Duration.ZERO).failure)
                .isInstanceOf(ClientClosedException.class);
        victim.close();
        assertThatThrownBy(() -> broker.crash("nobody")).hasMessageContaining(client.clientId());
    }

    @Test
    void onABrokerThatCountsDeliveriesACrashAccusesBystanders() {
        InMemoryBroker rabbit =
                InMemoryBroker.builder().profile(Profile.RABBITMQ).build();
        Probe one = Probe.on(rabbit);
        one.declare(MAILS);
        one.send(MAILS, "begun");
        one.send(MAILS, "waiting");
        one.receive(MAILS, 2).deliveries.get(0).began();
        rabbit.crash(one.clientId());

        Probe two = Probe.on(rabbit);
        assertThat(two.receive(MAILS, 2).deliveries)
                .extracting(Incoming::brokerCount)
                .containsExactly(2, 2);
        two.close();
        rabbit.close();
    }

    @Test
    void theBrokersOwnLimitEndsALoop() {
        InMemoryBroker sqs =
                InMemoryBroker.builder().profile(Profile.SQS_STANDARD).build();
        Probe one = Probe.on(sqs);
        one.declare(MAILS);
        one.send(MAILS, "1");
        Inbox inbox = one.receive(MAILS, 1000);
        for (int i = 0; i < 100; i++) {
            assertThat(inbox.last().brokerCount()).isEqualTo(i + 1);
            inbox.last().release(Duration.ZERO, false, Completion.IGNORED);
        }
        assertThat(inbox.deliveries).hasSize(100);
        assertThat(sqs.deadLetters("mails")).hasSize(1);
        assertThat(sqs.inFlight("mails")).isEmpty();
        one.close();
        sqs.close();
    }

    @Test
    void aDeletedPlaceEndsItsReceivers() {
        client.send(MAILS, "1");
        Inbox inbox = client.receive(MAILS, 1);
        client.transport.admin().delete(MAILS).join();

        assertThat(inbox.failure).isInstanceOf(DestinationNotFoundException.class);
        assertThat(client.transport.admin().depth(MAILS).join()).isEmpty();
        assertThat(client.trySend(MAILS, message("2"), Duration.ZERO).failure)
                .isInstanceOf(DestinationNotFoundException.class);
        client.transport.admin().delete(MAILS).join();
    }

    @Test
    void purgeForgetsWhatWaitsAndWhatIsHeldBack() {
        client.send(MAILS, "1");
        client.send(MAILS, "2");
        client.trySend(MAILS, message("3"), Duration.ofSeconds(1));
        Inbox inbox = client.receive(MAILS, 1);
        assertThat(client.transport.admin().depth(MAILS).join()).hasValue(1);
        client.transport.admin().purge(MAILS).join();
        broker.advance(Duration.ofSeconds(2));
        inbox.receiver.credit(5);

        assertThat(inbox.ids()).containsExactly("1");
        inbox.last().release(Duration.ZERO, false, Completion.IGNORED);
        assertThat(inbox.ids()).containsExactly("1", "1");
    }

    @Test
    void disorderOnRequestIsTheSameForASeed() {
        assertThat(order(7L)).isEqualTo(order(7L)).isNotEqualTo(order(null)).isNotEqualTo(order(8L));
        assertThat(order(7L)).containsExactlyInAnyOrderElementsOf(order(null));
    }

    private static java.util.List<String> order(Long seed) {
        InMemoryBroker.Builder builder = InMemoryBroker.builder();
        if (seed != null) {
            builder.seed(seed);
        }
        InMemoryBroker own = builder.build();
        Probe probe = Probe.on(own);
        probe.declare(MAILS);
        for (int i = 0; i < 50; i++) {
            probe.send(MAILS, "m" + i);
        }
        java.util.List<String> ids = probe.receive(MAILS, 100).ids();
        probe.close();
        own.close();
        return ids;
    }
}
