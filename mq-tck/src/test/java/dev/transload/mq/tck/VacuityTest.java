package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.HistoryEvent.Kind;
import dev.transload.mq.tck.Judge.Need;
import org.junit.jupiter.api.Test;

/** Histories that break nothing because nothing happened. */
class VacuityTest {

    private static final Judge QUEUE = Judge.of(Script.Q, Script.Q, false);

    private final Script h = new Script();

    private void showsNothing(Judge judge, String why) {
        Verdict verdict = h.judged(judge);
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.inconclusive()).singleElement().asString().contains(why);
        assertThat(verdict.conclusive()).isFalse();
    }

    private void showsSomething(Judge judge) {
        assertThat(h.judged(judge).inconclusive()).isEmpty();
    }

    @Test
    void withoutADelivery() {
        h.sent("a").told(Kind.EXPIRED, "a");
        showsNothing(QUEUE, "nothing was delivered");
    }

    @Test
    void withTooFewMessages() {
        h.sent("a", "k").handled("a");
        showsNothing(QUEUE.atLeast(2, 0), "1 messages were sent, of at least 2");
        showsNothing(QUEUE.atLeast(1, 2), "key k has 1 messages, of at least 2");
        showsSomething(QUEUE.atLeast(1, 1));
    }

    @Test
    void withSendsThatMostlyEndedInDoubt() {
        h.sent("a").handled("a").sending("b", "").unknown("b").sending("c", "").unknown("c");
        showsNothing(QUEUE, "2 of 3 sends ended unknown");
    }

    @Test
    void withoutTheRedeliveriesItIsAbout() {
        h.sent("a").handled("a");
        showsNothing(QUEUE.needing(Need.REDELIVERIES), "no message came again");
        h.sent("b").delivered("b").failed("b").handled("b");
        showsSomething(QUEUE.needing(Need.REDELIVERIES));
    }

    @Test
    void withoutTheDeadLettersItIsAbout() {
        h.sent("a").handled("a");
        showsNothing(QUEUE.needing(Need.DEAD_LETTERS), "no message was set aside");
    }

    @Test
    void withOneConsumerWhereThereShouldBeSeveral() {
        h.sent("a").handled("a", "c").sent("b").handled("b", "c");
        showsNothing(QUEUE.needing(Need.SEVERAL_CONSUMERS), "one consumer got everything");
        h.sent("d").handled("d", "d");
        showsSomething(QUEUE.needing(Need.SEVERAL_CONSUMERS));
    }

    @Test
    void withoutTwoMessagesOfAKeyAtOnce() {
        Judge ordered = QUEUE.inOrder().needing(Need.CONTENTION);
        h.sent("a", "k").handled("a").sent("b", "k").handled("b");
        showsNothing(ordered, "no key had two messages");
        h.sent("c", "k").sent("d", "k").handled("c").handled("d");
        showsSomething(ordered);
    }

    @Test
    void withoutTheFaultsAndInterruptionsItIsAbout() {
        h.sent("a").handled("a");
        showsNothing(QUEUE.needing(Need.FAULTS), "nothing was broken");
        showsNothing(QUEUE.needing(Need.INTERRUPTIONS), "no delivery was taken");
        h.sent("b").delivered("b").told(Kind.LEASE_LOST, "b").handled("b");
        showsSomething(QUEUE.needing(Need.INTERRUPTIONS));
    }

    @Test
    void withAFaultThatMetNothing() {
        h.sent("a").handled("a").fault("cut").healed("cut").sent("b").handled("b");
        showsNothing(QUEUE, "nothing was sent or handled during cut");
    }

    @Test
    void withAFaultThatNobodyNoticed() {
        h.fault("cut").sent("a").handled("a").healed("cut");
        showsNothing(QUEUE, "cut had no effect that anyone noticed");
    }

    @Test
    void aSlowSendNoticesAFault() {
        h.fault("pause")
                .sending("a", "")
                .pass(300)
                .healed("pause")
                .confirmed("a")
                .handled("a");
        showsNothing(QUEUE, "no effect");
        Script slow = new Script();
        slow.fault("pause")
                .sending("a", "")
                .pass(300)
                .confirmed("a")
                .healed("pause")
                .handled("a");
        assertThat(slow.judged(QUEUE).inconclusive()).isEmpty();
    }
}
