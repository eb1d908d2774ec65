package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.BackpressureException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Outcome;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.Shape;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("FutureReturnValueIgnored") // many sends here are there only to take up room
class SendsTest {

    private static final Place EMAILS = Place.of(Place.Role.QUEUE, "emails", Shape.PLAIN);
    private static final Place ORDERS = Place.of(Place.Role.QUEUE, "orders", new Shape(true, 0, 1, null));
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ScriptedEngine engine = new ScriptedEngine();
    private final ScriptedTransport transport = engine.transport;
    private final Sends sends = sends(4, false, Topology.CREATE);

    @AfterEach
    void close() {
        engine.close();
    }

    private Sends sends(int maxOutstanding, boolean failFast, Topology topology) {
        return sends(maxOutstanding, failFast, topology, engine::complete, engine::complete);
    }

    private Sends sends(
            int maxOutstanding, boolean failFast, Topology topology, Executor elsewhere, Executor elsewhereSoon) {
        return sends(maxOutstanding, failFast, topology, engine.events(), elsewhere, elsewhereSoon);
    }

    private Sends sends(
            int maxOutstanding,
            boolean failFast,
            Topology topology,
            Events events,
            Executor elsewhere,
            Executor elsewhereSoon) {
        EngineSettings settings = ScriptedEngine.settings(topology, TIMEOUT, maxOutstanding, failFast);
        return new Sends(
                transport,
                engine.time,
                events,
                elsewhere,
                elsewhereSoon,
                new Declarations(transport, topology),
                settings);
    }

    private static Message message(String id) {
        return Message.builder(id, new byte[0]).build();
    }

    private static Message keyed(String id, String key) {
        return Message.builder(id, new byte[0]).key(key).build();
    }

    private PendingSend send(String id) {
        return sends.send(EMAILS, message(id), 0, Told.HERE, null, engine.time.nanos());
    }

    private static MessagingException failureOf(PendingSend send) {
        assertThat(send).isCompletedExceptionally();
        try {
            send.join();
            throw new AssertionError("it succeeded");
        } catch (CompletionException e) {
            return (MessagingException) e.getCause();
        }
    }

    private List<String> tried() {
        return transport.sends.stream()
                .map(sent -> sent.outgoing.message().id())
                .toList();
    }

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

    /** Sends that the application hangs something on, of which the broker has none yet. */
    private List<PendingSend> hung(Sends sends, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> sends.send(EMAILS, message("m" + i), 0, Told.ELSEWHERE, null, engine.time.nanos()))
                .toList();
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

    /** A client of which the completion thread does nothing until the test lets it. */
    private Sends untold(List<Runnable> tasks, boolean failFast) {
        transport.holdSends(true);
        return sends(4, failFast, Topology.CREATE, tasks::add, tasks::add);
    }

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
            return SendsTest.message("other");
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
    void aTemporaryFailureIsTriedAgainWithTheSameId() {
        transport.failSends(
                outgoing -> transport.sends.size() < 4 ? TransportException.temporary("throttled", null) : null);

        PendingSend send = send("a");
        engine.time.advance(Duration.ofSeconds(5));

        assertThat(send).isCompletedWithValue("a");
        assertThat(tried()).containsExactly("a", "a", "a", "a");
        assertThat(engine.counted).containsOnly(MqObserver.Event.SEND_RETRIED).hasSize(3);
    }

    @Test
    void aPermanentFailureIsNotTriedAgain() {
        transport.failSends(outgoing -> TransportException.permanent("not allowed", null));

        PendingSend send = send("a");

        assertThat(failureOf(send)).hasMessage("not allowed");
        assertThat(transport.sends).hasSize(1);
        assertThat(sends.outstanding()).isZero();
    }

    @Test
    void whatATransportThrowsBareIsAnUnknownOutcome() {
        transport.failSends(outgoing -> transport.sends.size() == 1 ? new IllegalStateException("odd") : null);

        PendingSend send = send("a");
        engine.time.advance(Duration.ofSeconds(1));

        assertThat(send).isCompletedWithValue("a");
    }

    @Test
    void aTimeoutOfWhatIsInFlightIsUnknown() {
        transport.holdSends(true);
        PendingSend send = send("a");

        engine.time.advance(TIMEOUT.minusMillis(1));
        assertThat(send).isNotDone();
        engine.time.advance(Duration.ofMillis(101));

        assertThat(failureOf(send))
                .isInstanceOf(SendTimeoutException.class)
                .satisfies(e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN));
        assertThat(sends.outstanding()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTimeoutAfterRefusalsKnowsWhetherAnyTryMayHaveArrived(boolean once) {
        transport.failSends(outgoing -> once && transport.sends.size() == 1
                ? TransportException.unknown("connection lost", null)
                : TransportException.temporary("throttled", null));

        PendingSend send = send("a");
        engine.time.advance(TIMEOUT.plusSeconds(1));

        assertThat(failureOf(send).outcome()).isEqualTo(once ? Outcome.UNKNOWN : Outcome.NOT_SENT);
    }

    @Test
    void aTimeoutInTheMiddleOfATryTellsWhyTheLastOneFailed() {
        transport.failSends(
                outgoing -> transport.sends.size() == 1 ? TransportException.temporary("throttled", null) : null);
        transport.holdSends(true);
        PendingSend send = send("a");
        engine.time.advance(Duration.ofSeconds(1));
        assertThat(transport.sends).hasSize(2);

        engine.time.advance(TIMEOUT);

        assertThat(failureOf(send)).isInstanceOf(SendTimeoutException.class).hasRootCauseMessage("throttled");
    }

    @Test
    void aTimeoutOfWhatNeverLeftIsNotSent() {
        transport.holdSends(true);
        PendingSend first = sends.send(ORDERS, keyed("a", "k"), 0, Told.HERE, null, engine.time.nanos());
        PendingSend second = sends.send(ORDERS, keyed("b", "k"), 0, Told.HERE, null, engine.time.nanos());

        engine.time.advance(TIMEOUT.plusMillis(100));

        assertThat(failureOf(first).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failureOf(second).outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void aLateConfirmationOfATimedOutSendChangesNothing() {
        transport.holdSends(true);
        PendingSend send = send("a");
        engine.time.advance(TIMEOUT.plusMillis(100));

        transport.sends.get(0).confirm();
        transport.sends.get(0).fail(TransportException.temporary("late", null));

        assertThat(failureOf(send)).isInstanceOf(SendTimeoutException.class);
        assertThat(sends.outstanding()).isZero();
        engine.time.advance(TIMEOUT);
        assertThat(transport.sends).hasSize(1);
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

    @Test
    void aLostDestinationIsMadeAgainOnce() {
        transport.failSends(
                outgoing -> transport.sends.size() == 1 ? new DestinationNotFoundException("gone", null) : null);

        PendingSend send = send("a");
        engine.time.advance(Duration.ofMillis(1));

        assertThat(send).isCompletedWithValue("a");
        assertThat(transport.declared).containsExactly(EMAILS);
    }

    @Test
    void aDestinationThatIsStillNotThereFailsTheSend() {
        transport.failSends(outgoing -> new DestinationNotFoundException("gone", null));

        PendingSend send = send("a");
        engine.time.advance(TIMEOUT);

        assertThat(failureOf(send)).isInstanceOf(DestinationNotFoundException.class);
        assertThat(transport.sends).hasSize(2);
        assertThat(transport.declared).containsExactly(EMAILS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ASSERT", "NONE"})
    void whereNothingMayBeMadeALostDestinationIsAnErrorAtOnce(String topology) {
        Sends strict = sends(4, false, Topology.valueOf(topology));
        transport.failSends(outgoing -> new DestinationNotFoundException("gone", null));

        PendingSend send = strict.send(EMAILS, message("a"), 0, Told.HERE, null, engine.time.nanos());

        assertThat(failureOf(send)).isInstanceOf(DestinationNotFoundException.class);
        assertThat(transport.declared).isEmpty();
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
    void closingJustBeforeTheNextOfAKeyIsHandedOverDoesNotTellThatItWasNeverSent() {
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

        assertThat(transport.sends).hasSize(2);
        assertThat(failureOf(second).outcome()).isEqualTo(Outcome.UNKNOWN);
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
