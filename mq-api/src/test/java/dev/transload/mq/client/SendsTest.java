package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.Message;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Outcome;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.Topology;
import dev.transload.mq.TransportException;
import dev.transload.mq.client.PendingSend.Told;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // many sends here are there only to take up room
class SendsTest extends SendsRig {

    @Test
    void aSendEndsWhenTheBrokerHasIt() {
        transport.holdSends(true);
        PendingSend send = send("a");
        assertThat(send).isNotDone();
        assertThat(sends.outstanding()).isEqualTo(1);

        transport.sends.get(0).confirm();

        assertThat(send).isCompletedWithValue("a");
        assertThat(sends.outstanding()).isZero();
    }

    @Test
    void whatHangsOnAFutureRunsOnTheCompletionThread() throws Exception {
        transport.holdSends(true);
        CompletableFuture<String> thread = sends.send(
                        EMAILS, message("a"), 0, Told.ELSEWHERE, null, engine.time.nanos())
                .thenApply(id -> Thread.currentThread().getName());

        transport.sends.get(0).confirm();

        assertThat(thread.get(10, TimeUnit.SECONDS)).isEqualTo("scripted-completions");
    }

    @Test
    void futuresMayWaitForOthersIfManyAreOnTheirWayWhenTheFirstEnds() {
        transport.holdSends(true);
        List<Runnable> atOnce = new ArrayList<>();
        List<Runnable> soon = new ArrayList<>();
        List<PendingSend> all = hung(sends(1_000, false, Topology.CREATE, atOnce::add, soon::add), 129);

        all.forEach(PendingSend::done);
        assertThat(soon).as("128 others").hasSize(1);
        assertThat(atOnce).isEmpty();
        assertThat(all).noneMatch(CompletableFuture::isDone);
        soon.forEach(Runnable::run);

        assertThat(all).allMatch(CompletableFuture::isDone);
    }

    @Test
    void futuresOfFewSendsAreToldAtOnceAndTogether() {
        transport.holdSends(true);
        List<Runnable> atOnce = new ArrayList<>();
        List<Runnable> soon = new ArrayList<>();
        List<PendingSend> all = hung(sends(1_000, false, Topology.CREATE, atOnce::add, soon::add), 128);
        List<String> told = new ArrayList<>();
        all.forEach(send -> send.thenAccept(told::add));

        all.forEach(PendingSend::done);
        assertThat(soon).as("127 others").isEmpty();
        assertThat(atOnce).hasSize(1);
        atOnce.forEach(Runnable::run);

        assertThat(told).isEqualTo(all.stream().map(CompletableFuture::join).toList());
    }

    @Test
    void whatEndsAfterTheOthersWereToldIsToldToo() {
        transport.holdSends(true);
        List<Runnable> tasks = new ArrayList<>();
        List<PendingSend> all = hung(sends(4, false, Topology.CREATE, tasks::add, tasks::add), 2);
        all.get(0).done();
        tasks.remove(0).run();
        assertThat(all).extracting(CompletableFuture::isDone).containsExactly(true, false);

        all.get(1).done();
        tasks.remove(0).run();

        assertThat(all).allMatch(CompletableFuture::isDone);
    }

    @Test
    void aSendOfWhichItsCallerAsksIsNoTaskOfTheCompletionThread() throws Exception {
        List<Runnable> tasks = new ArrayList<>();
        Sends untold = untold(tasks, false);
        PendingSend send = untold.send(EMAILS, message("a"), 0, Told.WHEN_ASKED, null, engine.time.nanos());
        assertThat(send.canTell()).isFalse();

        send.done();

        assertThat(tasks).isEmpty();
        assertThat(send.canTell()).isTrue();
        assertThat(send.get()).isEqualTo("a");
        assertThat(untold.outstanding()).isZero();
    }

    @Test
    void aSendOfWhichItsCallerAsksIsNotToldWithTheOthers() {
        List<Runnable> tasks = new ArrayList<>();
        Sends untold = untold(tasks, false);
        PendingSend asked = untold.send(EMAILS, message("a"), 0, Told.WHEN_ASKED, null, engine.time.nanos());
        PendingSend other = untold.send(EMAILS, message("b"), 0, Told.ELSEWHERE, null, engine.time.nanos());
        asked.done();
        other.done();

        assertThat(tasks).hasSize(1);
        tasks.forEach(Runnable::run);

        assertThat(other).isCompletedWithValue("b");
        assertThat(asked).isNotDone();
        assertThat(engine.counted).containsExactly(MqObserver.Event.SENT);
    }

    @Test
    void aConfirmEndsTheWaitOfTheCloseThoughNobodyIsToldOfIt() throws Exception {
        Sends untold = untold(new ArrayList<>(), false);
        List<PendingSend> all = hung(untold, 2);
        all.get(0).done();
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        Thread closer = new Thread(() -> drained.complete(
                untold.awaitDrained(System.nanoTime() + Duration.ofMinutes(1).toNanos())));
        closer.start();
        await("the close waits").until(() -> closer.getState() == Thread.State.TIMED_WAITING);

        all.get(1).done();

        assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
        closer.join();
    }

    @Test
    void whatIsConfirmedNeitherTimesOutNorFailsAtTheCloseBeforeItIsTold() {
        List<Runnable> tasks = new ArrayList<>();
        Sends untold = untold(tasks, false);
        List<PendingSend> all = hung(untold, 2);
        all.get(0).done();

        engine.time.advance(TIMEOUT.multipliedBy(2));
        assertThat(untold.failAll()).isZero();
        tasks.forEach(Runnable::run);

        assertThat(all.get(0)).isCompletedWithValue("m0");
        assertThat(failureOf(all.get(1))).isInstanceOf(SendTimeoutException.class);
    }

    /** A client likewise, of which nobody watches what it does. */
    private Sends unwatched(List<Runnable> tasks) {
        transport.holdSends(true);
        Events events = new Events(List.of(), MqObserver.NONE, Runnable::run);
        return sends(4, false, Topology.CREATE, events, tasks::add, tasks::add);
    }

    @Test
    void whoWaitsForAConfirmedSendDoesNotWaitForTheCompletionThread() throws Exception {
        List<PendingSend> all = hung(unwatched(new ArrayList<>()), 3);
        all.forEach(PendingSend::done);

        assertThat(all.get(0).join()).isEqualTo("m0");
        assertThat(all.get(1).get()).isEqualTo("m1");
        assertThat(all.get(2).get(1, TimeUnit.NANOSECONDS)).isEqualTo("m2");
        assertThat(all).allMatch(CompletableFuture::isDone);
    }

    @Test
    void whoWaitsForAConfirmedSendDoesNotGoOnBeforeItLeavesRoom() {
        Sends sends = unwatched(new ArrayList<>());
        PendingSend send = hung(sends, 1).get(0);
        assertThat(send.end(PendingSend.CONFIRMED)).as("a confirm begins").isTrue();

        assertThatThrownBy(() -> send.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(sends.outstanding()).isEqualTo(1);
    }

    @Test
    void whatHangsOnAFutureDoesNotRunOnTheThreadThatWaitsForIt() {
        List<Runnable> tasks = new ArrayList<>();
        PendingSend send = hung(unwatched(tasks), 1).get(0);
        List<Thread> ran = new ArrayList<>();
        send.thenRun(() -> ran.add(Thread.currentThread()));
        send.done();

        assertThatThrownBy(() -> send.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(ran).isEmpty();

        tasks.forEach(Runnable::run);
        assertThat(ran).hasSize(1);
    }

    @Test
    void thoseWhoWatchAreToldOfASendBeforeWhoWaitsForIt() {
        PendingSend send = hung(untold(new ArrayList<>(), false), 1).get(0);
        send.done();

        assertThatThrownBy(() -> send.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
    }

    @Test
    void whoWaitsForAFailedSendIsToldWhy() {
        List<Runnable> tasks = new ArrayList<>();
        PendingSend send = hung(unwatched(tasks), 1).get(0);
        send.failed(TransportException.permanent("refused", null));
        assertThatThrownBy(() -> send.get(1, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        tasks.forEach(Runnable::run);

        assertThat(failureOf(send)).hasMessageContaining("refused");
    }

    @Test
    void sendsThatTheBrokerHasTogetherAreToldInOneTask() {
        transport.holdSends(true);
        List<Runnable> tasks = new ArrayList<>();
        Sends together = sends(4, false, Topology.CREATE, tasks::add, Runnable::run);
        List<PendingSend> all = List.of(
                together.send(EMAILS, message("a"), 0, Told.ELSEWHERE, null, engine.time.nanos()),
                together.send(EMAILS, message("b"), 0, Told.HERE, null, engine.time.nanos()),
                together.send(EMAILS, message("c"), 0, Told.ELSEWHERE, null, engine.time.nanos()));

        all.get(0).done(all);
        assertThat(together.outstanding()).isZero();
        assertThat(all).extracting(CompletableFuture::isDone).containsExactly(false, true, false);
        tasks.forEach(Runnable::run);

        assertThat(tasks).hasSize(1);
        assertThat(all).extracting(CompletableFuture::join).containsExactly("a", "b", "c");
    }

    @Test
    void whatHasEndedIsNotEndedAgainWithOthers() {
        transport.holdSends(true);
        PendingSend first = send("a");
        PendingSend second = send("b");
        first.done();

        first.done(List.of(first, second));

        assertThat(second).isCompletedWithValue("b");
        assertThat(sends.outstanding()).isZero();
    }

    @Test
    void aMessageOfTheEngineAmongThoseTheBrokerHasIsToldItself() {
        transport.holdSends(true);
        PendingSend send = send("a");
        TimesDone other = new TimesDone(new AtomicInteger());

        send.done(List.of(other, send));

        assertThat(other.times()).hasValue(1);
        assertThat(send).isCompletedWithValue("a");
    }

    private record TimesDone(AtomicInteger times) implements Outgoing {
        @Override
        public Place to() {
            return EMAILS;
        }

        @Override
        public Message message() {
            return SendsRig.message("other");
        }

        @Override
        public long delayMillis() {
            return 0;
        }

        @Override
        public void done() {
            times.incrementAndGet();
        }

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }
    }

    @Test
    void aRefusingClientTakesOnlyTheEnginesSends() {
        sends.refuse();

        assertThatThrownBy(() -> send("a")).isInstanceOf(ClientClosedException.class);
        assertThat(sends.sendInternal(EMAILS, message("b"), 0)).isCompleted();
        assertThat(sends.outstanding()).isZero();
        assertThat(sends.awaitDrained(System.nanoTime())).isTrue();
    }

    @Test
    void theCloseFailsWhatIsLeftAndSendsNothingMore() {
        transport.capabilities(Capabilities.builder("Scripted", ScriptedTransport.LIMITS)
                .has(Capability.LANES, "yes")
                .build());
        transport.holdSends(true);
        List<PendingSend> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(sends.send(ORDERS, keyed("m" + i, "k"), 0, Told.HERE, null, engine.time.nanos()));
        }
        assertThat(transport.sends).hasSize(1);

        assertThat(sends.failAll()).isEqualTo(4);

        assertThat(transport.sends).hasSize(1);
        assertThat(all).allSatisfy(send -> assertThat(failureOf(send)).isInstanceOf(ClientClosedException.class));
        assertThat(failureOf(all.get(0)).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failureOf(all.get(1)).outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThatThrownBy(() -> sends.sendInternal(EMAILS, message("late"), 0))
                .isInstanceOf(ClientClosedException.class);
        assertThat(sends.outstanding()).isZero();
    }

    @Test
    void nothingIsTriedAgainWhileTheCloseFailsWhatIsLeft() {
        transport.failSends(outgoing -> TransportException.temporary("throttled", null));
        PendingSend first = send("a");
        PendingSend second = send("b");
        first.whenComplete((id, failure) -> engine.time.advance(TIMEOUT.dividedBy(2))); // the next tries would be due

        assertThat(sends.failAll()).isEqualTo(2);

        assertThat(transport.sends).hasSize(2);
        assertThat(failureOf(second).outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void whatTheCloseEndsJustBeforeItIsHandedOverIsNotSent() {
        transport.capabilities(Capabilities.builder("Scripted", ScriptedTransport.LIMITS)
                .has(Capability.LANES, "yes")
                .build());
        transport.holdSends(true);
        AtomicReference<Runnable> whenTheFirstEnds = new AtomicReference<>(() -> {});
        Sends closing =
                sends(4, false, Topology.CREATE, task -> whenTheFirstEnds.get().run(), Runnable::run);
        closing.send(ORDERS, keyed("1", "k"), 0, Told.ELSEWHERE, null, engine.time.nanos());
        PendingSend second = closing.send(ORDERS, keyed("2", "k"), 0, Told.HERE, null, engine.time.nanos());
        whenTheFirstEnds.set(closing::failAll);

        transport.sends.get(0).confirm();

        assertThat(transport.sends).hasSize(1);
        assertThat(failureOf(second)).isInstanceOf(ClientClosedException.class);
    }

    @Test
    void whatHasEndedIsNotHandedOverWhenTheOneBeforeItIsConfirmed() {
        transport.holdSends(true);
        sends.send(ORDERS, keyed("1", "k"), 0, Told.HERE, null, engine.time.nanos());
        PendingSend second = sends.send(ORDERS, keyed("2", "k"), 0, Told.HERE, null, engine.time.nanos());
        assertThat(second.end(PendingSend.FAILED)).as("a timeout begins").isTrue();

        transport.sends.get(0).confirm();

        assertThat(transport.sends).hasSize(1);
    }

    @Test
    void whyASendFailedIsSaidOnceNothingOfItCanGoAnyMore() {
        transport.failSends(outgoing -> TransportException.temporary("throttled", null));
        PendingSend waiting = send("a");

        sends.fail(waiting, ended -> {
            engine.time.advance(TIMEOUT.dividedBy(2)); // the next try would be due
            return TransportException.permanent("over", ended.soFar(), null);
        });

        assertThat(transport.sends).hasSize(1);
        assertThat(failureOf(waiting).outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void drainingWaitsForTheLastSendOrTheDeadline() throws Exception {
        transport.holdSends(true);
        send("a");
        assertThat(sends.awaitDrained(System.nanoTime() + 1_000_000)).isFalse();
        CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(
                () -> sends.awaitDrained(System.nanoTime() + TimeUnit.SECONDS.toNanos(30)),
                task -> new Thread(task).start());

        transport.sends.get(0).confirm();

        assertThat(drained.get(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSendIsAwaitedByTheThreadThatWaitsForItAloneAndByNoOther() {
        transport.holdSends(true);
        PendingSend awaited =
                sends.send(EMAILS, message("a"), 0, Told.HERE, Thread.currentThread(), engine.time.nanos());
        PendingSend unawaited = sends.send(EMAILS, message("b"), 0, Told.HERE, null, engine.time.nanos());

        assertThat(awaited.isAwaited()).isTrue();
        assertThat(CompletableFuture.supplyAsync(awaited::isAwaited).join()).isFalse();
        assertThat(unawaited.isAwaited()).isFalse();
    }
}
