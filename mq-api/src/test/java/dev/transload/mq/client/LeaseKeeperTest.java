package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Failure.Reason;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Capabilities;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {

    private final FlowRig rig = new FlowRig();
    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    @BeforeEach
    void setTimes() {
        rig.options.lease(Duration.ofSeconds(30)).maxProcessingTime(Duration.ofMinutes(10));
    }

    @AfterEach
    void close() {
        go.countDown();
        rig.close();
    }

    private void startWaiting() {
        rig.start(delivery -> {
            running.countDown();
            go.await();
        });
    }

    @Test
    void leasesAreRenewedAtAThirdRunningAndBufferedAlike() throws Exception {
        startWaiting();
        ScriptedTransport.Delivered first = rig.deliver("a");
        ScriptedTransport.Delivered buffered = rig.deliver("b");
        running.await();

        rig.advance(Duration.ofSeconds(9));
        assertThat(first.renewals).hasValue(0);
        rig.advance(Duration.ofSeconds(1));
        assertThat(first.renewals).hasValue(1);
        assertThat(buffered.renewals).hasValue(1);
        rig.advance(Duration.ofSeconds(50));
        assertThat(first.renewals).hasValue(6);
        assertThat(buffered.renewals).hasValue(6);
    }

    @Test
    void whatHasLeftIsRenewedNoMoreAndTheTimerRests() throws Exception {
        startWaiting();
        ScriptedTransport.Delivered first = rig.deliver("a");
        go.countDown();
        first.acked.get(10, TimeUnit.SECONDS);
        await("it leaves").until(() -> rig.receiver.credit.get() == 10);

        rig.advance(Duration.ofMinutes(5));

        assertThat(first.renewals).hasValue(0);
        assertThat(rig.engine.time.waiting()).isZero();
        ScriptedTransport.Delivered later = rig.deliver("b");
        later.acked.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aLeaseThatCannotBeRenewedIsLost() throws Exception {
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        rig.start(delivery -> {
            running.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                interrupted.complete(delivery.leaseLost());
            }
        });
        ScriptedTransport.Delivered first = rig.deliver("a");
        running.await();
        first.renewFails = new LeaseLostException("gone", null);

        rig.advance(Duration.ofSeconds(10));

        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
        await("the loss is told").untilAsserted(() -> assertThat(rig.lost).containsExactly("a"));
        assertThat(first.settles).hasValue(0);
    }

    @Test
    void aRenewalThatMeetsTroubleIsTriedAgain() throws Exception {
        startWaiting();
        ScriptedTransport.Delivered first = rig.deliver("a");
        running.await();
        first.renewFails = TransportException.temporary("busy", null);

        rig.advance(Duration.ofSeconds(20));

        assertThat(first.renewals).hasValue(2);
        go.countDown();
        first.acked.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aHandlerThatTakesTooLongIsInterruptedAndHasFailed() throws Exception {
        rig.options.maxProcessingTime(Duration.ofMinutes(1));
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        rig.start(delivery -> {
            running.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        ScriptedTransport.Delivered first = rig.deliver("a");
        running.await();
        await("the handler is under way").until(() -> first.began);

        rig.advance(Duration.ofSeconds(66));

        assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
        await("it is set aside")
                .untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));
        assertThat(rig.deadLettered.get(0).reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
        assertThat(rig.deadLettered.get(0).message()).contains("maxProcessingTime");
        assertThat(first.settles).hasValue(1);
    }

    @Test
    void aHandlerThatStartsWhenTheClockReadsNothingIsTimedToo() throws Exception {
        assertThat(rig.engine.time.nanos()).isZero();
        rig.options.maxProcessingTime(Duration.ofSeconds(1));
        startWaiting();
        rig.deliver("a");
        running.await();

        rig.advance(Duration.ofSeconds(3));

        await("it is set aside")
                .untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));
    }

    @Test
    void whereLeasesCannotBeRenewedWhatWaitedTooLongGoesBackUnstarted() {
        rig.capabilities = Capabilities.builder("Scripted", ScriptedTransport.LIMITS)
                .maxLease(Duration.ofMinutes(30))
                .build();
        startWaiting();
        rig.subscription.pause();
        ScriptedTransport.Delivered waiting = rig.deliver("a");

        rig.advance(Duration.ofMinutes(19));
        assertThat(waiting.released).isNotDone();
        rig.advance(Duration.ofMinutes(6));

        assertThat(waiting.released).isCompletedWithValue(new ScriptedTransport.Release(Duration.ZERO, false));
        assertThat(waiting.began).isFalse();
        assertThat(rig.receiver.credit).as("it does not come here again").hasValue(9);
        rig.subscription.resume();
        assertThat(rig.receiver.credit).hasValue(10);
    }

    @Test
    void aHandlerCanAskHowLongItsLeaseLasts() throws Exception {
        CompletableFuture<Instant> until = new CompletableFuture<>();
        rig.start(delivery -> until.complete(delivery.leaseUntil()));
        rig.deliver("a");

        assertThat(until.get(10, TimeUnit.SECONDS).toEpochMilli()).isEqualTo(rig.engine.time.millis() + 30_000);
    }
}
