package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The least history that breaks each of I1 to I5 and I11 to I13, and beside it the nearest that does not. The others are in
 * {@link RepetitionTest} and {@link AttemptsJudgedTest}.
 */
class SafetyTest extends SafetyRig {

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
}
