package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.CloseReport;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.Subscription.State;
import dev.transload.mq.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowDrainTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final FlowRig rig = new FlowRig();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void close() {
        go.countDown();
        rig.close();
    }

    private CompletableFuture<CloseReport> closing(Duration deadline) {
        return CompletableFuture.supplyAsync(() -> rig.subscription.close(deadline), task -> new Thread(task).start());
    }

    @Test
    void whatRunsMayFinishAndWhatHasNotStartedGoesBack() throws Exception {
        rig.start(delivery -> {
            running.countDown();
            go.await();
        });
        ScriptedTransport.Delivered first = rig.deliver("a");
        List<ScriptedTransport.Delivered> waiting = List.of(rig.deliver("b"), rig.deliver("c"), rig.deliver("d"));
        running.await();
        CompletableFuture<CloseReport> report = closing(LONG);
        for (ScriptedTransport.Delivered one : waiting) {
            assertThat(one.released.get(10, TimeUnit.SECONDS))
                    .isEqualTo(new ScriptedTransport.Release(Duration.ZERO, false));
        }
        assertThat(first.settles).hasValue(0);

        go.countDown();

        assertThat(report.get(10, TimeUnit.SECONDS)).isEqualTo(new CloseReport(true, 1, 3, 0, List.of(), 0));
        assertThat(first.acked).isDone();
        assertThat(waiting).noneMatch(one -> one.began);
        assertThat(rig.receiver.stopped).isTrue();
        assertThat(rig.receiver.closed).isTrue();
        assertThat(rig.subscription.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aStuckHandlerIsInterruptedAndItsMessageGoesBackHoweverFewAttemptsItHas() throws Exception {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        rig.start(delivery -> {
            running.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                interrupted.complete(true);
                throw e;
            }
        });
        ScriptedTransport.Delivered stuck = rig.deliver("a");
        running.await();

        CloseReport report = rig.subscription.close(Duration.ofMillis(50));

        assertThat(interrupted).isDone();
        assertThat(report.clean()).isFalse();
        assertThat(report.interrupted()).isEqualTo(1);
        assertThat(stuck.released).isDone();
        assertThat(stuck.settles).hasValue(1);
        assertThat(rig.engine.transport.sends).isEmpty();
        assertThat(rig.deadLettered).isEmpty();
    }

    @Test
    void aHandlerThatHearsNothingIsLeftBehindAndItsMessageGoesBack() throws Exception {
        rig.start(delivery -> {
            running.countDown();
            while (go.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        ScriptedTransport.Delivered stuck = rig.deliver("a");
        running.await();

        CloseReport report = rig.subscription.close(Duration.ZERO);

        assertThat(report.interrupted()).isEqualTo(1);
        assertThat(stuck.released).isDone();
        go.countDown();
        await("the worker ends").until(() -> rig.subscription.left().isDone());
        assertThat(stuck.settles).hasValue(1);
    }

    @Test
    void aCloseInsideAHandlerLeavesThatDeliveryOut() throws Exception {
        CompletableFuture<CloseReport> report = new CompletableFuture<>();
        rig.start(delivery -> report.complete(rig.subscription.close(LONG)));
        rig.subscription.pause();
        ScriptedTransport.Delivered own = rig.deliver("a");
        ScriptedTransport.Delivered other = rig.deliver("b");
        rig.subscription.resume();

        assertThat(report.get(10, TimeUnit.SECONDS)).isEqualTo(new CloseReport(true, 0, 1, 0, List.of(), 0));
        own.acked.get(10, TimeUnit.SECONDS);
        assertThat(other.released).isDone();
        await("the receiver closes behind the handler").until(() -> rig.receiver.closed);
        await("all is left").until(() -> rig.subscription.left().isDone());
    }

    @Test
    void aMessageThatWaitsForItsRetryGoesBackAtOnce() throws Exception {
        rig.place = FlowRig.ORDERS;
        rig.capabilities =
                FlowRig.capable().has(Capability.NOTE_ATTEMPTS, "yes").build();
        rig.options.retry(RetryPolicy.fixed(3, Duration.ofHours(1)));
        rig.start(delivery -> {
            throw new IllegalStateException("fails");
        });
        ScriptedTransport.Delivered waits = rig.deliver("a", "k");
        ScriptedTransport.Delivered behind = rig.deliver("b", "k");
        await("it waits").until(() -> waits.notes.size() == 1);

        CloseReport report = rig.subscription.close(LONG);

        assertThat(report.clean()).isTrue();
        assertThat(waits.released.get(1, TimeUnit.SECONDS).failed()).isFalse();
        assertThat(behind.released).isDone();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aCloseAtAnyMomentIsQuickAndSettlesEverythingOnce(long seed) {
        Random random = new Random(seed);
        rig.place = FlowRig.ORDERS;
        rig.capabilities =
                FlowRig.capable().has(Capability.NOTE_ATTEMPTS, "yes").build();
        rig.options.concurrency(4).prefetch(40).retry(RetryPolicy.fixed(50, Duration.ofHours(1)));
        List<String> ran = new CopyOnWriteArrayList<>();
        rig.start(delivery -> {
            ran.add(delivery.id());
            if (delivery.id().hashCode() % 2 == 0) {
                throw new IllegalStateException("fails");
            }
        });
        List<ScriptedTransport.Delivered> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(rig.deliver("m" + i, "k" + i));
        }
        int until = random.nextInt(40);
        while (ran.size() < until) {
            Thread.onSpinWait();
        }

        long began = System.nanoTime();
        CloseReport report = rig.subscription.close(LONG);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        assertThat(report.clean()).isTrue();
        assertThat(all).allSatisfy(one -> assertThat(one.settles).hasValue(1));
    }

    @Test
    void closingTwiceGivesTheSameReport() {
        rig.start(delivery -> {});

        assertThat(rig.subscription.close(LONG)).isSameAs(rig.subscription.close(LONG));
    }

    @Test
    void whatComesAfterTheCloseBeganGoesBack() throws Exception {
        rig.start(delivery -> {
            running.countDown();
            go.await();
        });
        rig.deliver("a");
        running.await();
        CompletableFuture<CloseReport> report = closing(LONG);
        await("it drains").until(() -> rig.subscription.state() == State.DRAINING);

        ScriptedTransport.Delivered late = rig.deliver("late");

        assertThat(late.released).isDone();
        go.countDown();
        assertThat(report.get(10, TimeUnit.SECONDS).clean()).isTrue();
    }
}
