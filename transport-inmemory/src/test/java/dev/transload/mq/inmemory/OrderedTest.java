package dev.transload.mq.inmemory;

import static dev.transload.mq.inmemory.Probe.message;
import static dev.transload.mq.inmemory.Probe.ordered;
import static dev.transload.mq.inmemory.Probe.queue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.inmemory.Probe.Inbox;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OrderedTest {
    private static final Place ORDERS = queue("orders", ordered(4));

    private InMemoryBroker broker = InMemoryBroker.create();
    private Probe client = Probe.on(broker);

    @AfterEach
    void close() {
        client.close();
        broker.close();
    }

    private void with(Profile profile) {
        close();
        broker = InMemoryBroker.builder().profile(profile).build();
        client = Probe.on(broker);
    }

    private static Set<Integer> lanes(Inbox inbox) {
        Set<Integer> lanes = new TreeSet<>();
        inbox.deliveries.forEach(delivery -> lanes.add(delivery.lane()));
        return lanes;
    }

    private void sendKeys(int from, int to) {
        for (int i = from; i < to; i++) {
            client.send(ORDERS, message("m" + i, "key-" + i % 16));
        }
    }

    @Test
    void lanesAreSharedAndNobodyElseGetsThem() {
        client.declare(ORDERS);
        Inbox one = client.receive(ORDERS, 1000);
        Inbox two = client.receive(ORDERS, 1000);
        sendKeys(0, 64);

        assertThat(lanes(one)).hasSize(2).doesNotContainAnyElementsOf(lanes(two));
        assertThat(lanes(two)).hasSize(2);
        assertThat(one.deliveries.size() + two.deliveries.size()).isEqualTo(64);
    }

    @Test
    void aLaneMovesOnlyWhenNothingOfItIsOut() {
        client.declare(ORDERS);
        Inbox one = client.receive(ORDERS, 1000);
        sendKeys(0, 64);
        assertThat(lanes(one)).hasSize(4);

        Inbox two = client.receive(ORDERS, 1000);
        sendKeys(64, 128);
        assertThat(two.deliveries)
                .as("all lanes have messages out at the first")
                .isEmpty();

        long highest = one.deliveries.stream().mapToLong(Incoming::fence).max().orElseThrow();
        List.copyOf(one.deliveries).forEach(delivery -> delivery.ack(Completion.IGNORED));
        assertThat(lanes(two)).hasSize(2);
        assertThat(two.deliveries).allMatch(delivery -> delivery.fence() > highest);
        assertThat(two.ids())
                .as("nothing of before")
                .doesNotContainAnyElementsOf(one.ids().subList(0, 64));
    }

    @Test
    void aReleasedMessageComesBackInFrontOfItsLane() {
        Place line = queue("line", ordered(1));
        client.declare(line);
        for (int i = 0; i < 5; i++) {
            client.send(line, message("m" + i, "k"));
        }
        Inbox inbox = client.receive(line, 3);
        inbox.deliveries.get(2).release(Duration.ZERO, false, Completion.IGNORED);
        inbox.deliveries.get(1).release(Duration.ZERO, false, Completion.IGNORED);
        inbox.receiver.credit(4);

        assertThat(inbox.ids()).containsExactly("m0", "m1", "m2", "m1", "m2", "m3", "m4");
    }

    @Test
    void aLostLeaseTakesItsWholeLane() {
        Place line = queue("line", ordered(1));
        client.declare(line);
        client.send(line, message("a", "k"));
        client.send(line, message("b", "k"));
        Inbox inbox = client.receive(line, 2, spec -> spec.lease(Duration.ofSeconds(30)));
        Incoming a = inbox.deliveries.get(0);
        Incoming b = inbox.deliveries.get(1);

        broker.advance(Duration.ofSeconds(20));
        b.renew(Completion.IGNORED);
        broker.advance(Duration.ofSeconds(10));
        assertThat(inbox.lost).containsExactlyInAnyOrder(a, b);

        inbox.receiver.credit(2);
        assertThat(inbox.ids()).containsExactly("a", "b", "a", "b");
        assertThat(inbox.last().fence()).isGreaterThan(b.fence());
    }

    @Test
    void aPausedReceiverKeepsItsLanes() {
        client.declare(ORDERS);
        Inbox one = client.receive(ORDERS, 0);
        Inbox two = client.receive(ORDERS, 1000);
        sendKeys(0, 64);
        assertThat(lanes(two)).hasSize(2);

        one.receiver.stop().join();
        assertThat(lanes(two)).as("a stopped one gives its lanes away").hasSize(4);
    }

    @Test
    void aDelayedReleaseOfALaneIsRefused() {
        client.declare(ORDERS);
        sendKeys(0, 1);
        Inbox inbox = client.receive(ORDERS, 1);
        assertThatThrownBy(() -> inbox.last().release(Duration.ofSeconds(1), true, Completion.IGNORED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT0S");
    }

    @Test
    void aFifoQueueHoldsAKeyWhileItsMessageIsOutOrHeldBack() {
        with(Profile.SQS_FIFO);
        Place fifo = queue("fifo", ordered(0));
        client.declare(fifo);
        for (String id : List.of("a1", "a2", "b1")) {
            client.send(fifo, message(id, id.substring(0, 1)));
        }
        Inbox one = client.receive(fifo, 1);
        Inbox two = client.receive(fifo, 10);
        assertThat(one.ids()).containsExactly("a1");
        assertThat(two.ids()).containsExactly("b1");

        one.last().release(Duration.ofMinutes(1), true, Completion.IGNORED);
        two.last().ack(Completion.IGNORED);
        two.receiver.stop().join();
        one.receiver.credit(2);
        assertThat(broker.messages("fifo")).extracting(m -> m.id()).containsExactly("a2");
        broker.advance(Duration.ofMinutes(1));
        assertThat(one.ids()).containsExactly("a1", "a1");
        one.last().ack(Completion.IGNORED);
        assertThat(one.ids()).containsExactly("a1", "a1", "a2");
        assertThat(two.ids()).containsExactly("b1");
    }

    @Test
    void orderAndOwnershipHoldWhileReceiversComeGoAndLoseLeases() {
        for (int seed = 0; seed < 60; seed++) {
            new Storm(seed).run();
        }
    }

    /** Receivers come, go, ack, release, stop and lose leases at random; each key is settled in order all the same. */
    private final class Storm {
        private final Random random;
        private final Place place;
        private final List<Inbox> inboxes = new ArrayList<>();
        private final Map<Inbox, Integer> seen = new HashMap<>();
        private final Set<Incoming> done = new HashSet<>();
        private final Map<String, Integer> settled = new HashMap<>();
        private final Map<Integer, Long> fences = new HashMap<>();
        private int sent;

        Storm(int seed) {
            random = new Random(seed);
            place = queue("storm-" + seed, ordered(3));
            client.declare(place);
        }

        void run() {
            for (int step = 0; step < 400; step++) {
                switch (random.nextInt(10)) {
                    case 0 -> inboxes.add(client.receive(place, 4));
                    case 1 -> leave();
                    case 2 -> broker.loseLeases(place.name());
                    case 3, 4, 5 -> send();
                    default -> settle();
                }
                credit();
            }
            inboxes.add(client.receive(place, 4));
            for (int i = 0;
                    i < 10_000
                            && broker.depth(place.name())
                                            + broker.inFlight(place.name()).size()
                                    > 0;
                    i++) {
                settle();
                credit();
            }
            assertThat(settled.values().stream().mapToInt(Integer::intValue).sum())
                    .as("every message was settled once")
                    .isEqualTo(sent);
            inboxes.forEach(inbox -> inbox.receiver.close(Duration.ZERO).join());
        }

        private void send() {
            String key = "k" + random.nextInt(6);
            int number = perKey.merge(key, 1, Integer::sum);
            client.send(place, message(key + ":" + number, key));
            sent++;
        }

        private final Map<String, Integer> perKey = new HashMap<>();

        private void leave() {
            if (!inboxes.isEmpty()) {
                Inbox gone = inboxes.remove(random.nextInt(inboxes.size()));
                if (random.nextBoolean()) {
                    gone.receiver.stop().join();
                    gone.deliveries.stream()
                            .filter(delivery -> isOut(gone, delivery) && random.nextInt(4) > 0)
                            .forEach(delivery -> delivery.release(Duration.ZERO, false, Completion.IGNORED));
                }
                gone.receiver.close(Duration.ZERO).join();
                done.addAll(gone.deliveries);
            }
        }

        private void settle() {
            if (inboxes.isEmpty()) {
                return;
            }
            Inbox inbox = inboxes.get(random.nextInt(inboxes.size()));
            for (Incoming delivery : inbox.deliveries) {
                if (isOut(inbox, delivery)) {
                    Probe.Settled end = new Probe.Settled();
                    delivery.ack(end);
                    assertThat(end.failure).isNull();
                    done.add(delivery);
                    String[] id = delivery.message().id().split(":", -1);
                    int number = settled.merge(id[0], 1, Integer::sum);
                    assertThat(Integer.parseInt(id[1])).as("order of " + id[0]).isEqualTo(number);
                    assertThat(delivery.fence()).isGreaterThanOrEqualTo(fences.getOrDefault(delivery.lane(), 0L));
                    fences.put(delivery.lane(), delivery.fence());
                    return;
                }
            }
        }

        private boolean isOut(Inbox inbox, Incoming delivery) {
            return !done.contains(delivery) && !inbox.lost.contains(delivery);
        }

        /** As the engine does: four out at most, whatever became of them. */
        private void credit() {
            for (Inbox inbox : inboxes) {
                int over = 0;
                for (Incoming delivery : inbox.deliveries) {
                    if (!isOut(inbox, delivery)) {
                        over++;
                    }
                }
                int given = seen.getOrDefault(inbox, 0);
                if (over > given) {
                    seen.put(inbox, over);
                    inbox.receiver.credit(over - given);
                }
            }
        }
    }
}
