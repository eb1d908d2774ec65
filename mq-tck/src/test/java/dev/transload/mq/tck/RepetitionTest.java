package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The least history that breaks each of I6 to I8, what comes again or is with two, and the nearest that does not. */
class RepetitionTest extends SafetyRig {

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
}
