package dev.transload.mq.inmemory;

import static dev.transload.mq.inmemory.Probe.group;
import static dev.transload.mq.inmemory.Probe.message;
import static dev.transload.mq.inmemory.Probe.queue;
import static dev.transload.mq.inmemory.Probe.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.inmemory.Probe.Inbox;
import dev.transload.mq.inmemory.Probe.Sent;
import dev.transload.mq.inmemory.Probe.Settled;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InMemoryTransportTest {
    private static final Place MAILS = queue("mails");

    private final InMemoryBroker broker = InMemoryBroker.create();
    private final Probe client = Probe.on(broker);

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    @Test
    void deliveriesComeInOrderAndOnlyAgainstCredit() {
        client.declare(MAILS);
        for (String id : List.of("1", "2", "3")) {
            client.send(MAILS, id);
        }

        Inbox inbox = client.receive(MAILS, 2);
        assertThat(inbox.ids()).containsExactly("1", "2");

        inbox.deliveries.get(0).ack(Completion.IGNORED);
        assertThat(inbox.ids()).as("an ack gives no credit").hasSize(2);
        inbox.receiver.credit(1);
        assertThat(inbox.ids()).containsExactly("1", "2", "3");
    }

    @Test
    void receiversTakeTurns() {
        client.declare(MAILS);
        Inbox one = client.receive(MAILS, 10);
        Inbox two = client.receive(MAILS, 10);
        for (int i = 0; i < 10; i++) {
            client.send(MAILS, "m" + i);
        }

        assertThat(one.ids()).containsExactly("m0", "m2", "m4", "m6", "m8");
        assertThat(two.ids()).containsExactly("m1", "m3", "m5", "m7", "m9");
    }

    @Test
    void bytesAreCopiedInAndOut() {
        client.declare(MAILS);
        byte[] body = {1, 2, 3};
        client.send(MAILS, Message.builder("a", body).build());
        body[0] = 99;

        Inbox inbox = client.receive(MAILS, 1);
        assertThat(inbox.last().message().body()).containsExactly(1, 2, 3);
        inbox.last().message().body()[1] = 99;
        inbox.last().release(Duration.ZERO, false, Completion.IGNORED);
        inbox.receiver.credit(1);

        assertThat(inbox.last().message().body()).containsExactly(1, 2, 3);
    }

    @Test
    void aMessageComesBackToItsPlaceWhenReleased() {
        client.declare(MAILS);
        client.send(MAILS, "1");
        client.send(MAILS, "2");
        client.send(MAILS, "3");
        Inbox inbox = client.receive(MAILS, 2);

        inbox.deliveries.get(1).release(Duration.ZERO, true, Completion.IGNORED);
        inbox.deliveries.get(0).release(Duration.ZERO, false, Completion.IGNORED);
        inbox.receiver.credit(3);

        assertThat(inbox.ids()).containsExactly("1", "2", "1", "2", "3");
        assertThat(inbox.deliveries).extracting(Incoming::brokerCount).containsExactly(1, 1, 1, 2, 1);
    }

    @Test
    void aReleaseWithDelayStaysAwayThatLong() {
        client.declare(MAILS);
        client.send(MAILS, "1");
        Inbox inbox = client.receive(MAILS, 5);
        inbox.last().release(Duration.ofMinutes(10), true, Completion.IGNORED);

        broker.advance(Duration.ofMinutes(10).minusNanos(1));
        assertThat(inbox.deliveries).hasSize(1);
        assertThat(broker.delayed("mails")).hasSize(1);

        broker.advance(Duration.ofNanos(1));
        assertThat(inbox.deliveries).hasSize(2);
        assertThat(inbox.last().brokerCount()).isEqualTo(2);
    }

    @Test
    void aDelayedSendOvertakesNothingAndBlocksNothing() {
        client.declare(MAILS);
        client.trySend(MAILS, message("late"), Duration.ofSeconds(10));
        client.trySend(MAILS, message("soon"), Duration.ofSeconds(1));
        client.send(MAILS, "now");
        Inbox inbox = client.receive(MAILS, 5);

        assertThat(inbox.ids()).containsExactly("now");
        broker.advance(Duration.ofSeconds(1));
        assertThat(inbox.ids()).containsExactly("now", "soon");
        broker.advance(Duration.ofSeconds(9));
        assertThat(inbox.ids()).containsExactly("now", "soon", "late");
    }

    @Test
    void aLeaseEndsUnlessRenewed() {
        client.declare(MAILS);
        client.send(MAILS, "1");
        client.send(MAILS, "2");
        Inbox inbox = client.receive(MAILS, 2, spec -> spec.lease(Duration.ofSeconds(30)));
        Incoming one = inbox.deliveries.get(0);
        Incoming two = inbox.deliveries.get(1);
        one.began();
        two.began();

        broker.advance(Duration.ofSeconds(20));
        one.renew(Completion.IGNORED);
        broker.advance(Duration.ofSeconds(10));

        assertThat(inbox.lost).containsExactly(two);
        inbox.receiver.credit(1);
        assertThat(inbox.ids()).containsExactly("1", "2", "2");
        assertThat(inbox.last().brokerCount()).isEqualTo(2);
        Settled late = new Settled();
        two.ack(late);
        assertThat(late.failure).isInstanceOf(LeaseLostException.class);
        Settled intime = new Settled();
        one.ack(intime);
        assertThat(intime.done).isTrue();
    }

    @Test
    void aLostDeliveryThatNeverBeganIsNotCounted() {
        client.declare(MAILS);
        client.send(MAILS, "1");
        Inbox inbox = client.receive(MAILS, 1);
        broker.loseLeases("mails");
        inbox.receiver.credit(1);

        assertThat(inbox.last().brokerCount()).isEqualTo(1);
    }

    @Test
    void notedFailuresAndCrashesAreToldApart() {
        client.declare(MAILS);
        client.send(MAILS, "1");
        Inbox inbox = client.receive(MAILS, 1);
        Incoming first = inbox.last();
        first.began();
        first.note(1, Completion.IGNORED);
        first.began();
        broker.loseLeases("mails");
        inbox.receiver.credit(1);

        assertThat(inbox.last().brokerCount()).as("a failure and a crash").isEqualTo(3);
        assertThat(inbox.last().notedFailures()).isEqualTo(1);

        inbox.last().note(2, Completion.IGNORED);
        inbox.last().release(Duration.ZERO, true, Completion.IGNORED);
        inbox.receiver.credit(1);
        assertThat(inbox.last().brokerCount()).isEqualTo(4);
        assertThat(inbox.last().notedFailures()).isEqualTo(2);
    }

    @Test
    void aMoveIsOneStep() {
        Place dead = Place.of(Role.DEAD_LETTERS, "mails.dlq", Shape.PLAIN);
        client.declare(MAILS);
        client.send(MAILS, "1");
        Inbox inbox = client.receive(MAILS, 2);

        Sent toNowhere = new Sent(dead, message("1"), 0);
        inbox.last().moveTo(toNowhere);
        assertThat(toNowhere.failure).isInstanceOf(DestinationNotFoundException.class);
        assertThat(broker.inFlight("mails")).hasSize(1);

        client.declare(dead);
        Sent moved = new Sent(dead, message("1"), 0);
        inbox.last().moveTo(moved);
        assertThat(moved.failure).isNull();
        assertThat(broker.inFlight("mails")).isEmpty();
        assertThat(broker.deadLetters("mails")).hasSize(1);

        Sent again = new Sent(dead, message("1"), 0);
        inbox.last().moveTo(again);
        assertThat(again.failure).isNotNull();
        assertThat(broker.deadLetters("mails")).hasSize(1);
    }

    @Test
    void everyGroupGetsEveryMessageAndEphemeralOnesLeaveNothing() {
        Place orders = topic("orders", Shape.PLAIN);
        client.declare(orders);
        client.send(orders, "nobody");
        Inbox billing = client.receive(group("orders", "billing", Shape.PLAIN), 5);
        Inbox here = client.receive(
                new Place(Role.GROUP, "orders", "orders", null, Shape.PLAIN, true), 5, spec -> spec.ephemeral(true));
        client.send(orders, "1");

        assertThat(billing.ids()).containsExactly("1");
        assertThat(here.ids()).containsExactly("1");
        assertThat(here.last().destination()).isEqualTo("orders");

        billing.receiver.close(Duration.ZERO).join();
        here.receiver.close(Duration.ZERO).join();
        client.send(orders, "2");
        assertThat(broker.messages("orders--billing")).extracting(Message::id).containsExactly("1", "2");
        assertThat(broker.destinations()).containsExactly("orders", "orders--billing");
    }

    @Test
    void aPatternFindsTopicsMadeLater() {
        Place created =
                new Place(Role.GROUP, "orders.any.created--audit", "orders.*.created", "audit", Shape.PLAIN, true);
        Inbox audit = client.receive(created, 9, spec -> spec.pattern(true));
        for (String name : List.of("orders.eu.created", "orders.us.created", "orders.eu.paid", "orders.eu.x.created")) {
            client.declare(topic(name, Shape.PLAIN));
            client.send(topic(name, Shape.PLAIN), name);
        }

        assertThat(audit.ids()).containsExactly("orders.eu.created", "orders.us.created");
        assertThat(audit.last().destination()).isEqualTo("orders.us.created");
    }

    @Test
    void aRetainedTopicIsReplayedFromATime() {
        Shape week = new Shape(false, 0, 1, Duration.ofDays(7));
        Place orders = topic("orders", week);
        client.declare(orders);
        client.send(orders, "old");
        broker.advance(Duration.ofDays(6));
        client.send(orders, "six");
        broker.advance(Duration.ofDays(2));
        client.send(orders, "eight");

        Inbox all = client.receive(
                group("orders", "all", week), 9, s -> s.startAt(broker.now().minus(Duration.ofDays(30))));
        Inbox since = client.receive(
                group("orders", "since", week), 9, s -> s.startAt(broker.now().minusSeconds(60)));
        Inbox now = client.receive(group("orders", "now", week), 9);

        assertThat(all.ids()).containsExactly("six", "eight");
        assertThat(since.ids()).containsExactly("eight");
        assertThat(now.ids()).isEmpty();
        client.send(orders, "new");
        assertThat(all.ids()).containsExactly("six", "eight", "new");
        assertThat(now.ids()).containsExactly("new");
    }

    @Test
    void sendingToNothingIsAnError() {
        assertThat(client.trySend(MAILS, message("1"), Duration.ZERO).failure)
                .isInstanceOf(DestinationNotFoundException.class)
                .hasMessageContaining("queue mails");
    }

    @Test
    void oneNameHasOneShape() {
        client.declare(MAILS);
        assertThatThrownBy(() -> client.declare(queue("mails", Probe.ordered(4))))
                .hasCauseInstanceOf(DestinationMismatchException.class)
                .hasMessageContaining("partitions=0")
                .hasMessageContaining("partitions=4");
    }

    @Test
    void aClientThatMayMakeNothingFindsNothing() {
        Probe strict = Probe.on(broker.uri(), Topology.ASSERT);
        assertThatThrownBy(() -> strict.declare(MAILS)).hasCauseInstanceOf(DestinationNotFoundException.class);
        client.declare(MAILS);
        strict.declare(MAILS);
        strict.close();
    }

    @Test
    void aClientThatTouchesNothingUsesWhatIsThereWhateverItsShape() {
        Probe hands = Probe.on(broker.uri(), Topology.NONE);
        hands.declare(MAILS);
        assertThat(hands.trySend(MAILS, message("1"), Duration.ZERO).failure)
                .isInstanceOf(DestinationNotFoundException.class);
        client.declare(queue("mails", Probe.ordered(4)));
        hands.send(MAILS, "1");
        assertThat(hands.receive(MAILS, 1).ids()).containsExactly("1");
        hands.close();
    }

    @Test
    void aQueueAndATopicCannotShareAName() {
        client.declare(MAILS);
        assertThatThrownBy(() -> client.declare(topic("mails", Shape.PLAIN)))
                .hasCauseInstanceOf(DestinationMismatchException.class)
                .hasMessageContaining("mails is a queue");
    }

    @Test
    void browsingTakesNothing() {
        client.declare(MAILS);
        client.send(MAILS, "1");
        client.send(MAILS, "2");
        assertThat(client.transport.browse(MAILS, 1).join())
                .extracting(Message::id)
                .containsExactly("1");
        assertThat(client.receive(MAILS, 2).deliveries)
                .extracting(Incoming::brokerCount)
                .containsExactly(1, 1);
    }

    @Test
    void aReplyInboxIsPrivateAndGoesWithItsReceiver() {
        Inbox inbox = new Inbox();
        inbox.receiver = client.transport.openReplyInbox(inbox).join();
        inbox.receiver.credit(5);
        Place reply = Place.of(Role.REPLY, inbox.receiver.replyTo().orElseThrow(), Shape.PLAIN);
        client.send(reply, "answer");
        assertThat(inbox.ids()).containsExactly("answer");

        inbox.receiver.close(Duration.ZERO).join();
        assertThat(client.trySend(reply, message("late"), Duration.ZERO).failure)
                .isInstanceOf(DestinationNotFoundException.class);
    }

    @Test
    void higherPrioritiesGoFirst() {
        Place urgent = queue("urgent", new Shape(false, 0, 3, null));
        client.declare(urgent);
        int[] priorities = {Message.NO_PRIORITY, 2, 1, 2, 0};
        for (int i = 0; i < priorities.length; i++) {
            client.send(
                    urgent, message("m" + i).toBuilder().priority(priorities[i]).build());
        }
        assertThat(client.receive(urgent, 9).ids()).containsExactly("m1", "m3", "m2", "m0", "m4");
    }

    @Test
    void aClosedReceiverGivesBackWhatItHolds() {
        client.declare(MAILS);
        client.send(MAILS, "1");
        Inbox first = client.receive(MAILS, 1);
        first.receiver.close(Duration.ZERO).join();
        Inbox second = client.receive(MAILS, 1);

        assertThat(second.ids()).containsExactly("1");
        assertThat(second.last().brokerCount()).isEqualTo(1);
        Settled late = new Settled();
        first.last().ack(late);
        assertThat(late.failure).isInstanceOf(LeaseLostException.class);
    }
}
