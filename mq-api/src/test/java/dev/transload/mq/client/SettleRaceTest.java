package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.spi.Capability;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class SettleRaceTest {

    private final FlowRig rig = new FlowRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static int one(boolean happened) {
        return happened ? 1 : 0;
    }

    @RepeatedTest(20)
    void ofHandlerEndLossAndCloseExactlyOneWins() throws Exception {
        CyclicBarrier start = new CyclicBarrier(3);
        rig.start(delivery -> {
            try {
                start.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ScriptedTransport.Delivered delivered = rig.deliver("a");
        Thread closer = new Thread(() -> {
            meet(start);
            rig.subscription.close(Duration.ZERO);
        });
        closer.start();
        meet(start);
        rig.flow.lost(java.util.List.of(delivered), "taken away");
        closer.join();

        await("one of the three is told").until(() -> delivered.settles.get() + rig.lost.size() > 0);
        assertThat(one(delivered.acked.isDone()) + one(delivered.released.isDone()) + rig.lost.size())
                .isEqualTo(1);
        assertThat(delivered.settles.get() + rig.lost.size()).isEqualTo(1);
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception e) {
            throw new AssertionError("the threads did not meet", e);
        }
    }

    @Test
    void aLossInterruptsTheHandlerAndItsSettleIsRefused() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        CompletableFuture<Boolean> leaseLost = new CompletableFuture<>();
        rig.start(delivery -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                leaseLost.complete(delivery.leaseLost());
                try {
                    delivery.ack();
                    refused.complete(null);
                } catch (RuntimeException late) {
                    refused.complete(late);
                }
            }
        });
        ScriptedTransport.Delivered delivered = rig.deliver("a");
        running.await();

        rig.lose(delivered);

        assertThat(refused.get(10, TimeUnit.SECONDS)).isInstanceOf(LeaseLostException.class);
        assertThat(leaseLost.get()).isTrue();
        await("credit is back").until(() -> rig.receiver.credit.get() == 10);
        assertThat(delivered.settles).hasValue(0);
        assertThat(rig.lost).containsExactly("a");
    }

    @Test
    void theInterruptOfALossDoesNotReachTheNextHandler() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        rig.start(delivery -> {
            if (delivery.id().equals("a")) {
                running.countDown();
                while (go.getCount() > 0) {
                    Thread.onSpinWait();
                }
            } else {
                interrupted.complete(Thread.currentThread().isInterrupted());
            }
        });
        ScriptedTransport.Delivered first = rig.deliver("a");
        rig.deliver("b");
        running.await();

        rig.lose(first);
        go.countDown();

        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void aBufferedDeliveryThatIsLostNeverRuns() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        rig.start(delivery -> go.await());
        ScriptedTransport.Delivered first = rig.deliver("a");
        ScriptedTransport.Delivered second = rig.deliver("b");
        ScriptedTransport.Delivered third = rig.deliver("c");

        rig.lose(second);
        go.countDown();

        first.acked.get(10, TimeUnit.SECONDS);
        third.acked.get(10, TimeUnit.SECONDS);
        assertThat(second.began).isFalse();
        assertThat(second.settles).hasValue(0);
    }

    @Test
    void aSettleTheBrokerRefusesIsReported() {
        rig.start(delivery -> {});
        ScriptedTransport.Delivered delivered = new ScriptedTransport.Delivered(
                dev.transload.mq.Message.builder("a", new byte[0]).build(), "emails");
        delivered.settleFails = new LeaseLostException("too late", null);

        rig.deliver(delivered);

        await("the refusal is told").untilAsserted(() -> assertThat(rig.lost).containsExactly("a"));
        assertThat(rig.counted(MqObserver.Event.LEASE_LOST)).isEqualTo(1);
        assertThat(rig.subscription.close(Duration.ofSeconds(5)).ackUnknown()).containsExactly("a");
    }

    @Test
    void aSecondSettleIsAnError() throws Exception {
        CompletableFuture<Throwable> second = new CompletableFuture<>();
        rig.start(delivery -> {
            delivery.ack();
            try {
                delivery.discard();
            } catch (RuntimeException e) {
                second.complete(e);
            }
        });
        ScriptedTransport.Delivered delivered = rig.deliver("a");

        assertThat(second.get(10, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("delivery of a is settled already");
        await("the slot is free").until(() -> rig.receiver.credit.get() == 10);
        assertThat(delivered.settles).hasValue(1);
    }

    @Test
    void manualSettlesMayComeFromAnyThreadAndLateOnesAreRefused() throws Exception {
        rig.options.manualSettle();
        CompletableFuture<Delivery<byte[]>> open = new CompletableFuture<>();
        CompletableFuture<Delivery<byte[]>> openToo = new CompletableFuture<>();
        rig.start(delivery -> (delivery.id().equals("a") ? open : openToo).complete(delivery));
        ScriptedTransport.Delivered first = rig.deliver("a");
        ScriptedTransport.Delivered second = rig.deliver("b");
        Delivery<byte[]> late = openToo.get(10, TimeUnit.SECONDS);

        open.get(10, TimeUnit.SECONDS).ack();
        rig.lose(second);

        assertThat(first.acked).isDone();
        org.assertj.core.api.Assertions.assertThatThrownBy(late::ack).isInstanceOf(LeaseLostException.class);
        assertThat(second.settles).hasValue(0);
        await("credit is back").until(() -> rig.receiver.credit.get() == 10);
    }

    @Test
    void aHandlerThatOutlivesItsRetryIsNotTheRetry() throws Exception {
        rig.place = FlowRig.ORDERS;
        rig.capabilities =
                FlowRig.capable().has(Capability.NOTE_ATTEMPTS, "yes").build();
        rig.options
                .concurrency(2)
                .maxProcessingTime(Duration.ofMinutes(1))
                .retry(RetryPolicy.fixed(3, Duration.ofSeconds(1)));
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch stubborn = new CountDownLatch(1);
        java.util.List<Integer> attempts = new java.util.concurrent.CopyOnWriteArrayList<>();
        java.util.concurrent.atomic.AtomicInteger together = new java.util.concurrent.atomic.AtomicInteger();
        java.util.concurrent.atomic.AtomicInteger most = new java.util.concurrent.atomic.AtomicInteger();
        rig.start(delivery -> {
            most.accumulateAndGet(together.incrementAndGet(), Math::max);
            attempts.add(delivery.attempt());
            if (delivery.attempt() == 1) {
                running.countDown();
                while (stubborn.getCount() > 0) {
                    Thread.onSpinWait();
                }
            }
            together.decrementAndGet();
        });
        ScriptedTransport.Delivered delivered = rig.deliver("a", "k");
        running.await();

        rig.advance(Duration.ofMinutes(2));
        assertThat(delivered.notes).containsExactly(1);
        assertThat(delivered.settles).hasValue(0);
        stubborn.countDown();

        delivered.acked.get(10, TimeUnit.SECONDS);
        assertThat(attempts).containsExactly(1, 2);
        assertThat(most).hasValue(1);
        assertThat(delivered.settles).hasValue(1);
    }
}
