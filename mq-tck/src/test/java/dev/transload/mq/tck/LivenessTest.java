package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The least history that stalls, and the nearest that does not; requests, claims, and histories that show nothing. */
class LivenessTest {

    private static final Judge QUEUE = Judge.of(Script.Q, Script.Q, false).stall(Duration.ofSeconds(1));

    private final Script h = new Script();

    private void sound(Judge judge) {
        assertThat(h.judged(judge).violations()).isEmpty();
    }

    private void breaks(Judge judge, Invariant invariant, String blamed) {
        assertThat(h.judged(judge).violations()).singleElement().satisfies(violation -> {
            assertThat(violation.invariant()).as(violation.toString()).isEqualTo(invariant);
            assertThat(violation.blamed()).isEqualTo(blamed);
        });
    }

    // ---- L1

    @Test
    void aFenceThatIsNeverHandledShowsALaneThatStands() {
        h.sent("a").handled("a").fence(Kind.FENCE_SENT, "f");
        breaks(QUEUE, Invariant.L1, "f");
        h.fence(Kind.FENCE_HANDLED, "f");
        sound(QUEUE);
    }

    @Test
    void aFenceIsHandledInTime() {
        h.sent("a").handled("a").fence(Kind.FENCE_SENT, "f").pass(100).fence(Kind.FENCE_HANDLED, "f");
        breaks(QUEUE.fences(Duration.ofMillis(50)), Invariant.L1, "f");
        sound(QUEUE.fences(Duration.ofMillis(150)));
    }

    // ---- L2

    @Test
    void anIdleConsumerBesideAMessageIsAStall() {
        h.opened("c").sent("a").pass(2_000).handled("a");
        breaks(QUEUE, Invariant.L2, "a");
        sound(QUEUE.stall(Duration.ofSeconds(3)));
    }

    @Test
    void aSourceMayStandWhileNobodyConsumes() {
        h.sent("a").pass(2_000).opened("c").handled("a");
        sound(QUEUE);
    }

    @Test
    void aSourceMayStandWhileSomethingIsBroken() {
        h.opened("c").sent("a").fault("pause").pass(2_000).healed("pause").handled("a");
        sound(QUEUE);
    }

    @Test
    void aHandlerThatTakesItsTimeIsNoStall() {
        h.opened("c").sent("a").sent("b").delivered("a").pass(2_000).acked("a").handled("b");
        sound(QUEUE);
    }

    @Test
    void aKeyThatWaitsForItsRetryIsNoStallWhereThereIsOrder() {
        h.opened("c").sent("a", "k").sent("b", "k").delivered("a").failed("a").retried("a", 2_000);
        h.pass(2_000).handled("a").handled("b");
        sound(QUEUE.inOrder());
        breaks(QUEUE, Invariant.L2, "b");
    }

    @Test
    void messagesThatKeepComingDoNotHideThatNoneIsDelivered() {
        h.opened("c");
        for (int i = 0; i < 10; i++) {
            h.sent("m" + i).pass(200);
        }
        for (int i = 0; i < 10; i++) {
            h.handled("m" + i);
        }
        breaks(QUEUE, Invariant.L2, "m0");
    }

    // ---- L3, L5

    @Test
    void afterAFaultWorkGoesOnInTime() {
        h.sent("a").handled("a").fault("cut").healed("cut").pass(500).sent("b").handled("b");
        assertThat(h.judged(QUEUE).measures().get(0).slowestRecoveryMillis()).isEqualTo(503);
        breaks(QUEUE.recovery(Duration.ofMillis(400)), Invariant.L3, "cut");
        sound(QUEUE.recovery(Duration.ofMillis(600)));
    }

    @Test
    void everyConsumerWorksAgainAfterAFault() {
        h.opened("c").opened("d").fault("cut").healed("cut");
        for (int i = 0; i < 100; i++) {
            h.sent("m" + i).handled("m" + i, "c");
        }
        sound(QUEUE);
        breaks(QUEUE.sharedByAll(), Invariant.L5, "d");
        h.sent("last").handled("last", "d");
        sound(QUEUE.sharedByAll());
    }

    // ---- R1 to R4

    @Test
    void aRequestEndsOnce() {
        h.asked(Kind.REQUESTED, "r", "").asked(Kind.ANSWERING, "r", "");
        breaks(QUEUE, Invariant.R1, "r");
        h.asked(Kind.REPLIED, "r", "r");
        sound(QUEUE);
        h.asked(Kind.REPLIED, "r", "r");
        breaks(QUEUE, Invariant.R1, "r");
    }

    @Test
    void aReplyBelongsToItsRequest() {
        h.asked(Kind.REQUESTED, "r", "").asked(Kind.ANSWERING, "r", "").asked(Kind.REPLIED, "r", "s");
        breaks(QUEUE, Invariant.R2, "r");
    }

    @Test
    void aReplyNeedsAResponder() {
        h.asked(Kind.REQUESTED, "r", "").asked(Kind.REPLIED, "r", "r");
        breaks(QUEUE, Invariant.R3, "r");
    }

    @Test
    void aRequestThatFailedGetsNoReply() {
        h.asked(Kind.REQUESTED, "r", "").asked(Kind.ANSWERING, "r", "").asked(Kind.REQUEST_FAILED, "r", "");
        sound(QUEUE);
        h.asked(Kind.REPLIED, "r", "r");
        breaks(QUEUE, Invariant.R4, "r");
    }

    // ---- D1 to D4

    @Test
    void aMessageTakesEffectOnceUnlessItsClaimIsTakenOver() {
        h.asked(Kind.CLAIMED, "a", "c").asked(Kind.EFFECT, "a", "c");
        h.asked(Kind.UNCLAIMED, "a", "c").asked(Kind.CLAIMED, "a", "d").asked(Kind.EFFECT, "a", "d");
        sound(QUEUE);
        h.asked(Kind.EFFECT, "a", "d");
        breaks(QUEUE, Invariant.D1, "a");
    }

    @Test
    void whatIsAckedHasTakenEffect() {
        h.sent("a").delivered("a").asked(Kind.CLAIMED, "a", "c").acked("a");
        breaks(QUEUE, Invariant.D2, "a");
    }

    @Test
    void claimsDoNotOverlap() {
        h.asked(Kind.CLAIMED, "a", "c").asked(Kind.CLAIMED, "a", "d");
        breaks(QUEUE, Invariant.D3, "a");
    }

    @Test
    void whatIsDoneStaysDone() {
        h.asked(Kind.CLAIMED, "a", "c").asked(Kind.EFFECT, "a", "c").asked(Kind.DONE, "a", "c");
        h.asked(Kind.UNCLAIMED, "a", "c");
        sound(QUEUE);
        h.asked(Kind.CLAIMED, "a", "d");
        breaks(QUEUE, Invariant.D4, "a");
    }
}
