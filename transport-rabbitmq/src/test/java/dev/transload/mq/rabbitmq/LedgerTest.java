package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Ledger ledger = new Ledger();

    @Test
    void aMessageSentConfirmedAndHandledIsNoViolation() {
        sent("a", null);
        handled("a");

        assertThat(ledger.violations()).isEmpty();
        assertThat(ledger.settled()).isTrue();
    }

    @Test
    void aConfirmedMessageThatNobodyHandledIsLost() {
        sent("a", null);

        assertThat(ledger.violations()).containsExactly("lost: a was confirmed, then neither handled nor set aside");
        assertThat(ledger.settled()).isFalse();
    }

    @Test
    void aMessageWhoseHandlerOnlyFailedIsLostUnlessItWasSetAside() {
        sent("a", null);
        ledger.started("a");
        ledger.failed("a");
        assertThat(ledger.violations()).singleElement().asString().startsWith("lost: a");

        ledger.setAside("a");

        assertThat(ledger.violations()).isEmpty();
    }

    @Test
    void anUnconfirmedMessageMayBeLostOrHandledWhereTheSendWasDoubtful() {
        ledger.sending("a", null);
        ledger.unknown("a");
        ledger.sending("b", null);
        ledger.unknown("b");
        handled("b");

        assertThat(ledger.violations()).isEmpty();
        assertThat(ledger.sendsFailed()).isEqualTo(2);
    }

    @Test
    void aMessageHandledThoughItWasToldNotToBeSentIsAViolation() {
        ledger.sending("a", null);
        ledger.notSent("a");
        handled("a");

        assertThat(ledger.violations()).singleElement().asString().startsWith("told wrong: a");
    }

    @Test
    void aMessageNobodySentIsAPhantom() {
        handled("a");

        assertThat(ledger.violations()).containsExactly("phantom: a was handled and never sent");
    }

    @Test
    void handlingAgainNeedsAnExplanation() {
        sent("a", null);
        handled("a");
        handled("a");

        assertThat(ledger.violations()).containsExactly("duplicate: a was handled again and nothing explains it");
        assertThat(ledger.duplicates()).isEqualTo(1);
    }

    @Test
    void aFailureExplainsTheNextCall() {
        sent("a", null);
        ledger.started("a");
        ledger.failed("a");
        handled("a");

        assertThat(ledger.violations()).isEmpty();
        assertThat(ledger.duplicates()).isZero();
    }

    @Test
    void aFaultBetweenTwoCallsExplainsTheSecondAndNoLaterOne() {
        sent("a", null);
        handled("a");
        ledger.fault("cut");
        ledger.recovered("cut");
        handled("a");
        assertThat(ledger.violations()).isEmpty();

        handled("a");

        assertThat(ledger.violations()).singleElement().asString().startsWith("duplicate: a");
    }

    @Test
    void aFaultAfterAFailureExplainsACopyThatIsHandledLater() {
        sent("a", null);
        ledger.started("a");
        ledger.failed("a");
        ledger.fault("cut");
        handled("a");
        ledger.recovered("cut");
        handled("a");

        assertThat(ledger.violations()).isEmpty();
    }

    @Test
    void aFaultDuringTheSendExplainsACopy() {
        ledger.sending("a", null);
        ledger.fault("cut");
        ledger.recovered("cut");
        ledger.confirmed("a");
        handled("a");
        handled("a");

        assertThat(ledger.violations()).isEmpty();
    }

    @Test
    void aKeyMayRollBackAndNotSkip() {
        sent("a", "k");
        sent("b", "k");
        sent("c", "k");
        handled("a");
        ledger.started("b");
        ledger.fault("cut");
        handled("a");
        handled("b");
        handled("c");
        assertThat(ledger.violations()).isEmpty();
    }

    @Test
    void aMessageHandledBeforeAnEarlierOneOfItsKeyIsOutOfOrder() {
        sent("a", "k");
        sent("b", "k");
        sent("other", "j");
        handled("other");
        handled("b");
        handled("a");

        assertThat(ledger.violations()).containsExactly("order: b was handled before a of its key was settled");
    }

    @Test
    void aMessageHandledWhileAnEarlierOneOfItsKeyWaitsForItsRetryIsOutOfOrder() {
        sent("a", "k");
        sent("b", "k");
        ledger.started("a");
        ledger.failed("a");
        handled("b");
        handled("a");

        assertThat(ledger.violations()).singleElement().asString().startsWith("order: b");
    }

    @Test
    void aMessageTheBrokerDoesNotHaveIsInNobodysWay() {
        ledger.sending("a", "k");
        ledger.unknown("a");
        sent("b", "k");
        handled("b");

        assertThat(ledger.violations()).isEmpty();
    }

    @Test
    void manyFindingsOfOneKindAreShownAsAFewAndANumber() {
        for (int i = 0; i < 8; i++) {
            sent("m" + i, null);
        }

        assertThat(ledger.violations()).hasSize(6).last().isEqualTo("lost: and 3 more");
    }

    private void sent(String id, String key) {
        ledger.sending(id, key);
        ledger.confirmed(id);
    }

    private void handled(String id) {
        ledger.started(id);
        ledger.done(id);
    }
}
