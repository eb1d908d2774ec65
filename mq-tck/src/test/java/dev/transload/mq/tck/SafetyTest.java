package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The least history that breaks each of I1 to I13, and beside it the nearest that does not. */
class SafetyTest {

    private static final Judge QUEUE = Judge.of(Script.Q, Script.Q, false);

    private Script h = new Script();

    private void sound() {
        sound(QUEUE);
    }

    private void sound(Judge judge) {
        assertThat(h.judged(judge).violations()).isEmpty();
    }

    private void breaks(Invariant invariant, String blamed) {
        breaks(QUEUE, invariant, blamed);
    }

    private void breaks(Judge judge, Invariant invariant, String blamed) {
        assertThat(h.judged(judge).violations()).singleElement().satisfies(violation -> {
            assertThat(violation.invariant()).as(violation.toString()).isEqualTo(invariant);
            assertThat(violation.blamed()).isEqualTo(blamed);
            assertThat(violation.text()).contains(blamed);
            assertThat(violation.slice()).hasSizeBetween(1, Violation.SLICE);
        });
    }

    // ---- I1

    @Test
    void aConfirmedMessageThatIsNeverDeliveredIsLost() {
        h.sent("a").handled("a").sent("b");
        breaks(Invariant.I1, "b");
    }

    @Test
    void aMessageWhoseSendIsInDoubtMayBeMissing() {
        h.sent("a").handled("a").sending("b", "").unknown("b");
        sound();
    }

    @Test
    void aMessageThatFailedAndNeverCameAgainIsLost() {
        h.sent("a").delivered("a").failed("a");
        breaks(Invariant.I1, "a");
    }

    @Test
    void aMessageThatIsSetAsideExpiredDiscardedOrSkippedIsNotLost() {
        h.sent("a").delivered("a").rejected("a").dead("a", "REQUESTED");
        h.sent("b").told(Kind.EXPIRED, "b");
        h.sent("c").told(Kind.DISCARDED, "c");
        h.sent("d").told(Kind.SKIPPED, "d");
        h.sent("e").foundDead("e", "UNDECODABLE", "#e");
        sound();
    }

    @Test
    void aBrokerThatPromisesNoDurabilityMayLoseWhatItConfirmed() {
        h.sent("a").fault("kill").healed("kill").sent("b").handled("b");
        breaks(Invariant.I1, "a");
        sound(QUEUE.volatileBroker());
    }

    @Test
    void aGroupOwesNothingThatWasSentBeforeItsFirstConsumer() {
        h.sent("a").opened("c").sent("b").handled("b");
        sound(Judge.of(Script.Q, Script.Q, true));
        breaks(Invariant.I1, "a");
    }

    @Test
    void lossesTellWhenTheirMessagesWereSent() {
        h.sending("a", "").fault("cut").confirmed("a").healed("cut");
        assertThat(h.judged(QUEUE).violations().get(0).text()).endsWith("; sent during cut");
    }

    // ---- I2

    @Test
    void aHandlerThatNeverEndsIsToldApartFromALoss() {
        h.sent("a").delivered("a");
        breaks(Invariant.I2, "a");
        sound(QUEUE.underWay());
    }

    @Test
    void aMessageTheBrokerStillHoldsIsToldApartFromALoss() {
        h.sent("a").depth(1);
        breaks(Invariant.I2, "a");
    }

    @Test
    void aBrokerThatHoldsMoreThanIsLeftToSettleKeptACopy() {
        h.sent("a").handled("a").depth(0);
        sound();
        h.depth(1);
        breaks(Invariant.I2, Script.Q);
    }

    // ---- I3, I4, I5

    @Test
    void aMessageNobodySentIsAPhantom() {
        h.handled("ghost");
        breaks(Invariant.I3, "ghost");
    }

    @Test
    void aMessageSeenBeforeItsSendIsAPhantom() {
        h.handled("a").sent("a");
        assertThat(h.judged(QUEUE).violations())
                .first()
                .satisfies(violation -> assertThat(violation.invariant()).isEqualTo(Invariant.I3));
    }

    @Test
    void aMessageMayBeHandledBeforeItsConfirmArrives() {
        h.sending("a", "").handled("a").confirmed("a");
        sound();
    }

    @Test
    void aMessageOfAnotherRunIsCountedAndNotJudged() {
        h.sent("tck:now:1").handled("tck:now:1").handled("tck:before:1");
        Verdict verdict = h.judged(QUEUE.ids("tck:now:"));
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.measures().get(0).stragglers()).isEqualTo(1);
        h.handled("tck:now:2");
        breaks(QUEUE.ids("tck:now:"), Invariant.I3, "tck:now:2");
    }

    @Test
    void whatASendDeniedMayNotBeSeen() {
        h.sending("a", "").refused("a").handled("a");
        breaks(Invariant.I4, "a");
    }

    @Test
    void whatASendDeniedMayBeSeenWhenItWasSentAgain() {
        h.sending("a", "").refused("a").sent("a").handled("a");
        sound();
    }

    @Test
    void whatArrivesOtherwiseThanItWasSentIsDamaged() {
        h.sent("a").delivered("a", "c", 1, false, "#other", "").acked("a");
        breaks(Invariant.I5, "a");
    }

    @Test
    void aDeadLetterThatIsNotWhatWasSentIsDamaged() {
        h.sent("a").delivered("a").rejected("a").foundDead("a", "REQUESTED", "#other");
        breaks(Invariant.I5, "a");
    }

    // ---- I6, I7, I8

    @Test
    void anAckedMessageMayNotComeAgain() {
        h.sent("a").handled("a").handled("a");
        breaks(Invariant.I6, "a");
    }

    @Test
    void anAckedMessageMayComeAgainIfAFaultWasNearItsAck() {
        h.sent("a").handled("a").fault("cut").healed("cut").handled("a");
        sound();
        assertThat(h.judged(QUEUE).measures().get(0).duplicates()).isEqualTo(1);
    }

    @Test
    void aFaultExplainsOneRepetitionAndNotTwo() {
        h.sent("a").handled("a").fault("cut").healed("cut").handled("a").handled("a");
        breaks(QUEUE.attempts(9).reach(Duration.ofMillis(1)), Invariant.I6, "a");
    }

    @Test
    void aFaultLongAfterTheAckExplainsNothing() {
        h.sent("a").handled("a").pass(6_000).fault("cut").healed("cut").handled("a");
        breaks(Invariant.I6, "a");
    }

    @Test
    void aFaultAfterTheRepetitionExplainsNothing() {
        h.sent("a").handled("a").handled("a").fault("cut").healed("cut");
        breaks(Invariant.I6, "a");
    }

    @Test
    void anAckedMessageMayComeAgainIfItsConsumerWasKilledThen() {
        h.sent("a").handled("a", "c").consumer(Kind.CONSUMER_KILLED, "c").handled("a", "d");
        sound();
    }

    @Test
    void anAckedMessageMayNotComeAgainWhenItsConsumerIsClosed() {
        h.sent("a").handled("a", "c");
        h.consumer(Kind.CONSUMER_CLOSING, "c")
                .consumer(Kind.CONSUMER_CLOSED, "c")
                .handled("a", "d");
        breaks(Invariant.I6, "a");
    }

    @Test
    void anAckedMessageMayComeAgainIfTheAckWasTorn() {
        h.sent("a").handled("a").told(Kind.LEASE_LOST, "a").handled("a");
        sound();
    }

    @Test
    void anAckedMessageMayComeAgainWhereTheSourceIsReadAgain() {
        h.sent("a").handled("a").told(Kind.REPLAYED, "").handled("a");
        sound();
    }

    @Test
    void aBrokerThatMayRepeatMayRepeat() {
        h.sent("a").handled("a").handled("a");
        sound(QUEUE.mayRepeat());
    }

    @Test
    void aFailureExplainsTheNextDelivery() {
        h.sent("a").delivered("a").failed("a").handled("a");
        sound();
    }

    @Test
    void aFailureExplainsOneDeliveryAndNotTwo() {
        h.sent("a")
                .delivered("a")
                .failed("a")
                .handled("a")
                .delivered("a", "c", 3)
                .acked("a");
        breaks(Invariant.I6, "a");
    }

    @Test
    void whatAHandlerSetAsideMayNotComeAgain() {
        h.sent("a").delivered("a").rejected("a").handled("a");
        breaks(Invariant.I7, "a");
    }

    @Test
    void whatIsADeadLetterMayNotComeAgain() {
        h.sent("a").delivered("a").failed("a").delivered("a").failed("a").dead("a", "ATTEMPTS_EXHAUSTED");
        sound(QUEUE.attempts(2));
        h.handled("a");
        assertThat(h.judged(QUEUE.attempts(2)).violations())
                .extracting(Violation::invariant)
                .contains(Invariant.I7);
    }

    @Test
    void aSendInDoubtExplainsCopies() {
        h.sending("a", "").unknown("a").handled("a").handled("a");
        sound();
    }

    @Test
    void aFaultDuringTheSendExplainsCopies() {
        h.sending("a", "")
                .fault("cut")
                .healed("cut")
                .confirmed("a")
                .handled("a")
                .handled("a");
        sound();
    }

    @Test
    void aFailureNearAFaultMayLeaveTwoCopies() {
        h.sent("a").delivered("a").failed("a").fault("cut").healed("cut");
        h.handled("a").delivered("a", "c", 2).acked("a");
        sound();
    }

    @Test
    void aMessageMayNotBeWithTwoConsumers() {
        h.sent("a").delivered("a", "c");
        long first = h.call("a");
        h.delivered("a", "d").acked("a").ended(Kind.ACKED, "a", first);
        breaks(Invariant.I8, "a");
    }

    @Test
    void aMessageMayBeWithAnotherConsumerOnceTheFirstHasLostIt() {
        h.sent("a").delivered("a", "c");
        long first = h.call("a");
        h.told(Kind.LEASE_LOST, "a").delivered("a", "d").acked("a").ended(Kind.ACKED, "a", first);
        sound();
    }

    @Test
    void aClosingConsumerMayGiveBackWhatItsHandlerHas() {
        h.sent("a").delivered("a", "c").consumer(Kind.CONSUMER_CLOSING, "c").handled("a", "d");
        sound();
    }

    @Test
    void aLeaseThatEndsWithoutAWordExplainsTheNextDelivery() {
        h.sent("a").delivered("a", "c").pass(1_000).handled("a", "d");
        breaks(Invariant.I8, "a");
        sound(QUEUE.lease(Duration.ofSeconds(1)));
        breaks(QUEUE.lease(Duration.ofSeconds(2)), Invariant.I8, "a");
    }

    @Test
    void aLossIsThatOfTheCallItNames() {
        h.opened("c").sent("a").fault("cut").delivered("a", "c");
        long first = h.call("a");
        h.delivered("a", "c", 2).lost("a", first).acked("a").healed("cut");
        sound();
        h = h();
        h.opened("c").sent("a").fault("cut").delivered("a", "c");
        h.lost("a", h.call("a")).acked("a").healed("cut");
        breaks(Invariant.I13, "a");
    }

    @Test
    void aRebalanceTakesDeliveriesFromOthersWhereThatIsSo() {
        h.opened("c").sent("a").delivered("a", "c").opened("d").handled("a", "d");
        breaks(Invariant.I8, "a");
        sound(QUEUE.rebalancing());
    }

    // ---- I9, I10

    @Test
    void attemptsRiseWithEachFailure() {
        h.sent("a").delivered("a").failed("a").delivered("a", "c", 1).acked("a");
        breaks(Invariant.I9, "a");
    }

    @Test
    void attemptsNeverFall() {
        h.sent("a")
                .delivered("a")
                .failed("a")
                .delivered("a", "c", 3)
                .failed("a")
                .delivered("a", "c", 2)
                .acked("a");
        breaks(QUEUE.attempts(9), Invariant.I9, "a");
    }

    @Test
    void attemptsMayRiseByMoreUnlessTheyAreExact() {
        h.sent("a").delivered("a").failed("a").delivered("a", "c", 3).acked("a");
        sound();
        breaks(QUEUE.exact(true), Invariant.I9, "a");
    }

    @Test
    void aCrashMayGoUnseenOrBeSupposedWhereTheProductSaysSo() {
        Judge exact = QUEUE.exact(true);
        h.sent("a").delivered("a").consumer(Kind.CONSUMER_KILLED, "c");
        h.delivered("a", "d", 1, true, "#a", "").acked("a");
        sound(exact.within(1, 0));
        breaks(exact.within(0, 1), Invariant.I9, "a");
        h = h();
        h.sent("a")
                .delivered("a")
                .consumer(Kind.CONSUMER_KILLED, "c")
                .delivered("a", "d", 3)
                .acked("a");
        sound(exact.within(0, 1));
        breaks(exact.within(1, 0), Invariant.I9, "a");
    }

    @Test
    void whatAProcessThatDiedHadBegunIsMarkedAsRedelivered() {
        h.sent("a")
                .delivered("a")
                .consumer(Kind.CONSUMER_KILLED, "c")
                .delivered("a", "d", 1)
                .acked("a");
        breaks(QUEUE.exact(true).within(1, 1), Invariant.I9, "a");
    }

    @Test
    void failuresNeverGoUnseen() {
        h.sent("a").delivered("a").failed("a").delivered("a", "d", 2).consumer(Kind.CONSUMER_KILLED, "d");
        h.delivered("a", "e", 2).acked("a");
        sound(QUEUE.exact(true).within(1, 1));
        h = h();
        h.sent("a").delivered("a").failed("a").delivered("a", "d", 2).failed("a");
        h.delivered("a", "e", 2, true, "#a", "").acked("a");
        breaks(QUEUE.exact(true).within(1, 1), Invariant.I9, "a");
    }

    @Test
    void whatMayHaveBegunUnseenIsMarkedThoughItHadNotWhereTheProductSaysSo() {
        h.sent("b").delivered("b", "c").consumer(Kind.CONSUMER_KILLED, "c");
        h.sent("a")
                .delivered("a", "d", 1, true, "#a", "")
                .acked("a")
                .delivered("b", "d", 2)
                .acked("b");
        sound(QUEUE.exact(true).within(1, 1));
        breaks(QUEUE.exact(true).within(0, 1), Invariant.I9, "a");
    }

    @Test
    void aBoundMayHaveADeliveryToWhoHadDiedBeforeTheSendWhereTheProductSaysSo() {
        h.sent("b").delivered("b", "c").consumer(Kind.CONSUMER_KILLED, "c");
        h.sent("a").delivered("a", "d", 2).acked("a").delivered("b", "d", 2).acked("b");
        sound(QUEUE.exact(false).within(0, 1));
        breaks(QUEUE.exact(false), Invariant.I9, "a");
        breaks(QUEUE.exact(true).within(0, 1), Invariant.I9, "a");
    }

    @Test
    void aBoundHasNoMoreThanTheProductSays() {
        h.sent("b").delivered("b", "c").consumer(Kind.CONSUMER_KILLED, "c");
        h.sent("a").delivered("a", "d", 3).acked("a").delivered("b", "d", 2).acked("b");
        breaks(QUEUE.exact(false).within(0, 1), Invariant.I9, "a");
    }

    @Test
    void aBoundHasNothingSupposedBeforeAnybodyHasDied() {
        h.sent("a").delivered("a", "c", 2).acked("a");
        breaks(QUEUE.exact(false).within(0, 1), Invariant.I9, "a");
    }

    @Test
    void theFirstAttemptIsTheFirst() {
        h.sent("a").delivered("a", "c", 2).acked("a");
        breaks(Invariant.I9, "a");
    }

    @Test
    void theFirstAttemptSeenMayBeALaterOneAfterAFault() {
        h.sent("a").fault("cut").healed("cut").delivered("a", "c", 2).acked("a");
        sound();
    }

    @Test
    void aHandlerThatAFaultOvertookMaySayItsAttemptLateButOnlyOnce() {
        h.sent("a").fault("cut");
        h.delivered("a", "c", 2).acked("a").delivered("a", "d", 1).acked("a");
        sound(QUEUE.exact(true));
        h.delivered("a", "e", 2).acked("a").delivered("a", "f", 1).acked("a");
        breaks(QUEUE.exact(true).attempts(9), Invariant.I9, "a");
    }

    @Test
    void aLaterAttemptSaysThatItComesAgain() {
        h.sent("a")
                .delivered("a")
                .failed("a")
                .delivered("a", "c", 2, false, "#a", "")
                .acked("a");
        breaks(Invariant.I9, "a");
    }

    @Test
    void aRedriveBeginsAnew() {
        h.sent("a")
                .delivered("a")
                .rejected("a")
                .dead("a", "REQUESTED", 1)
                .redriven("a")
                .handled("a");
        sound();
        h = h();
        h.sent("a").delivered("a").rejected("a").dead("a", "REQUESTED", 1).redriven("a");
        h.delivered("a", "c", 2).acked("a");
        breaks(Invariant.I9, "a");
    }

    @Test
    void aMessageThatFailedAsOftenAsItMayIsNotHandedOutAgain() {
        h.sent("a").delivered("a").failed("a").delivered("a").failed("a").handled("a");
        sound(QUEUE.attempts(3));
        breaks(QUEUE.attempts(2), Invariant.I10, "a");
    }

    @Test
    void whatAProcessKnewOfFailuresMayDieWithItUnlessAttemptsAreExact() {
        h.sent("a").delivered("a").failed("a").delivered("a").failed("a");
        h.consumer(Kind.CONSUMER_KILLED, "c").handled("a", "d");
        sound(QUEUE.attempts(2));
        breaks(QUEUE.attempts(2).exact(true).reach(Duration.ofNanos(1)), Invariant.I10, "a");
    }

    @Test
    void aMessageKillsOneProcessMoreThanItHasAttemptsAtMost() {
        h.sent("a");
        for (int i = 1; i <= 3; i++) {
            h.delivered("a", "c" + i).consumer(Kind.CONSUMER_KILLED, "c" + i);
        }
        h.dead("a", "CRASHED");
        sound(QUEUE.attempts(2));
        breaks(QUEUE.attempts(1), Invariant.I10, "a");
    }

    // ---- I11

    @Test
    void aDeadLetterHasFailedAsOftenAsItMay() {
        h.sent("a").delivered("a").failed("a").dead("a", "ATTEMPTS_EXHAUSTED", 1);
        sound(QUEUE.attempts(1));
        breaks(QUEUE.attempts(2), Invariant.I11, "a");
        sound(QUEUE.attempts(2).inOrder().failuresLetGo());
    }

    @Test
    void aDeadLetterIsOneOnce() {
        h.sent("a").delivered("a").rejected("a").dead("a", "REQUESTED").dead("a", "REQUESTED");
        breaks(Invariant.I11, "a");
    }

    @Test
    void aDeadLetterMayBeToldAndFound() {
        h.sent("a").delivered("a").rejected("a").dead("a", "REQUESTED").foundDead("a", "REQUESTED", "#a");
        h.sent("b")
                .delivered("b")
                .rejected("b")
                .foundDead("b", "REQUESTED", "#b")
                .dead("b", "REQUESTED");
        sound();
    }

    @Test
    void aDeadLetterMayBeThereTwiceIfAFaultMetItsMove() {
        h.sent("a")
                .delivered("a")
                .rejected("a")
                .fault("cut")
                .dead("a", "REQUESTED")
                .healed("cut");
        h.dead("a", "REQUESTED");
        sound();
    }

    @Test
    void whatWasAckedIsNoDeadLetter() {
        h.sent("a").handled("a").dead("a", "NOT_RETRYABLE");
        assertThat(h.judged(QUEUE).violations())
                .extracting(Violation::text)
                .first()
                .isEqualTo("a was dead-lettered although it was acked (and 1 times more for it)");
        h = h();
        h.sent("a").handled("a").foundDead("a", "", "#a");
        breaks(Invariant.I11, "a");
    }

    @Test
    void reasonsOfDeadLettersAreTrue() {
        h.sent("a").dead("a", "CRASHED");
        breaks(Invariant.I11, "a");
        h = h();
        h.sent("a").fault("kill").healed("kill").dead("a", "CRASHED");
        sound();
        h = h();
        h.sent("a").delivered("a").failed("a").dead("a", "REQUESTED");
        breaks(Invariant.I11, "a");
        h = h();
        h.sent("a").delivered("a").failed("a").dead("a", "UNDECODABLE");
        breaks(Invariant.I11, "a");
        h = h();
        h.sent("a").delivered("a").failed("a").dead("a", "NOT_RETRYABLE", 2);
        breaks(Invariant.I11, "a");
        h = h();
        h.sent("a").told(Kind.EXPIRED, "a").dead("a", "EXPIRED");
        sound();
    }

    // ---- I12, I13

    @Test
    void aDelayedMessageMayNotComeEarly() {
        h.sending("a", "", "s", 100).confirmed("a").pass(50).handled("a");
        breaks(Invariant.I12, "a");
        h = h();
        h.sending("a", "", "s", 100).confirmed("a").pass(100).handled("a");
        sound();
    }

    @Test
    void aRetryMayNotComeEarly() {
        h.sent("a").delivered("a").failed("a").retried("a", 100).pass(50).handled("a");
        breaks(Invariant.I12, "a");
        h = h();
        h.sent("a").delivered("a").failed("a").retried("a", 100).pass(100).handled("a");
        sound();
    }

    @Test
    void clocksMayDifferByWhatTheJudgeAllows() {
        h.sending("a", "", "s", 100).confirmed("a").pass(50).handled("a");
        sound(QUEUE.clockError(Duration.ofMillis(60)));
    }

    @Test
    void anAckOfAConsumerThatLostTheMessageDoesNotSettleIt() {
        h.sent("a").delivered("a", "c");
        long zombie = h.call("a");
        h.told(Kind.LEASE_LOST, "a").delivered("a", "d");
        h.ended(Kind.ACKED, "a", zombie);
        h.failed("a");
        breaks(Invariant.I13, "a");
    }

    @Test
    void aFailureOfAConsumerThatLostTheMessageDoesNotBringItBack() {
        h.sent("a").delivered("a", "c");
        long zombie = h.call("a");
        h.told(Kind.LEASE_LOST, "a").delivered("a", "d").acked("a").ended(Kind.FAILED, "a", zombie);
        sound();
        h.handled("a");
        breaks(Invariant.I13, "a");
    }

    private static Script h() {
        return new Script();
    }
}
