package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RabbitMqVersion#underTest")
class RabbitMqTransportIT {

    @Parameter
    RabbitMqVersion version;

    private RabbitMqBroker broker;
    private Spi spi;
    private final Place queue = Spi.queue(Spi.unique("jobs"));

    @BeforeEach
    void connect() {
        broker = RabbitMqBroker.shared(version);
        spi = Spi.connect(broker.uri().toString());
    }

    @AfterEach
    void close() {
        spi.close();
    }

    @Test
    void aConfirmedMessageIsDeliveredOnceAckedAndGone() {
        spi.declare(queue);
        Inbox inbox = new Inbox();
        Receiver receiver = spi.receive(queue, 10, inbox);

        spi.send(queue, "hello").confirmed();
        Incoming delivery = inbox.next();
        Inbox.ack(delivery);
        Spi.get(receiver.close(Duration.ofSeconds(5)));

        assertThat(Inbox.text(delivery)).isEqualTo("hello");
        assertThat(delivery.brokerCount()).isEqualTo(1);
        assertThat(delivery.destination()).isEqualTo(queue.name());
        assertThat(depth(queue)).isZero();
    }

    @Test
    void aMessageThatReachesNoQueueFailsAloneAndWasNotSent() {
        spi.declare(queue);

        List<Sent> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(spi.send(i == 50 ? Spi.queue("missing") : queue, "m" + i));
        }

        assertThat(all.get(50).failure()).isInstanceOfSatisfying(DestinationNotFoundException.class, failure -> {
            assertThat(failure.outcome()).isEqualTo(Outcome.NOT_SENT);
            assertThat(failure).hasMessageContaining("missing");
        });
        all.remove(50);
        all.forEach(Sent::confirmed);
        assertThat(depth(queue)).isEqualTo(99);
    }

    @Test
    void manyMessagesAckedInAnyOrderAreAllGone() {
        spi.declare(queue);
        Inbox inbox = new Inbox();
        Receiver receiver = spi.receive(ReceiveSpec.builder(queue, 100).build(), 100, inbox);
        List<Sent> sent = IntStream.range(0, 5_000)
                .mapToObj(i -> spi.send(queue, "m" + i))
                .toList();

        Random random = new Random(1);
        List<Incoming> open = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            open.add(inbox.next());
            if (open.size() == 50 || i == 4_999) {
                Collections.shuffle(open, random);
                for (Incoming delivery : open) {
                    delivery.ack(new Inbox.Settled());
                    receiver.credit(1);
                }
                open.clear();
            }
        }

        sent.forEach(Sent::confirmed);
        Spi.get(receiver.close(Duration.ofSeconds(5)));
        assertThat(inbox.lost).isEmpty();
        assertThat(inbox.failures).isEmpty();
        assertThat(depth(queue)).isZero();
    }

    @Test
    void creditAndPrefetchBoundWhatIsDelivered() {
        spi.declare(queue);
        for (int i = 0; i < 20; i++) {
            spi.send(queue, "m" + i).confirmed();
        }
        Inbox inbox = new Inbox();
        Receiver receiver = spi.receive(ReceiveSpec.builder(queue, 5).build(), 3, inbox);

        List<Incoming> first = List.of(inbox.next(), inbox.next(), inbox.next());
        assertThat(inbox.deliveries).isEmpty();
        receiver.credit(1_000);
        first.forEach(Inbox::ack);

        assertThat(inbox.texts(5)).containsExactly("m3", "m4", "m5", "m6", "m7");
        await("an ack makes room for another").until(() -> depth(queue) == 12);
        assertThat(inbox.deliveries).isEmpty();
    }

    @Test
    void withAPrefetchOfOneEachAckBringsTheNextAtOnce() {
        spi.declare(queue);
        Inbox inbox = new Inbox();
        Receiver receiver = spi.receive(queue, 1, inbox);
        for (int i = 0; i < 50; i++) {
            spi.send(queue, "m" + i);
        }

        for (int i = 0; i < 50; i++) {
            Incoming delivery = inbox.next();
            assertThat(Inbox.text(delivery)).isEqualTo("m" + i);
            Inbox.ack(delivery);
            receiver.credit(1);
        }
    }

    @Test
    void aReleaseBringsTheMessageBackAndCountsAsTheCapabilitiesSay() {
        spi.declare(queue);
        Inbox inbox = new Inbox();
        Receiver receiver = spi.receive(queue, 2, inbox);
        spi.send(queue, "again").confirmed();
        boolean uncounted = spi.transport.capabilities(Shape.PLAIN).counting().uncountedRelease();

        Inbox.release(inbox.next(), false);
        receiver.credit(1);
        Incoming second = inbox.next();
        assertThat(second.brokerCount()).isEqualTo(uncounted ? 1 : 2);
        assertThat(uncounted).isEqualTo(version.compareTo(RabbitMqVersion.V4_3) >= 0);

        Inbox.release(second, true);
        receiver.credit(1);
        Incoming third = inbox.next();
        assertThat(third.brokerCount()).isEqualTo(second.brokerCount() + 1);
        assertThat(third.message().headers()).isEmpty();
        Inbox.ack(third);
    }

    @Test
    void stoppingGivesBackWhatTheEngineDoesNotHave() {
        spi.declare(queue);
        for (int i = 0; i < 10; i++) {
            spi.send(queue, "m" + i).confirmed();
        }
        Inbox inbox = new Inbox();
        Receiver receiver = spi.receive(ReceiveSpec.builder(queue, 10).build(), 2, inbox);
        List<Incoming> mine = List.of(inbox.next(), inbox.next());

        Spi.get(receiver.stop());

        await("the buffer is back at the broker").until(() -> depth(queue) == 8);
        mine.forEach(Inbox::ack);
        Spi.get(receiver.close(Duration.ofSeconds(5)));
        assertThat(depth(queue)).isEqualTo(8);
        assertThat(inbox.deliveries).isEmpty();
    }

    @Test
    void anOrderedQueueGoesToTheNextReceiverInOrderWhenTheFirstCloses() {
        Place ordered = Spi.queue(Spi.unique("ordered"), Spi.ORDERED);
        spi.declare(ordered);
        Inbox first = new Inbox();
        Inbox standby = new Inbox();
        Receiver active = spi.receive(ReceiveSpec.builder(ordered, 3).build(), 3, first);
        spi.receive(ReceiveSpec.builder(ordered, 10).build(), 10, standby);
        for (int i = 0; i < 6; i++) {
            spi.send(ordered, "m" + i).confirmed();
        }
        assertThat(first.texts(3)).containsExactly("m0", "m1", "m2");

        Spi.get(active.stop());
        assertThat(standby.deliveries).isEmpty();
        Spi.get(active.close(Duration.ofSeconds(5)));

        assertThat(standby.texts(6)).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
    }

    @Test
    void everyGroupGetsEveryMessageFromTheMomentItReceives() {
        String name = Spi.unique("orders") + ".eu.created";
        Place topic = Spi.topic(name);
        spi.declare(topic);
        spi.send(topic, "nobody listens").confirmed();
        Inbox durable = new Inbox();
        Inbox ephemeral = new Inbox();
        Inbox pattern = new Inbox();
        String all = name.substring(0, name.indexOf('.')) + ".#";
        spi.receive(Spi.group(name, "billing"), 10, durable);
        spi.receive(ReceiveSpec.builder(Spi.ephemeral(name), 10).ephemeral(true).build(), 10, ephemeral);
        spi.receive(
                ReceiveSpec.builder(Spi.group(all, "audit"), 10).pattern(true).build(), 10, pattern);

        spi.send(topic, "one").confirmed();
        spi.send(Spi.topic(name + ".late"), "made later").confirmed();

        assertThat(durable.texts(1)).containsExactly("one");
        assertThat(ephemeral.texts(1)).containsExactly("one");
        List<Incoming> both = List.of(pattern.next(), pattern.next());
        assertThat(both).extracting(Inbox::text).containsExactly("one", "made later");
        assertThat(both).extracting(Incoming::destination).containsExactly(name, name + ".late");
        spi.send(Spi.group(name, "billing"), "retried").confirmed();
        assertThat(durable.texts(1)).containsExactly("retried");
        assertThat(ephemeral.deliveries).isEmpty();
    }

    @Test
    void delaysReachQueuesGroupsAndTopicsNeverEarly() {
        String name = Spi.unique("later");
        Place topic = Spi.topic(name);
        Place group = Spi.group(name, "g");
        spi.declare(queue);
        spi.declare(topic);
        Inbox jobs = new Inbox();
        Inbox billing = new Inbox();
        Receiver jobsReceiver = spi.receive(queue, 10, jobs);
        spi.receive(group, 10, billing);

        for (Place to : List.of(queue, group, topic)) {
            Inbox inbox = to.equals(queue) ? jobs : billing;
            for (long delay : new long[] {1, 600}) {
                long start = System.nanoTime();
                spi.send(to, Spi.message("d" + delay), delay).confirmed();
                Incoming delivery = inbox.next();
                Duration took = Duration.ofNanos(System.nanoTime() - start);

                assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(delay));
                assertThat(took).isLessThan(Duration.ofMillis(delay + 2_000));
                assertThat(delivery.message().headers()).isEmpty();
                assertThat(delivery.brokerCount()).isEqualTo(1);
                assertThat(delivery.destination()).isEqualTo(to.equals(queue) ? queue.name() : name);
                Inbox.ack(delivery);
            }
        }
        Spi.get(jobsReceiver.close(Duration.ofSeconds(5)));
    }

    @Test
    void aDelayedMessageToATopicWithoutGroupsIsDropped() {
        Place topic = Spi.topic(Spi.unique("nobody"));
        spi.declare(topic);

        spi.send(topic, Spi.message("unheard"), 1).confirmed();

        await("nothing is kept for ever")
                .until(() ->
                        depth(Spi.queue("mq.delay.00")) == 0 && depth(Spi.queue("mq.delay.to." + topic.name())) == 0);
    }

    @Test
    void aNameHasOneShape() {
        Place ordered = Spi.queue(queue.name(), Spi.ORDERED);
        spi.declare(queue);
        assertThatThrownBy(() -> spi.declare(ordered))
                .isInstanceOf(DestinationMismatchException.class)
                .hasMessageContaining(queue.name())
                .hasMessageContaining("asked for ordered, but it was made not ordered");

        Place levels = Spi.queue(Spi.unique("levels"), new Shape(false, 0, 3, null));
        spi.declare(levels);
        spi.declare(levels);
        assertThatThrownBy(() -> spi.declare(Spi.queue(levels.name(), new Shape(false, 0, 5, null))))
                .isInstanceOf(DestinationMismatchException.class)
                .hasMessageContaining("asked for 5 priorities, but it was made with 3");
        assertThatThrownBy(() -> spi.declare(Spi.queue(levels.name())))
                .isInstanceOf(DestinationMismatchException.class);

        Place topic = Place.of(Place.Role.TOPIC, Spi.unique("topic"), Spi.ORDERED);
        spi.declare(topic);
        assertThatThrownBy(() -> spi.declare(Spi.topic(topic.name())))
                .isInstanceOf(DestinationMismatchException.class)
                .hasMessageContaining("was declared as 'ordered', not as 'not ordered'");
        assertThatThrownBy(() -> Spi.get(spi.transport.receive(
                        ReceiveSpec.builder(Spi.group(topic.name(), "g"), 1).build(), new Inbox())))
                .isInstanceOf(DestinationMismatchException.class);
    }

    @Test
    void morePartitionsThanOneAreRefused() {
        assertThatThrownBy(() -> spi.declare(Spi.queue(queue.name(), new Shape(true, 4, 1, null))))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("partitions(4)");
    }

    @Test
    void higherPrioritiesComeFirst() {
        Place levels = Spi.queue(Spi.unique("levels"), new Shape(false, 0, 3, null));
        spi.declare(levels);
        for (int i = 0; i < 6; i++) {
            Message message = Spi.message("m" + i).toBuilder().priority(i % 3).build();
            spi.send(levels, message, 0).confirmed();
        }
        spi.send(levels, "none").confirmed();
        Inbox inbox = new Inbox();
        Receiver receiver = spi.receive(levels, 1, inbox);

        List<String> order = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Incoming delivery = inbox.next();
            order.add(Inbox.text(delivery));
            Inbox.ack(delivery);
            receiver.credit(1);
        }

        assertThat(order).containsExactly("m2", "m5", "m1", "m4", "m0", "m3", "none");
    }

    @Test
    void aPriorityOnAPlainQueueDoesNotReorder() {
        spi.declare(queue);
        for (int i = 0; i < 10; i++) {
            spi.send(queue, Spi.message("m" + i).toBuilder().priority(i).build(), 0)
                    .confirmed();
        }
        Inbox inbox = new Inbox();
        spi.receive(queue, 10, inbox);

        List<Incoming> all = IntStream.range(0, 10).mapToObj(i -> inbox.next()).toList();
        assertThat(all).extracting(d -> d.message().priority()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void repliesComeBackToTheInboxOfTheRequest() {
        spi.declare(queue);
        Inbox replies = new Inbox();
        Inbox requests = new Inbox();
        Receiver inbox = Spi.get(spi.transport.openReplyInbox(replies));
        inbox.credit(1_000);
        try (Spi server = Spi.connect(broker.uri().toString())) {
            server.receive(queue, 100, requests);
            for (int i = 0; i < 100; i++) {
                Message request = Spi.message("q" + i).toBuilder()
                        .replyTo(inbox.replyTo().orElseThrow())
                        .correlationId("c" + i)
                        .build();
                spi.send(queue, request, 0).confirmed();
                Incoming seen = requests.next();
                Place address = Place.of(Place.Role.REPLY, seen.message().replyTo(), Shape.PLAIN);
                Message reply = Spi.message("r" + i).toBuilder()
                        .correlationId(seen.message().correlationId())
                        .build();
                server.send(address, reply, 0).confirmed();
                Inbox.ack(seen);
            }
            List<Incoming> all =
                    IntStream.range(0, 100).mapToObj(i -> replies.next()).toList();
            assertThat(all)
                    .extracting(d -> d.message().correlationId())
                    .containsExactlyElementsOf(
                            IntStream.range(0, 100).mapToObj(i -> "c" + i).toList());
        }
        Spi.get(inbox.close(Duration.ofSeconds(5)));
        spi.send(queue, "the channel of sends is another").confirmed();
    }

    @Test
    void aReplyToAQueueThatDoesNotExistIsNotFound() {
        assertThat(spi.send(Place.of(Place.Role.REPLY, "gone-for-good", Shape.PLAIN), "late")
                        .failure())
                .isInstanceOf(DestinationNotFoundException.class);
    }

    @Test
    void placesAreCountedPurgedAndDeleted() {
        assertThat(Spi.get(spi.transport.admin().depth(queue))).isEmpty();
        spi.declare(queue);
        for (int i = 0; i < 3; i++) {
            spi.send(queue, "m" + i).confirmed();
        }
        assertThat(depth(queue)).isEqualTo(3);
        Spi.get(spi.transport.admin().purge(queue));
        assertThat(depth(queue)).isZero();
        Spi.get(spi.transport.admin().delete(queue));
        assertThat(Spi.get(spi.transport.admin().depth(queue))).isEmpty();
        Spi.get(spi.transport.admin().delete(queue));

        Place topic = Spi.topic(Spi.unique("topic"));
        assertThat(Spi.get(spi.transport.admin().depth(topic))).isEmpty();
        spi.declare(topic);
        assertThat(Spi.get(spi.transport.admin().depth(topic))).isPresent();
        Spi.get(spi.transport.admin().delete(topic));
        assertThat(Spi.get(spi.transport.admin().depth(topic))).isEmpty();
        Spi.get(spi.transport.admin().delete(topic));
    }

    @Test
    void aPlaceDeletedAndMadeAgainGetsItsDelayedMessages() {
        spi.declare(queue);
        spi.send(queue, Spi.message("first"), 1).confirmed();
        Spi.get(spi.transport.admin().delete(queue));
        spi.declare(queue);
        Inbox inbox = new Inbox();
        spi.receive(queue, 10, inbox);

        spi.send(queue, Spi.message("second"), 1).confirmed();

        assertThat(inbox.texts(1)).containsAnyOf("first", "second");
    }

    @Test
    void aReceiverWhoseQueueIsDeletedFails() {
        spi.declare(queue);
        Inbox inbox = new Inbox();
        spi.receive(queue, 10, inbox);

        Spi.get(spi.transport.admin().delete(queue));

        await("the receiver learns it").until(() -> !inbox.failures.isEmpty());
        assertThat(inbox.failures.get(0))
                .isInstanceOf(DestinationNotFoundException.class)
                .hasMessageContaining(queue.name());
    }

    @Test
    void nothingIsMadeUnlessTheClientMay() {
        try (Spi asserting = Spi.connect(broker.uri().toString(), Topology.ASSERT)) {
            assertThatThrownBy(() -> asserting.declare(queue)).isInstanceOf(DestinationNotFoundException.class);
            spi.declare(queue);
            asserting.declare(queue);
            asserting.send(queue, "seen").confirmed();
        }
        try (Spi none = Spi.connect(broker.uri().toString(), Topology.NONE)) {
            Place other = Spi.queue(Spi.unique("other"));
            none.declare(other);
            assertThat(none.send(other, "lost?").failure()).isInstanceOf(DestinationNotFoundException.class);
            assertThatThrownBy(() -> none.receive(other, 1, new Inbox()))
                    .isInstanceOf(DestinationNotFoundException.class);
            none.send(queue, "seen").confirmed();
        }
        assertThat(depth(queue)).isEqualTo(2);
    }

    @Test
    void headersUpToTheLimitLeaveRoomForAFailureRecord() {
        spi.declare(queue);
        int limit = spi.transport.capabilities(Shape.PLAIN).limits().headers();
        Message.Builder message = Spi.message("big").toBuilder().key("k".repeat(255));
        int count = spi.transport.capabilities(Shape.PLAIN).limits().headerCount();
        String value = "v".repeat(limit / count - 6);
        for (int i = 0; i < count; i++) {
            message.header(String.format("h%05d", i), value);
        }
        message.annotation("mq-failure-stack", "s".repeat(16 * 1024));

        spi.send(queue, message.build(), 0).confirmed();
        Inbox inbox = new Inbox();
        spi.receive(queue, 1, inbox);

        assertThat(inbox.next().message().headers()).hasSize(count);
    }

    @Test
    void headersThatFitNoFrameFailAlone() {
        spi.declare(queue);

        Sent sent = spi.send(
                queue,
                Spi.message("huge").toBuilder().header("h", "v".repeat(200_000)).build(),
                0);

        assertThat(sent.failure()).isNotNull();
        spi.send(queue, "small").confirmed();
        assertThat(depth(queue)).isEqualTo(1);
    }

    @Test
    void wrongCredentialsAndHostsAreToldApartAndNoSecretShows() {
        String address = broker.host() + ":" + broker.port();
        assertThatThrownBy(() -> Spi.connect("rabbitmq://guest:tiger@" + address))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining(address)
                .message()
                .doesNotContain("tiger");
        assertThatThrownBy(() -> Spi.connect("rabbitmq://guest:guest@" + address + "/nowhere"))
                .isInstanceOf(AuthenticationException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> Spi.connect("rabbitmq://guest:tiger@127.0.0.1:1"))
                .isInstanceOf(ConnectionLostException.class)
                .hasMessageContaining("127.0.0.1:1")
                .message()
                .doesNotContain("tiger");
    }

    @Test
    void noThreadIsLeftAfterClose() {
        try (Spi other = Spi.connect(broker.uri().toString())) {
            other.declare(queue);
            other.receive(queue, 10, new Inbox());
            other.send(queue, Spi.message("x"), 1).confirmed();
        }
        spi.close();

        await("threads end")
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("mq-rabbitmq")));
    }

    private long depth(Place place) {
        OptionalLong depth = Spi.get(spi.transport.admin().depth(place));
        return depth.orElse(-1);
    }
}
