package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Failure.Reason;
import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Redrive;
import dev.transload.mq.RedriveReport;
import dev.transload.mq.Shape;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterPlaceTest {

    private static final Place HOME = Place.of(Place.Role.QUEUE, "emails", Shape.PLAIN);
    private static final Place LETTERS = Places.deadLetters(HOME, null);

    private final ScriptedEngine engine = new ScriptedEngine();
    private final DeadLetterPlace dead = new DeadLetterPlace(engine, LETTERS, HOME);

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void aPlaceThatDoesNotExistIsEmpty() {
        assertThat(dead.name()).isEqualTo("emails.dlq");
        assertThat(dead.count()).isZero();
        assertThat(dead.browse(10)).isEmpty();
        assertThat(dead.redrive(Redrive.all())).isEqualTo(new RedriveReport(0, 0, 0));
        assertThat(dead.discard(letter -> true)).isZero();
        dead.purge();
        assertThat(engine.transport.purged).isEmpty();
        assertThat(engine.transport.receivers).isEmpty();
    }

    @Test
    void browsingShowsTheOldestAndLeavesAllInOrder() {
        ScriptedTransport.Stock stock = stock(5);

        assertThat(dead.browse(3)).extracting(DeadLetter::id).containsExactly("m0", "m1", "m2");
        assertThat(dead.browse(10)).hasSize(5);

        assertThat(stock.ids()).containsExactly("m0", "m1", "m2", "m3", "m4");
        assertThat(engine.transport.receivers).allMatch(receiver -> receiver.closed);
    }

    @Test
    void browsingReadsTheFailure() {
        stock(1);

        DeadLetter letter = dead.browse(1).get(0);

        assertThat(letter.failure().type()).isEqualTo("IllegalStateException");
        assertThat(letter.failure().reason()).isEqualTo(Reason.ATTEMPTS_EXHAUSTED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void copiesOfOneIdAreShownOnce(boolean peeks) {
        if (peeks) {
            engine.transport.capabilities(
                    capabilities().has(Capability.BROWSE, "reads").build());
        }
        engine.transport.stock(LETTERS.name(), letter("a"), letter("a"), letter("a"), letter("b"));

        assertThat(dead.browse(2)).extracting(DeadLetter::id).containsExactly("a", "b");
        assertThat(engine.transport.receivers).hasSize(peeks ? 0 : 1);
    }

    @Test
    void whatTheBrokerSetAsideHasItsSource() {
        Place group = new Place(Place.Role.GROUP, "orders--billing", "orders", "billing", Shape.PLAIN, true);
        Place letters = Places.deadLetters(group, null);
        engine.transport.stock(letters.name(), Message.builder("x", new byte[0]).build());

        DeadLetter letter =
                new DeadLetterPlace(engine, letters, group).browse(1).get(0);

        assertThat(letter.failure().reason()).isEqualTo(Reason.BROKER);
        assertThat(letter.failure().source()).isEqualTo("orders");
        assertThat(letter.failure().group()).isEqualTo("billing");
    }

    @Test
    void redriveSendsHomeWithAttemptsReset() {
        ScriptedTransport.Stock stock = stock(3);
        engine.transport.stock(HOME.name());

        RedriveReport report = dead.redrive(Redrive.all());

        assertThat(report).isEqualTo(new RedriveReport(3, 3, 0));
        assertThat(stock.ids()).isEmpty();
        assertThat(engine.transport.sentTo("emails")).extracting(Message::id).containsExactly("m0", "m1", "m2");
        assertThat(engine.transport.sentTo("emails"))
                .allSatisfy(message -> assertThat(message.annotations())
                        .containsEntry(Annotations.REDRIVES, "1")
                        .doesNotContainKeys(Annotations.ATTEMPT, "mq-failure-reason"));
    }

    @Test
    void whatDoesNotMatchStaysInOrder() {
        ScriptedTransport.Stock stock = stock(6);
        engine.transport.stock(HOME.name());

        RedriveReport report = dead.redrive(Redrive.where(
                        letter -> letter.id().compareTo("m2") > 0 && letter.id().compareTo("m5") < 0)
                .force());

        assertThat(report).isEqualTo(new RedriveReport(6, 2, 4));
        assertThat(stock.ids()).containsExactly("m0", "m1", "m2", "m5");
        assertThat(engine.transport.sentTo("emails").get(0).annotations()).containsKey(Annotations.FORCE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDryRunOnlyCounts(boolean peeks) {
        if (peeks) {
            engine.transport.capabilities(
                    capabilities().has(Capability.BROWSE, "reads").build());
        }
        ScriptedTransport.Stock stock = stock(4);
        engine.transport.stock(HOME.name());

        RedriveReport report = dead.redrive(
                Redrive.where(letter -> !letter.id().equals("m1")).max(2).dryRun());

        assertThat(report).isEqualTo(new RedriveReport(3, 2, 1));
        assertThat(stock.ids()).containsExactly("m0", "m1", "m2", "m3");
        assertThat(engine.transport.sends).isEmpty();
    }

    @Test
    void redriveStopsAtItsMaximum() {
        ScriptedTransport.Stock stock = stock(5);
        engine.transport.stock(HOME.name());

        assertThat(dead.redrive(Redrive.all().max(2))).isEqualTo(new RedriveReport(2, 2, 0));
        assertThat(stock.ids()).containsExactly("m2", "m3", "m4");
    }

    @Test
    void redriveWithoutAHomeFailsAndTouchesNothing() {
        ScriptedTransport.Stock stock = stock(2);

        assertThatThrownBy(() -> dead.redrive(Redrive.all()))
                .isInstanceOf(DestinationNotFoundException.class)
                .hasMessageContaining("emails does not exist");

        assertThat(stock.ids()).containsExactly("m0", "m1");
        assertThat(engine.transport.receivers).isEmpty();
    }

    @Test
    void aLetterThatFailsAgainAtOnceIsNotRedrivenAgain() {
        ScriptedTransport.Stock stock = stock(3);
        engine.transport.stock(HOME.name());
        engine.transport.failSends(
                outgoing -> { // a handler that fails at once
                    stock.addSoon(FailureRecords.deadLetter(
                            outgoing.message(),
                            FailureRecords.of(
                                    new IllegalStateException(),
                                    Reason.ATTEMPTS_EXHAUSTED,
                                    "emails",
                                    null,
                                    3,
                                    1,
                                    2,
                                    FailureRecords.redrives(outgoing.message())),
                            "emails",
                            5));
                    return null;
                });

        assertThat(dead.redrive(Redrive.all())).isEqualTo(new RedriveReport(3, 3, 0));

        assertThat(stock.ids()).containsExactly("m0", "m1", "m2");
        assertThat(engine.transport.sends).hasSize(3);
    }

    @Test
    void aSendThatFailsStopsTheRedriveAndKeepsTheLetter() {
        ScriptedTransport.Stock stock = stock(4);
        engine.transport.stock(HOME.name());
        engine.transport.failSends(outgoing ->
                outgoing.message().id().equals("m1") ? TransportException.permanent("refused", null) : null);

        assertThatThrownBy(() -> dead.redrive(Redrive.all())).hasMessage("refused");

        assertThat(stock.ids()).contains("m1").doesNotContain("m0");
        assertThat(stock.ids()).isSorted();
    }

    @Test
    void aPredicateThatThrowsLeavesTheRest() {
        ScriptedTransport.Stock stock = stock(3);
        engine.transport.stock(HOME.name());

        assertThatThrownBy(() -> dead.redrive(Redrive.where(letter -> {
                    if (letter.id().equals("m1")) {
                        throw new IllegalArgumentException("mine");
                    }
                    return true;
                })))
                .hasMessage("mine");

        assertThat(stock.ids()).containsExactly("m1", "m2");
    }

    @Test
    void aRateIsKeptEvenIfNobodyMovesTheClock() {
        stock(5);
        engine.transport.stock(HOME.name());
        long start = System.nanoTime();

        dead.redrive(Redrive.all().rate(20));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }

    @Test
    void aRateGoesByAVirtualClockThatMoves() {
        stock(3);
        engine.transport.stock(HOME.name());
        engine.transport.failSends(outgoing -> {
            engine.time.advance(Duration.ofHours(2));
            return null;
        });
        long start = System.nanoTime();

        assertThat(dead.redrive(Redrive.all().rate(1)).redriven()).isEqualTo(3);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void aLostConnectionBreaksTheWalkOff() {
        ScriptedTransport.Stock stock = stock(3);

        assertThatThrownBy(() -> dead.discard(letter -> {
                    if (letter.id().equals("m1")) {
                        stock.lose(engine.transport.receiver(LETTERS.name()), "cut");
                    }
                    return false;
                }))
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("cut");

        assertThat(stock.ids()).containsExactly("m0", "m1", "m2");
    }

    @Test
    void anInterruptEndsTheWalkAndIsKept() {
        ScriptedTransport.Stock stock = stock(3);
        engine.transport.stock(HOME.name());

        assertThatThrownBy(() -> dead.redrive(Redrive.where(letter -> {
                    if (letter.id().equals("m1")) {
                        Thread.currentThread().interrupt();
                    }
                    return true;
                })))
                .isInstanceOf(MessagingException.class)
                .hasMessageContaining("interrupted");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(stock.ids()).containsExactly("m1", "m2");
    }

    @Test
    void discardTakesAwayWhatMatches() {
        ScriptedTransport.Stock stock = stock(4);

        assertThat(dead.discard(letter -> letter.id().equals("m2"))).isEqualTo(1);
        assertThat(stock.ids()).containsExactly("m0", "m1", "m3");
        assertThat(dead.discard(letter -> true)).isEqualTo(3);
        assertThat(stock.ids()).isEmpty();
    }

    @Test
    void purgeAsksTheBroker() {
        stock(1);

        dead.purge();

        assertThat(engine.transport.purged).containsExactly(LETTERS);
    }

    @Test
    void aWalkPastMoreThanItHoldsKeepsTheOrder() {
        int count = LetterScan.MOST_HELD + 300;
        ScriptedTransport.Stock stock = stock(count);
        engine.transport.stock(HOME.name());
        engine.transport.failSends(outgoing -> {
            if (outgoing.to().equals(LETTERS)) {
                stock.addSoon(outgoing.message());
            }
            return null;
        });

        RedriveReport report = dead.redrive(Redrive.where(letter -> letter.id().equals("m" + (count - 1))));

        assertThat(report).isEqualTo(new RedriveReport(count, 1, count - 1L));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < count - 1; i++) {
            expected.add("m" + i);
        }
        assertThat(stock.ids()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void everyLetterIsEitherRedrivenOrStillThere(long seed) {
        Random random = new Random(seed);
        int count = 1 + random.nextInt(400);
        ScriptedTransport.Stock stock = stock(count);
        engine.transport.stock(HOME.name());
        List<String> all = stock.ids();
        List<String> chosen = all.stream().filter(id -> random.nextInt(3) == 0).toList();

        RedriveReport report = dead.redrive(Redrive.where(letter -> chosen.contains(letter.id())));

        assertThat(report).isEqualTo(new RedriveReport(count, chosen.size(), count - (long) chosen.size()));
        assertThat(engine.transport.sentTo("emails")).extracting(Message::id).isEqualTo(chosen);
        List<String> rest = new ArrayList<>(all);
        rest.removeAll(chosen);
        await("acks are on their way")
                .untilAsserted(() -> assertThat(stock.ids()).isEqualTo(rest));
    }

    private ScriptedTransport.Stock stock(int count) {
        Message[] letters = new Message[count];
        for (int i = 0; i < count; i++) {
            letters[i] = letter("m" + i);
        }
        return engine.transport.stock(LETTERS.name(), letters);
    }

    private static Message letter(String id) {
        return FailureRecords.deadLetter(
                Message.builder(id, new byte[] {1}).build(),
                FailureRecords.of(new IllegalStateException(id), Reason.ATTEMPTS_EXHAUSTED, "emails", null, 3, 1, 2, 0),
                "emails",
                3);
    }

    private static Capabilities.Builder capabilities() {
        return Capabilities.builder("Scripted 1.0", ScriptedTransport.LIMITS).exactDepth(true);
    }
}
