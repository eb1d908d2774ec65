package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.BackpressureException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Topology;
import dev.transload.mq.TransportException;
import dev.transload.mq.client.PendingSend.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("FutureReturnValueIgnored") // many sends here are there only to take up room
class SendBoundTest extends SendsRig {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsConfirmedMakesRoomThoughNobodyWasToldOfIt(boolean failFast) {
        List<Runnable> tasks = new ArrayList<>();
        Sends untold = untold(tasks, failFast);
        List<PendingSend> all = hung(untold, 4);
        all.forEach(PendingSend::done);

        PendingSend fifth = untold.send(EMAILS, message("e"), 0, Told.ELSEWHERE, null, engine.time.nanos());

        assertThat(transport.sends).hasSize(5);
        assertThat(untold.outstanding()).isEqualTo(1);
        tasks.forEach(Runnable::run);
        assertThat(all).allMatch(CompletableFuture::isDone);
        assertThat(fifth).isNotDone();
    }

    @Test
    void aConfirmWakesACallerAtTheBoundThoughNobodyIsToldOfIt() throws Exception {
        Sends untold = untold(new ArrayList<>(), false);
        List<PendingSend> all = hung(untold, 4);
        CompletableFuture<PendingSend> fifth = new CompletableFuture<>();
        Thread caller = new Thread(
                () -> fifth.complete(untold.send(EMAILS, message("e"), 0, Told.ELSEWHERE, null, engine.time.nanos())));
        caller.start();
        await("the caller waits").until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        all.get(0).done();

        fifth.get(10, TimeUnit.SECONDS);
        caller.join();
    }

    @Test
    void aCallerAtTheBoundGoesOnWhenAQuarterIsFreeWhoeverIsToAskForThoseThatAreConfirmed() throws Exception {
        transport.holdSends(true);
        Sends wide = sends(8, false, Topology.CREATE);
        List<PendingSend> all = IntStream.range(0, 8)
                .mapToObj(i -> wide.send(
                        EMAILS,
                        message("m" + i),
                        0,
                        i % 2 == 0 ? Told.WHEN_ASKED : Told.ELSEWHERE,
                        null,
                        engine.time.nanos()))
                .toList();
        CompletableFuture<PendingSend> ninth = new CompletableFuture<>();
        Thread caller = new Thread(
                () -> ninth.complete(wide.send(EMAILS, message("n"), 0, Told.WHEN_ASKED, null, engine.time.nanos())));
        caller.start();
        await("the caller waits").until(() -> caller.getState() == Thread.State.TIMED_WAITING);

        all.subList(0, 2).forEach(PendingSend::done);

        assertThat(all.get(0).next).as("taken off the list by the confirm").isNull();
        ninth.get(10, TimeUnit.SECONDS);
        caller.join();
    }

    @Test
    void atTheBoundTheCallerWaits() throws Exception {
        transport.holdSends(true);
        for (int i = 0; i < 4; i++) {
            send("m" + i);
        }
        CompletableFuture<Void> fifth = CompletableFuture.runAsync(() -> send("m4"), task -> new Thread(task).start());
        assertThat(transport.sends).hasSize(4);

        transport.sends.get(0).confirm();

        fifth.get(10, TimeUnit.SECONDS);
        assertThat(tried()).containsExactly("m0", "m1", "m2", "m3", "m4");
        assertThat(sends.outstanding()).isEqualTo(4);
    }

    @Test
    void atTheBoundTheCallerFailsFastIfSoConfigured() {
        Sends fast = sends(2, true, Topology.CREATE);
        transport.holdSends(true);
        fast.send(EMAILS, message("a"), 0, Told.HERE, null, engine.time.nanos());
        fast.send(EMAILS, message("b"), 0, Told.HERE, null, engine.time.nanos());

        assertThatThrownBy(() -> fast.send(EMAILS, message("c"), 0, Told.HERE, null, engine.time.nanos()))
                .isInstanceOf(BackpressureException.class)
                .hasMessage("send to emails refused: 2 sends are outstanding, the bound");
        transport.sends.get(1).confirm();
        fast.send(EMAILS, message("c"), 0, Told.HERE, null, engine.time.nanos());
        assertThat(fast.outstanding()).isEqualTo(2);
    }

    @Test
    void sendsOfTheEngineAreOutsideTheBound() {
        transport.holdSends(true);
        for (int i = 0; i < 10; i++) {
            sends.sendInternal(EMAILS, message("m" + i), 0);
        }

        assertThat(transport.sends).hasSize(10);
        engine.time.advance(Duration.ofDays(1));
        assertThat(sends.outstanding()).isEqualTo(10);
    }

    @Test
    void aCallerInterruptedAtTheBoundKeepsItsFlag() {
        transport.holdSends(true);
        for (int i = 0; i < 4; i++) {
            send("m" + i);
        }
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> send("m4"))
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(sends.outstanding()).isEqualTo(4);
    }

    @Test
    void aSendThatWaitedForRoomStillEndsInItsOwnTime() throws Exception {
        Sends wide = sends(8, false, Topology.CREATE);
        transport.holdSends(true);
        for (int i = 0; i < 8; i++) {
            wide.send(EMAILS, message("m" + i), 0, Told.HERE, null, engine.time.nanos());
        }
        engine.time.advance(Duration.ofSeconds(3));
        CompletableFuture<PendingSend> waited = new CompletableFuture<>();
        Thread caller = new Thread(
                () -> waited.complete(wide.send(EMAILS, message("waited"), 0, Told.HERE, null, engine.time.nanos())));
        caller.start();
        await("the caller waits at the bound").until(() -> caller.getState() == Thread.State.TIMED_WAITING);
        engine.time.advance(Duration.ofSeconds(4));
        transport.sends.get(0).confirm();
        PendingSend young = wide.send(EMAILS, message("young"), 0, Told.HERE, null, engine.time.nanos());
        transport.sends.get(1).confirm();
        transport.sends.get(2).confirm();
        PendingSend old = waited.get(10, TimeUnit.SECONDS);

        engine.time.advance(Duration.ofSeconds(6).plusMillis(100));

        assertThat(old).isCompletedExceptionally();
        assertThat(young).isNotDone();
    }
}
