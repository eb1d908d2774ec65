package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShareReceiverTest implements Sink {

    private static final Place GROUP = new Place(Role.GROUP, "t--g", "t", "g", Shape.PLAIN, true);

    private final List<Incoming> delivered = new CopyOnWriteArrayList<>();
    private final List<Incoming> lost = new CopyOnWriteArrayList<>();
    private final List<FakeShareConsumer> consumers = new CopyOnWriteArrayList<>();
    private volatile long lockMillis = 60_000;
    private ShareReceiver receiver = receiver(8);

    private ShareReceiver receiver(int maxCredit) {
        return receiver(Place.of(Role.QUEUE, "q", Shape.PLAIN), Set.of("q"), Set.of(), maxCredit);
    }

    private ShareReceiver receiver(Place from, Set<String> topics, Set<String> divided, int maxCredit) {
        return receiver(ReceiveSpec.builder(from, maxCredit).build(), topics, divided);
    }

    private ShareReceiver receiver(ReceiveSpec spec, Set<String> topics, Set<String> divided) {
        return new ShareReceiver(
                spec,
                this,
                topics,
                divided,
                new StandingClock(),
                (of, size, needs) -> new ShareSlot(of, size, needs, () -> consumer(size), "slot-of-a-test"),
                (of, cause) -> {});
    }

    private FakeShareConsumer consumer(int size) {
        FakeShareConsumer made = new FakeShareConsumer(size);
        made.lockMillis = lockMillis;
        consumers.add(made);
        return made;
    }

    @Override
    public void deliver(Incoming delivery) {
        delivered.add(delivery);
    }

    @Override
    public void lost(List<? extends Incoming> deliveries, String why) {
        lost.addAll(deliveries);
    }

    @Override
    public void failed(Throwable cause) {
        throw new AssertionError(cause);
    }

    @BeforeEach
    void start() {
        receiver.start();
        soon(() -> assertThat(consumers).hasSize(1));
    }

    @AfterEach
    void close() {
        receiver.close(Duration.ofSeconds(1)).join();
        assertThat(consumers).allMatch(consumer -> consumer.closed);
    }

    private static void soon(org.awaitility.core.ThrowingRunnable check) {
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(check);
    }

    private List<String> told(int slot) {
        return consumers.get(slot).told;
    }

    private void deliverTwo() {
        receiver.credit(8);
        consumers.get(0).bring(0, 1);
        soon(() -> assertThat(delivered).hasSize(2));
    }

    private void startAnew(int credit) {
        close();
        consumers.clear();
        receiver = receiver(credit);
        start();
        receiver.credit(credit);
    }

    private Told ackAFullBatch() {
        startAnew(40);
        consumers.get(0).bring(LongStream.range(0, 20).toArray());
        soon(() -> assertThat(delivered).hasSize(20));
        Told told = new Told();
        delivered.forEach(delivery -> delivery.ack(told));
        return told;
    }

    @Test
    void aSlotPollsOnlyIfAllItMayBringIsWanted() {
        assertThat(consumers.get(0).size).isEqualTo(4);
        consumers.get(0).bring(0, 1, 2, 3);
        receiver.credit(3);
        await().during(Duration.ofMillis(50)).until(delivered::isEmpty);
        receiver.credit(1);
        soon(() -> assertThat(delivered).hasSize(4));
        assertThat(consumers).as("nothing more is wanted").hasSize(1);
        receiver.credit(4);
        soon(() -> assertThat(consumers).hasSize(2));
        assertThat(consumers.get(1).size).isEqualTo(2);
    }

    @Test
    void messagesThatComeOneByOneAndEndNeverReachEveryHandler() {
        startAnew(10);
        for (int i = 0; i < 10; i++) {
            int slot = i;
            soon(() -> assertThat(consumers).hasSizeGreaterThan(slot));
            consumers.get(slot).bring(slot);
            soon(() -> assertThat(delivered).hasSize(slot + 1));
        }
    }

    @Test
    void anOutcomeIsToldWhileOthersAreOut() {
        deliverTwo();
        Told first = new Told();
        delivered.get(0).ack(first);
        soon(() -> assertThat(told(0)).containsExactly("0 ACCEPT"));
        soon(() -> assertThat(first.dones).isEqualTo(1));
        Told again = new Told();
        delivered.get(0).ack(again);
        assertThat(again.failure).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void outcomesThatComeTogetherAreToldTogether() {
        deliverTwo();
        delivered.forEach(delivery -> delivery.ack(Completion.IGNORED));
        soon(() -> assertThat(told(0)).containsExactlyInAnyOrder("0 ACCEPT", "1 ACCEPT"));
        assertThat(consumers.get(0).commits).hasValue(1);
    }

    @Test
    void outcomesOfAFullBatchTravelWithTheNextPoll() {
        Told told = ackAFullBatch();
        soon(() -> assertThat(told(0)).hasSize(20).allMatch(outcome -> outcome.endsWith("ACCEPT by a poll")));
        consumers.get(0).bring(20);
        soon(() -> assertThat(told.dones).isEqualTo(20));
        assertThat(consumers.get(0).commits).hasValue(0);
    }

    @Test
    void outcomesThatTravelWithAPollThatBringsNothingAreAnsweredToo() {
        Told told = ackAFullBatch();
        soon(() -> assertThat(told.dones).isEqualTo(20));
    }

    @Test
    void whatComesBackIsHandedOutAgainWithoutTheBroker() {
        deliverTwo();
        assertThat(delivered.get(1).brokerCount()).isEqualTo(1);
        Told back = new Told();
        delivered.get(1).release(Duration.ZERO, true, back);
        receiver.credit(1);
        soon(() -> assertThat(delivered).hasSize(3));
        assertThat(back.dones).isEqualTo(1);
        assertThat(delivered.get(2).brokerCount()).isEqualTo(2);
        assertThat(told(0)).isEmpty();
    }

    @Test
    void whatIsOutIsLentAgainAtHalfTime() {
        lockMillis = 200;
        consumers.get(0).lockMillis = 200;
        deliverTwo();
        soon(() -> assertThat(told(0)).contains("0 RENEW", "1 RENEW"));
        soon(() -> assertThat(told(0).stream().filter("0 RENEW"::equals)).hasSizeGreaterThan(2));
        delivered.get(0).ack(Completion.IGNORED);
        soon(() -> assertThat(told(0)).contains("0 ACCEPT"));
        assertThat(lost).isEmpty();
    }

    @Test
    void whatIsNotLentAgainIsLost() {
        consumers.get(0).lockMillis = 200;
        consumers.get(0).refusing = true;
        deliverTwo();
        soon(() -> assertThat(lost).containsExactlyInAnyOrderElementsOf(delivered));
        Told late = new Told();
        delivered.get(0).ack(late);
        assertThat(late.failure).isInstanceOf(LeaseLostException.class);
    }

    @Test
    void aSlotThatHoldsNothingLeavesWhenIntakeStopsAndOthersWhenAllIsSettled() {
        deliverTwo();
        soon(() -> assertThat(consumers).as("one more, for what else is wanted").hasSize(2));
        CompletableFuture<Void> stopped = receiver.stop();
        stopped.join();
        soon(() -> assertThat(consumers.get(1).closed).isTrue());
        assertThat(consumers.get(0).closed).isFalse();
        delivered.forEach(delivery -> delivery.ack(Completion.IGNORED));
        soon(() -> assertThat(consumers.get(0).closed).isTrue());
        assertThat(told(0)).contains("0 ACCEPT", "1 ACCEPT");
    }

    @Test
    void aPollThatAsksForNothingAnyMoreBeginsAnew() {
        receiver.credit(8);
        await().pollDelay(Duration.ofMillis(50)).until(() -> true);
        receiver.lookAtPolls(); // sees where it is
        receiver.lookAtPolls(); // and that nothing has moved: the poll is woken
        consumers.get(0).bring(0);
        soon(() -> assertThat(delivered).hasSize(1));
    }

    private void startAnew(Place from, Set<String> topics, Set<String> divided, int credit) {
        close();
        consumers.clear();
        receiver = receiver(from, topics, divided, credit);
        start();
    }

    @Test
    void aReceiverOfAGroupHasAMemberThatReadsTheGroupsOwnTopicOnly() {
        startAnew(GROUP, Set.of("t", "t--g"), Set.of(), 8);
        receiver.credit(8);

        soon(() -> assertThat(consumers).hasSize(2));
        soon(() -> assertThat(consumers.get(0).subscription()).containsExactlyInAnyOrder("t", "t--g"));
        soon(() -> assertThat(consumers.get(1).subscription()).containsExactly("t--g"));
        assertThat(consumers.get(1).size).isEqualTo(1);
    }

    @Test
    void theMemberAsideTakesNoRoomFromTheOthers() {
        startAnew(GROUP, Set.of("t", "t--g"), Set.of(), 1);
        receiver.credit(1);
        soon(() -> assertThat(consumers).hasSize(2));
        soon(() -> assertThat(consumers.get(0).polling).isTrue());

        consumers.get(1).bring(100);
        soon(() -> assertThat(delivered)
                .as("though the only credit is kept for another")
                .hasSize(1));
        consumers.get(0).bring(0);
        delivered.get(0).ack(Completion.IGNORED);
        receiver.credit(1);
        soon(() -> assertThat(delivered).hasSize(2));
        soon(() -> assertThat(told(1)).containsExactly("100 ACCEPT"));
    }

    @Test
    void aQueueIsReadByNobodyAside() {
        receiver.credit(8);
        await().during(Duration.ofMillis(50)).until(() -> consumers.size() == 1);
    }

    @Test
    void slotsThatMayBeLentOtherMessagesAllPoll() {
        startAnew(Place.of(Role.QUEUE, "q", Shape.PLAIN), Set.of("q"), Set.of("q"), 8);
        receiver.credit(8);
        consumers.get(0).bring(0, 1, 2, 3);
        soon(() -> assertThat(consumers)
                .as("others while the first holds messages")
                .hasSize(4));
        delivered.forEach(delivery -> delivery.ack(Completion.IGNORED));
        receiver.credit(4);

        consumers.get(1).bring(10);
        soon(() -> assertThat(delivered).as("though the first asks, too").hasSize(5));
    }

    @Test
    void aSlotLeavesTheNextMessagesToTheFirstAsLongAsBothAreLentTheSame() {
        receiver.credit(8);
        consumers.get(0).bring(0, 1, 2, 3);
        soon(() -> assertThat(consumers).hasSize(2));
        consumers.get(1).bring(4);
        soon(() -> assertThat(delivered).hasSize(5));
        delivered.subList(0, 4).forEach(delivery -> delivery.ack(Completion.IGNORED));
        receiver.credit(4);
        soon(() -> assertThat(consumers.get(0).polling).isTrue());
        delivered.get(4).ack(Completion.IGNORED);
        receiver.credit(1);
        soon(() -> assertThat(told(1)).hasSize(1));

        consumers.get(1).bring(5);
        await().during(Duration.ofMillis(100)).until(() -> delivered.size() == 5);
        receiver.found("q", 2);
        soon(() -> assertThat(delivered).as("now the topic has two partitions").hasSize(6));
        delivered.get(5).ack(Completion.IGNORED);
        receiver.credit(1);
        soon(() -> assertThat(told(1)).hasSize(2));
        receiver.found("q", 1);
    }

    @Test
    void aSlotThatLeavesTooLittleCreditForTheOthersToPollEndsWhenTheyAreLentDifferentMessages() {
        close();
        consumers.clear();
        receiver = receiver(
                ReceiveSpec.builder(Place.of(Role.QUEUE, "q", Shape.PLAIN), 4)
                        .concurrency(4)
                        .build(),
                Set.of("q"),
                Set.of());
        start();
        receiver.credit(4);
        for (int i = 0; i < 4; i++) {
            consumers.get(i).bring(i);
            int slots = Math.min(4, i + 2);
            soon(() -> assertThat(consumers).hasSize(slots));
        }
        soon(() -> assertThat(delivered).hasSize(4));
        delivered.forEach(delivery -> delivery.ack(Completion.IGNORED));
        receiver.credit(4);

        receiver.found("q", 4);
        soon(() -> assertThat(consumers.get(3).closed).isTrue());
        for (int i = 0; i < 3; i++) {
            consumers.get(i).bring(10 + i);
        }
        soon(() -> assertThat(delivered).as("the others poll all at once").hasSize(7));
    }
}
