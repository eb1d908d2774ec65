package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Failure.Reason;
import dev.transload.mq.Message;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Counting;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IsolationTest {

    private final FlowRig rig = new FlowRig();
    private final List<String> ran = new CopyOnWriteArrayList<>();

    @BeforeEach
    void setPolicy() {
        rig.options.concurrency(4).retry(RetryPolicy.immediate(3));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private ScriptedTransport.Delivered delivered(String id, String key, int count) {
        return new ScriptedTransport.Delivered(
                        Message.builder(id, new byte[] {1}).key(key).build(), rig.place.name())
                .brokerCount(count);
    }

    @Test
    void whereCountsAreUncertainASuspectIsMovedToRunAlone() throws Exception {
        rig.start(delivery -> ran.add(delivery.id()));
        ScriptedTransport.Delivered suspect = rig.deliver(delivered("bad", null, 4));
        ScriptedTransport.Delivered innocent = rig.deliver(delivered("good", null, 3));

        suspect.acked.get(10, TimeUnit.SECONDS);
        innocent.acked.get(10, TimeUnit.SECONDS);

        assertThat(ran).containsExactly("good");
        assertThat(rig.engine.transport.sentTo("emails.suspects"))
                .singleElement()
                .satisfies(copy -> {
                    assertThat(copy.id()).isEqualTo("bad");
                    assertThat(copy.annotations()).containsEntry(Annotations.CRASHES, "3");
                });
        assertThat(rig.deadLettered).isEmpty();
    }

    @Test
    void nothingFollowsASuspectBeforeTheBrokerKnowsOfItsEnd() throws Exception {
        rig.alone = true;
        rig.options.concurrency(1).prefetch(1);
        rig.start(delivery -> ran.add(delivery.id()));
        CompletableFuture<Completion> ack = new CompletableFuture<>();
        rig.deliver(
                new ScriptedTransport.Delivered(
                        Message.builder("a", new byte[] {1}).build(), rig.place.name()) {
                    @Override
                    public void ack(Completion completion) {
                        ack.complete(completion);
                    }
                });

        Completion told = ack.get(10, TimeUnit.SECONDS);
        await("the handler's thread is done with it").until(() -> rig.flow.unsettled() == 0);
        assertThat(rig.receiver.credit).hasValue(0);
        told.done();
        await("the next may come").until(() -> rig.receiver.credit.get() == 1);
    }

    @Test
    void whatTheBrokerWouldTakeAwayAfterOneMoreDeliveryIsMovedInTime() throws Exception {
        rig.options.retry(RetryPolicy.immediate(50));
        rig.capabilities =
                FlowRig.capable().counting(new Counting(false, false, 10)).build();
        rig.start(delivery -> ran.add(delivery.id()));

        rig.deliver(delivered("may-come-twice-more", null, 8)).acked.get(10, TimeUnit.SECONDS);
        rig.deliver(delivered("may-come-once-more", null, 9)).acked.get(10, TimeUnit.SECONDS);

        assertThat(ran).containsExactly("may-come-twice-more");
        assertThat(rig.engine.transport.sentTo("emails.suspects"))
                .singleElement()
                .satisfies(copy -> assertThat(copy.id()).isEqualTo("may-come-once-more"));
        assertThat(rig.deadLettered).isEmpty();
    }

    @Test
    void whereCountsAreExactASuspectRunsOnceMoreAndIsThenSetAside() throws Exception {
        rig.capabilities = FlowRig.capable()
                .counting(new Counting(true, true, Integer.MAX_VALUE))
                .build();
        rig.start(delivery -> ran.add(delivery.id()));

        rig.deliver(delivered("once-more", null, 4)).acked.get(10, TimeUnit.SECONDS);
        rig.deliver(delivered("convicted", null, 5)).acked.get(10, TimeUnit.SECONDS);

        assertThat(ran).containsExactly("once-more");
        await("it is told").untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));
        assertThat(rig.deadLettered.get(0).reason()).isEqualTo(Reason.CRASHED);
    }

    @Test
    void aCrashThatStandsForAnUnseenOneTooConvictsNobodyWhoHasNotRunAlone() throws Exception {
        rig.options.retry(RetryPolicy.immediate(1));
        rig.capabilities = FlowRig.capable()
                .counting(new Counting(true, true, Integer.MAX_VALUE, 1, 1))
                .build();
        rig.start(delivery -> ran.add(delivery.id()));

        rig.deliver(delivered("ran-beside-a-killer", null, 3)).acked.get(10, TimeUnit.SECONDS);
        rig.deliver(delivered("convicted", null, 4)).acked.get(10, TimeUnit.SECONDS);

        assertThat(ran).containsExactly("ran-beside-a-killer");
        await("it is told").untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));
        assertThat(rig.deadLettered.get(0).reason()).isEqualTo(Reason.CRASHED);
    }

    @Test
    void whereCountsAreExactASuspectRunsWithNothingBesideIt() throws Exception {
        rig.capabilities = FlowRig.capable()
                .counting(new Counting(true, true, Integer.MAX_VALUE))
                .build();
        CountDownLatch neighbours = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean alone = new AtomicBoolean();
        startWatched(neighbours, go, alone);
        rig.deliver(delivered("n1", null, 1));
        rig.deliver(delivered("n2", null, 1));
        neighbours.await();
        ScriptedTransport.Delivered suspect = rig.deliver(delivered("bad", null, 4));
        ScriptedTransport.Delivered later = rig.deliver(delivered("n3", null, 1));
        assertThat(ran).isEmpty();

        go.countDown();

        suspect.acked.get(10, TimeUnit.SECONDS);
        later.acked.get(10, TimeUnit.SECONDS);
        assertThat(alone).isTrue();
        assertThat(ran).contains("bad", "n3");
        assertThat(rig.deadLettered).isEmpty();
    }

    private void startOrdered(CountDownLatch neighbours, CountDownLatch go, AtomicBoolean alone) {
        rig.place = FlowRig.ORDERS;
        rig.engine.transport.stock("orders.suspects");
        startWatched(neighbours, go, alone);
    }

    private void startWatched(CountDownLatch neighbours, CountDownLatch go, AtomicBoolean alone) {
        CopyOnWriteArrayList<String> running = new CopyOnWriteArrayList<>();
        rig.start(delivery -> {
            running.add(delivery.id());
            try {
                if (delivery.id().startsWith("bad")) {
                    alone.set(running.size() == 1);
                } else {
                    neighbours.countDown();
                    go.await();
                }
                ran.add(delivery.id());
            } finally {
                running.remove(delivery.id());
            }
        });
    }

    @Test
    void whereOrderMustHoldASuspectRunsInItsPlaceWithNothingBesideIt() throws Exception {
        CountDownLatch neighbours = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean alone = new AtomicBoolean();
        startOrdered(neighbours, go, alone);
        rig.deliver(delivered("n1", "a", 1));
        rig.deliver(delivered("n2", "b", 1));
        neighbours.await();
        ScriptedTransport.Delivered suspect = rig.deliver(delivered("bad", "c", 4));
        ScriptedTransport.Delivered other = rig.deliver(delivered("bad-too", "d", 4));
        ScriptedTransport.Delivered behind = rig.deliver(delivered("n3", "c", 1));
        assertThat(ran).isEmpty();

        go.countDown();

        suspect.acked.get(10, TimeUnit.SECONDS);
        other.acked.get(10, TimeUnit.SECONDS);
        behind.acked.get(10, TimeUnit.SECONDS);
        assertThat(alone).isTrue();
        assertThat(ran).contains("bad", "bad-too").containsSubsequence("bad", "n3");
        assertThat(rig.engine.transport.sentTo("orders.suspects"))
                .extracting(Message::id)
                .containsExactlyInAnyOrder("bad", "bad-too");
        assertThat(rig.deadLettered).isEmpty();
    }

    @Test
    void aMarkFoundAgainConvictsItsMessageAndNoOther() throws Exception {
        rig.place = FlowRig.ORDERS;
        rig.engine.transport.stock(
                "orders.suspects",
                Message.builder("bad", new byte[0])
                        .annotation(Annotations.CRASHES, "1")
                        .build());
        rig.start(delivery -> ran.add(delivery.id()));

        rig.deliver(delivered("bad", "a", 5)).acked.get(10, TimeUnit.SECONDS);
        rig.deliver(delivered("good", "a", 5)).acked.get(10, TimeUnit.SECONDS);

        assertThat(ran).containsExactly("good");
        await("it is told").untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));
        assertThat(rig.deadLettered.get(0).reason()).isEqualTo(Reason.CRASHED);
        assertThat(rig.engine.transport.sentTo("orders.dlq"))
                .extracting(Message::id)
                .containsExactly("bad");
        await("the mark is gone")
                .until(() -> rig.engine.transport.stock("orders.suspects").ids().isEmpty());
    }

    @Test
    void anAsynchronousSuspectIsAloneUntilItsStageEnds() throws Exception {
        rig.place = FlowRig.ORDERS;
        rig.engine.transport.stock("orders.suspects");
        CompletableFuture<Void> stage = new CompletableFuture<>();
        CountDownLatch began = new CountDownLatch(1);
        rig.async = delivery -> {
            ran.add(delivery.id());
            if (delivery.id().equals("bad")) {
                began.countDown();
                return stage;
            }
            return CompletableFuture.completedFuture(null);
        };
        rig.start(null);
        ScriptedTransport.Delivered suspect = rig.deliver(delivered("bad", "a", 4));
        began.await();
        ScriptedTransport.Delivered neighbour = rig.deliver(delivered("good", "b", 1));
        for (int i = 0; i < 20_000; i++) {
            Thread.onSpinWait();
        }
        assertThat(ran).containsExactly("bad");
        assertThat(neighbour.settles).hasValue(0);

        stage.complete(null);

        suspect.acked.get(10, TimeUnit.SECONDS);
        neighbour.acked.get(10, TimeUnit.SECONDS);
        assertThat(ran).containsExactly("bad", "good");
    }
}
