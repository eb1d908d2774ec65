package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Idempotency;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.MqObserver;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AnswerTest {

    private static final Place INBOX = Places.reply("inbox");
    private static final Message REPLY = Message.builder("r", new byte[] {7}).build();

    private final FlowRig rig = new FlowRig();
    private final AtomicInteger calls = new AtomicInteger();
    private final List<Boolean> oneStep = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Thread> nobody = new CompletableFuture<>();

    @BeforeEach
    void oneStepIsPossible() {
        rig.options.manualSettle();
        rig.capabilities = FlowRig.capable().has(Capability.ATOMIC_MOVE, "yes").build();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void answer(Delivery<byte[]> delivery) {
        calls.incrementAndGet();
        oneStep.add(((Answerable) delivery).answer(INBOX, REPLY, () -> nobody.complete(Thread.currentThread())));
    }

    private static ScriptedTransport.Delivered request() {
        return new ScriptedTransport.Delivered(
                Message.builder("a", new byte[] {1}).build(), "emails");
    }

    @Test
    void theReplyAndTheAckAreOneSettle() throws Exception {
        rig.start(this::answer);
        ScriptedTransport.Delivered request = rig.deliver("a");
        request.acked.get(10, TimeUnit.SECONDS);

        await("it is counted as completed").until(() -> rig.counted(MqObserver.Event.COMPLETED) == 1);
        assertThat(oneStep).containsExactly(true);
        assertThat(request.settles).hasValue(1);
        assertThat(request.moved).extracting(Outgoing::to).containsExactly(INBOX);
        assertThat(request.moved).extracting(Outgoing::message).containsExactly(REPLY);
        assertThat(rig.receiver.credit).hasValue(10);
    }

    @Test
    void withoutTheInboxTheRequestIsAckedAndItsServerTold() throws Exception {
        rig.start(this::answer);
        ScriptedTransport.Delivered request = request();
        request.movesFail = new DestinationNotFoundException("no inbox", null);
        rig.deliver(request);
        request.acked.get(10, TimeUnit.SECONDS);

        assertThat(nobody.get(10, TimeUnit.SECONDS).getName()).isEqualTo("scripted-completions");
        await("it is counted as completed").until(() -> rig.counted(MqObserver.Event.COMPLETED) == 1);
        assertThat(request.moved).isEmpty();
        assertThat(calls).hasValue(1);
    }

    @Test
    void aReplyThatDoesNotGetThroughIsTriedAgainWithoutTheHandler() throws Exception {
        rig.start(this::answer);
        ScriptedTransport.Delivered request = request();
        request.movesFail = TransportException.unknown("no answer", null);
        rig.deliver(request);
        await("it was tried").until(() -> rig.counted(MqObserver.Event.SEND_RETRIED) == 1);
        assertThat(request.acked).isNotDone();
        assertThat(rig.receiver.credit).hasValue(9);

        request.movesFail = null;
        await("it is tried again").untilAsserted(() -> {
            rig.advance(Duration.ofMillis(100));
            assertThat(request.moved).hasSize(1);
        });
        assertThat(calls).hasValue(1);
        assertThat(nobody).isNotDone();
    }

    @Test
    void aReplyThatIsRefusedForGoodCountsAsAFailedAttempt() {
        rig.options.retry(RetryPolicy.none());
        rig.start(this::answer);
        ScriptedTransport.Delivered request = request();
        request.movesFail = TransportException.permanent("denied", null);
        rig.deliver(request);

        await("it was tried").until(() -> request.settles.get() > 0);
        request.movesFail = null;
        await("it is set aside").untilAsserted(() -> {
            rig.advance(Duration.ofSeconds(1));
            assertThat(rig.deadLettered).hasSize(1);
        });
        assertThat(calls).hasValue(1);
        assertThat(rig.counted(MqObserver.Event.COMPLETED)).isZero();
    }

    @Test
    void nothingIsSentUnderALeaseThatIsLost() throws Exception {
        ScriptedTransport.Delivered request = request();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        rig.start(delivery -> {
            rig.lose(request);
            try {
                answer(delivery);
            } catch (LeaseLostException e) {
                thrown.complete(e);
            }
        });
        rig.deliver(request);

        assertThat(thrown.get(10, TimeUnit.SECONDS)).isInstanceOf(LeaseLostException.class);
        assertThat(request.settles).hasValue(0);
    }

    @Test
    void aLeaseThatTheBrokerCallsLostIsTold() {
        rig.start(this::answer);
        ScriptedTransport.Delivered request = request();
        request.movesFail = new LeaseLostException("taken away", null);
        rig.deliver(request);

        await("the loss is told").untilAsserted(() -> assertThat(rig.lost).containsExactly("a"));
        assertThat(rig.counted(MqObserver.Event.COMPLETED)).isZero();
        assertThat(rig.receiver.credit).hasValue(10);
    }

    @Test
    void aSecondAnswerIsRefused() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        rig.start(delivery -> {
            answer(delivery);
            try {
                answer(delivery);
            } catch (IllegalStateException e) {
                thrown.complete(e);
            }
        });
        ScriptedTransport.Delivered request = rig.deliver("a");

        assertThat(thrown.get(10, TimeUnit.SECONDS)).hasMessageContaining("settled already");
        assertThat(request.moved).hasSize(1);
    }

    @Test
    void itIsTwoStepsWhereAStoreHasToKnowInBetween() {
        rig.options.idempotency(Idempotency.byMessageId(new InMemoryIdempotencyStore()));
        rig.start(this::answer);
        ScriptedTransport.Delivered request = rig.deliver("a");

        await("it was handled").untilAsserted(() -> assertThat(oneStep).containsExactly(false));
        assertThat(request.settles).hasValue(0);
    }

    @Test
    void itIsTwoStepsWhereTheBrokerHasNoSuchStep() {
        rig.capabilities = FlowRig.capable().build();
        rig.start(this::answer);
        ScriptedTransport.Delivered request = rig.deliver("a");

        await("it was handled").untilAsserted(() -> assertThat(oneStep).containsExactly(false));
        assertThat(request.settles).hasValue(0);
    }
}
