package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Shape;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.sqs.SqsSender.Sending;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SendOrderTest {

    private final MessagingException busy = TransportException.temporary("busy", null);
    private final MessagingException unknown = TransportException.unknown("unknown", null);
    private final MessagingException bad = TransportException.permanent("bad", null);

    private final Worker worker = new Worker("test");
    private final SendOrder order = new SendOrder(worker);
    private final List<Runnable> open = new ArrayList<>();
    private final Batcher<Sending> line =
            new Batcher<>(1000, 4, 60_000, true, worker, Sending::group, false, (batch, ended) -> open.add(ended));
    private final List<String> told = new ArrayList<>();
    private final List<Throwable> failures = new ArrayList<>();

    @AfterEach
    void end() {
        worker.end();
    }

    @Test
    void allThatWasStoredIsDone() {
        order.tell(List.of(sending("a1", "a"), sending("b1", "b")), Map.of(), line);

        assertThat(told).containsExactly("a1 done", "b1 done");
    }

    @Test
    void whatIsBehindAFailureInItsGroupFailsToComeAgainAndOthersAreDone() {
        Sending first = sending("a1", "a");
        line.add(first, 1);
        line.go();
        line.add(sending("a2", "a"), 1);

        order.tell(List.of(first, sending("b1", "b")), Map.of(0, busy), line);

        assertThat(told).containsExactly("a1 again", "b1 done", "a2 again");
    }

    @Test
    void whatComesAfterAFailureIsRefusedUntilOneThatFailedComesAgain() {
        Sending first = sending("a1", "a");
        order.tell(List.of(first), Map.of(0, busy), line);

        assertThat(order.refusal(sending("a2", "a")))
                .isNotNull()
                .satisfies(why -> assertThat(why.retryable()).isTrue());
        assertThat(order.refusal(sending("b1", "b"))).isNull();
        assertThat(order.refusal(first)).isNull();
        assertThat(order.refusal(sending("a3", "a"))).isNull();
    }

    @Test
    void whatFailedInFrontOfOneThatWasStoredFailsForGood() {
        order.tell(List.of(sending("a1", "a"), sending("a2", "a")), Map.of(0, busy), line);

        assertThat(told).containsExactly("a1 failed", "a2 done");
        assertThat(failures)
                .singleElement()
                .isInstanceOfSatisfying(
                        TransportException.class,
                        why -> assertThat(why.outcome()).isEqualTo(Outcome.NOT_SENT));
    }

    @Test
    void whatMayBeStoredStaysUnknownThoughOneBehindItWasStored() {
        order.tell(List.of(sending("a1", "a"), sending("a2", "a")), Map.of(0, unknown), line);

        assertThat(told).containsExactly("a1 failed", "a2 done");
        assertThat(failures)
                .singleElement()
                .isInstanceOfSatisfying(
                        TransportException.class,
                        why -> assertThat(why.outcome()).isEqualTo(Outcome.UNKNOWN));
    }

    @Test
    void whatNeverCanBeStoredHoldsNobody() {
        order.tell(List.of(sending("a1", "a")), Map.of(0, bad), line);

        assertThat(told).containsExactly("a1 failed");
        assertThat(order.refusal(sending("a2", "a"))).isNull();
    }

    @Test
    void whatHasNoGroupHoldsNobody() {
        order.tell(List.of(sending("1", null)), Map.of(0, busy), line);

        assertThat(told).containsExactly("1 again");
        assertThat(order.refusal(sending("2", null))).isNull();
    }

    @Test
    void whatFailedBeforeARequestHoldsItsGroup() {
        order.broke(sending("a1", "a"), busy);

        assertThat(order.refusal(sending("a2", "a"))).isNotNull();
    }

    private Sending sending(String id, @Nullable String group) {
        Message message = Message.builder(id, new byte[0]).build();
        return new Sending(
                new Told(id, message),
                new SqsMessages.Wire(id, id.length(), Map.of(), group == null ? "" : group, id),
                1,
                group);
    }

    private final class Told implements Outgoing {
        private final String id;
        private final Message message;

        Told(String id, Message message) {
            this.id = id;
            this.message = message;
        }

        @Override
        public Place to() {
            return Place.of(Role.QUEUE, "orders", Shape.PLAIN);
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public long delayMillis() {
            return 0;
        }

        @Override
        public void done() {
            told.add(id + " done");
        }

        @Override
        public void failed(Throwable cause) {
            failures.add(cause);
            boolean again = cause instanceof MessagingException failure && failure.retryable();
            told.add(id + (again ? " again" : " failed"));
        }
    }
}
