package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.HistoryEvent.Kind;
import org.junit.jupiter.api.Test;

/** The least history that breaks each of O2 to O7, and beside it the nearest that does not. */
class OrderTest {

    private static final Judge ORDERED = Judge.of(Script.Q, Script.Q, false).inOrder();

    private final Script h = new Script();

    private void sound(Judge judge) {
        assertThat(h.judged(judge).violations()).isEmpty();
    }

    private void breaks(Judge judge, Invariant invariant, String blamed) {
        assertThat(h.judged(judge).violations()).singleElement().satisfies(violation -> {
            assertThat(violation.invariant()).as(violation.toString()).isEqualTo(invariant);
            assertThat(violation.blamed()).isEqualTo(blamed);
            assertThat(violation.slice()).hasSizeBetween(1, Violation.SLICE);
        });
    }

    private void keyed(String... ids) {
        for (String id : ids) {
            h.sent(id, "k");
        }
    }

    // ---- O2

    @Test
    void aKeyIsFirstDeliveredInTheOrderOfItsSends() {
        keyed("a", "b");
        h.handled("b").handled("a");
        breaks(ORDERED, Invariant.O2, "a");
        sound(Judge.of(Script.Q, Script.Q, false));
    }

    @Test
    void keysDoNotWaitForEachOther() {
        h.sent("a", "k").sent("b", "j").handled("b").handled("a");
        sound(ORDERED);
    }

    @Test
    void sendersOfOneKeyDoNotWaitForEachOther() {
        h.sending("a", "k", "s", 0).confirmed("a").sending("b", "k", "r", 0).confirmed("b");
        h.handled("b").handled("a");
        sound(ORDERED);
    }

    @Test
    void oneViolationIsToldForEachMessageThatWasOvertaken() {
        keyed("a", "b", "c", "d");
        h.handled("b").handled("c").handled("d").handled("a");
        breaks(ORDERED, Invariant.O2, "a");
    }

    @Test
    void aMessageThatNeverComesIsLostAndNotOvertaken() {
        keyed("a", "b");
        h.handled("b");
        breaks(ORDERED, Invariant.I1, "a");
    }

    @Test
    void sendsThatOverlapAreInOrderOnlyWhereSendsKeepTheirPlace() {
        h.sending("a", "k")
                .sending("b", "k")
                .confirmed("a")
                .confirmed("b")
                .handled("b")
                .handled("a");
        breaks(ORDERED, Invariant.O2, "a");
        sound(ORDERED.unorderedSends());
    }

    @Test
    void aSendInDoubtHasNoPlaceInTheOrder() {
        h.sending("a", "k").unknown("a").sent("b", "k").handled("b").handled("a");
        sound(ORDERED);
    }

    @Test
    void aDelayedMessageHasNoPlaceInTheOrder() {
        h.sending("a", "k", "sender", 5)
                .confirmed("a")
                .sent("b", "k")
                .handled("b")
                .handled("a");
        sound(ORDERED);
    }

    // ---- O3

    @Test
    void aMessageThatFailedHoldsItsKeyBack() {
        keyed("a", "b");
        h.delivered("a").failed("a").handled("b").handled("a");
        breaks(ORDERED, Invariant.O3, "a");
        sound(ORDERED.failuresLetGo());
    }

    @Test
    void aMessageThatFailedIsTriedAgainBeforeItsKeyGoesOn() {
        keyed("a", "b");
        h.delivered("a").failed("a").handled("a").handled("b");
        sound(ORDERED);
    }

    @Test
    void aKeyGoesOnBehindADeadLetterBeforeThatIsTold() {
        keyed("a", "b", "c");
        h.delivered("a").rejected("a").handled("b").dead("a", "REQUESTED").handled("c");
        sound(ORDERED);
    }

    @Test
    void aKeyGoesOnBehindWhatExpired() {
        keyed("a", "b");
        h.told(Kind.EXPIRED, "a").handled("b");
        sound(ORDERED);
    }

    // ---- O4

    @Test
    void afterAnInterruptionAKeyGoesOnWhereItStopped() {
        keyed("a", "b", "c");
        h.handled("a").delivered("b", "c1").consumer(Kind.CONSUMER_KILLED, "c1");
        h.handled("c", "c2").handled("b", "c2");
        breaks(ORDERED, Invariant.O4, "b");
    }

    @Test
    void afterAnInterruptionAKeyMayGoBackAndRunAgain() {
        keyed("a", "b", "c");
        h.handled("a")
                .delivered("b")
                .fault("cut")
                .healed("cut")
                .handled("a")
                .handled("b")
                .handled("c");
        sound(ORDERED);
        assertThat(h.judged(ORDERED).measures().get(0).deepestRollback()).isEqualTo(1);
    }

    @Test
    void whatRunsAgainRunsInOrder() {
        keyed("a", "b", "c");
        h.handled("a")
                .handled("b")
                .fault("cut")
                .healed("cut")
                .handled("b")
                .handled("a")
                .handled("c");
        breaks(ORDERED, Invariant.O4, "a");
    }

    // ---- O5

    @Test
    void aKeyHasOneHandlerAtATime() {
        keyed("a", "b");
        h.delivered("a").delivered("b").acked("a").acked("b");
        breaks(ORDERED, Invariant.O5, "a");
    }

    @Test
    void aKeyMayHaveASecondHandlerWhenTheFirstHasLostItsDelivery() {
        keyed("a", "b");
        h.delivered("a", "c");
        long zombie = h.call("a");
        h.told(Kind.LEASE_LOST, "a").handled("a", "d").delivered("b", "d");
        h.ended(Kind.ACKED, "a", zombie).acked("b");
        sound(ORDERED);
    }

    @Test
    void messagesOfDifferentSendersShareTheirKeysHandler() {
        h.sending("a", "k", "s", 0).confirmed("a").sending("b", "k", "r", 0).confirmed("b");
        h.delivered("a").delivered("b").acked("a").acked("b");
        breaks(ORDERED, Invariant.O5, "a");
    }

    // ---- O6, O7

    @Test
    void aSendThatIsTriedAgainKeepsItsPlaceWhereThatIsPromised() {
        h.sending("a", "k")
                .fault("cut")
                .sending("b", "k")
                .healed("cut")
                .confirmed("a")
                .confirmed("b");
        h.handled("b").handled("a");
        breaks(ORDERED, Invariant.O6, "a");
        sound(ORDERED.unorderedSends());
    }

    @Test
    void aKeyStaysInItsLane() {
        keyed("a", "b");
        h.delivered("a", "c", 1, false, "#a", "1").acked("a");
        h.delivered("b", "c", 1, false, "#b", "2").acked("b");
        breaks(ORDERED, Invariant.O7, "b");
    }

    @Test
    void aKeyMayChangeItsLaneWhenSomeoneJoins() {
        keyed("a", "b");
        h.delivered("a", "c", 1, false, "#a", "1").acked("a").opened("d");
        h.delivered("b", "c", 1, false, "#b", "2").acked("b");
        sound(ORDERED);
    }
}
