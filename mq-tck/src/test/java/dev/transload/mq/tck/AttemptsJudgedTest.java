package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The least history that breaks I9 or I10, how attempts are told and bounded, and the nearest that does not. */
class AttemptsJudgedTest extends SafetyRig {

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
}
