package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Outcome;
import dev.transload.mq.SendTimeoutException;
import dev.transload.mq.Topology;
import dev.transload.mq.TransportException;
import dev.transload.mq.client.PendingSend.Told;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendRetriesTest extends SendsRig {

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

    /** A failure whose outcome is asked for at the very moment at which the send's time is over. */
    private static final class AtTheTimeout extends MessagingException {
        private static final long serialVersionUID = 1L;

        private final transient Runnable timeout;

        AtTheTimeout(Runnable timeout) {
            super("connection lost", null);
            this.timeout = timeout;
        }

        @Override
        public boolean retryable() {
            return true;
        }

        @Override
        public Outcome outcome() {
            timeout.run();
            return Outcome.UNKNOWN;
        }
    }

    @Test
    void aTimeoutWhileATryIsFoundToHaveFailedIsUnknown() {
        AtomicBoolean over = new AtomicBoolean();
        transport.holdSends(true);
        PendingSend send = send("a");

        transport.sends.get(0).fail(new AtTheTimeout(() -> {
            if (over.compareAndSet(false, true)) {
                engine.time.advance(TIMEOUT.plusSeconds(1));
            }
        }));

        assertThat(failureOf(send).outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    static List<MessagingException> refusals() {
        return List.of(
                TransportException.permanent("refused", null),
                new AuthenticationException("refused", null),
                new DestinationNotFoundException("refused", null),
                new ClientClosedException("refused", null),
                new MessageTooLargeException("emails", "payload, refused", 2, 1));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalAfterATryThatMayHaveArrivedDoesNotTellThatNothingWasSent(MessagingException refusal) {
        transport.failSends(outgoing ->
                transport.sends.size() == 1 ? TransportException.unknown("connection lost", null) : refusal);

        PendingSend send = send("a");
        engine.time.advance(Duration.ofSeconds(1));

        assertThat(failureOf(send).outcome()).isEqualTo(Outcome.UNKNOWN);
        assertThat(failureOf(send)).hasMessageContaining("refused").hasCause(refusal);
        assertThat(failureOf(send).retryable()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalAfterOthersIsToldAsItIs(MessagingException refusal) {
        transport.failSends(
                outgoing -> transport.sends.size() == 1 ? TransportException.temporary("throttled", null) : refusal);

        PendingSend send = send("a");
        engine.time.advance(Duration.ofSeconds(1));

        assertThat(failureOf(send)).isSameAs(refusal);
    }
}
