package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.Failure.Reason;
import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import dev.transload.mq.OrderPolicy;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place.Role;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutcomesTest {

    private final FlowRig rig = new FlowRig();
    private final AtomicInteger calls = new AtomicInteger();

    @AfterEach
    void close() {
        rig.close();
    }

    private void startFailing() {
        rig.start(delivery -> {
            calls.incrementAndGet();
            throw new IllegalStateException("fails");
        });
    }

    private static ScriptedTransport.Delivered of(Message.Builder message) {
        return new ScriptedTransport.Delivered(message.build(), "emails");
    }

    @Test
    void aRetryIsACopyThatCountsAndCarriesNoMarksOfWhereItWas() throws Exception {
        rig.options.retry(RetryPolicy.fixed(3, Duration.ofSeconds(7)));
        rig.capabilities =
                FlowRig.capable().sendDelay(Duration.ofDays(1), "yes").build();
        startFailing();
        ScriptedTransport.Delivered first = rig.deliver(of(Message.builder("a", new byte[] {1, 2})
                .key("k")
                .header("tenant", "blue")
                .annotation(Annotations.DELAY, "1")
                .annotation(Annotations.DELAY_TOTAL, "1")));

        first.acked.get(10, TimeUnit.SECONDS);

        assertThat(rig.engine.transport.sends).hasSize(1);
        ScriptedTransport.Sent sent = rig.engine.transport.sends.get(0);
        Message copy = sent.outgoing.message();
        assertThat(sent.outgoing.to()).isEqualTo(FlowRig.EMAILS);
        assertThat(sent.outgoing.delayMillis()).isEqualTo(7_000);
        assertThat(copy.id()).isEqualTo("a");
        assertThat(copy.key()).isEqualTo("k");
        assertThat(copy.body()).containsExactly(1, 2);
        assertThat(copy.headers()).containsOnly(java.util.Map.entry("tenant", "blue"));
        assertThat(copy.annotations())
                .containsEntry(Annotations.ATTEMPT, "2")
                .containsKey(Annotations.FIRST_FAILURE)
                .doesNotContainKeys(Annotations.DELAY, Annotations.DELAY_TOTAL, Annotations.CRASHES);
    }

    @Test
    void aHandlerThatChangesItsArrayChangesNoRetryAndNoDeadLetter() throws Exception {
        rig.options.retry(RetryPolicy.fixed(2, Duration.ofSeconds(7)));
        rig.capabilities =
                FlowRig.capable().sendDelay(Duration.ofDays(1), "yes").build();
        rig.start(delivery -> {
            delivery.payload()[0] = 9;
            throw new IllegalStateException("fails");
        });

        for (String attempt : List.of("1", "2")) {
            Message.Builder came =
                    Message.lateBuilder("a", () -> new byte[] {1, 2}).annotation(Annotations.ATTEMPT, attempt);
            rig.deliver(of(came)).acked.get(10, TimeUnit.SECONDS);
        }

        assertThat(rig.engine.transport.sends)
                .extracting(sent -> sent.outgoing.message().body())
                .containsExactly(new byte[] {1, 2}, new byte[] {1, 2});
        assertThat(rig.engine.transport.sends)
                .extracting(sent -> sent.outgoing.to().role())
                .containsExactly(Role.QUEUE, Role.DEAD_LETTERS);
    }

    @Test
    void aHandlerThatAsksForNoMessageHasNoneMadeBesideItsPayload() throws Exception {
        List<byte[]> made = new CopyOnWriteArrayList<>();
        List<Object> seen = new CopyOnWriteArrayList<>();
        rig.start(delivery ->
                seen.addAll(List.of(delivery.id(), delivery.key(), delivery.headers(), delivery.payload())));

        deliverMade("a", made);

        assertThat(made).hasSize(1);
        // Had the message made its bytes, the handler's would be a copy of them.
        assertThat(seen).startsWith("a", Optional.of("k"), Map.of("h", "v")).hasSize(4);
        assertThat(seen.get(3)).isSameAs(made.get(0));
    }

    @Test
    void aMessageThatAHandlerKeepsHasItsOwnBytes() throws Exception {
        List<byte[]> made = new CopyOnWriteArrayList<>();
        List<Message> kept = new CopyOnWriteArrayList<>();
        rig.start(delivery -> kept.add(delivery.message()));

        deliverMade("a", made);

        assertThat(made).hasSize(2);
        assertThat(kept.get(0).body()).isSameAs(made.get(1));
        assertThat(made).hasSize(2);
    }

    private void deliverMade(String id, List<byte[]> made) throws Exception {
        Message.Builder came = Message.lateBuilder(id, () -> {
                    byte[] bytes = {1};
                    made.add(bytes);
                    return bytes;
                })
                .key("k")
                .header("h", "v");
        rig.deliver(of(came)).acked.get(10, TimeUnit.SECONDS);
    }

    @Test
    void theOriginalIsAckedOnlyWhenTheBrokerHasTheCopy() throws Exception {
        rig.options.retry(RetryPolicy.immediate(3));
        rig.engine.transport.holdSends(true);
        startFailing();
        ScriptedTransport.Delivered first = rig.deliver("a");
        await("the copy leaves").until(() -> rig.engine.transport.sends.size() == 1);
        assertThat(first.settles).hasValue(0);

        rig.engine.transport.sends.get(0).confirm();

        first.acked.get(10, TimeUnit.SECONDS);
        await("credit is back").until(() -> rig.receiver.credit.get() == 10);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDeadLetterThatCannotBeSentWaitsAndIsTriedAgainWithoutTheHandler(boolean atomic) throws Exception {
        if (atomic) {
            rig.capabilities =
                    FlowRig.capable().has(Capability.ATOMIC_MOVE, "yes").build();
        }
        AtomicInteger tries = new AtomicInteger();
        rig.engine.transport.failSends(
                outgoing -> tries.incrementAndGet() < 3 ? TransportException.permanent("denied", null) : null);
        startFailing();
        ScriptedTransport.Delivered first = of(Message.builder("a", new byte[0]));
        if (atomic) {
            first.settleFails = TransportException.permanent("denied", null);
        }
        rig.deliver(first);
        await("it was tried").until(() -> atomic ? first.settles.get() == 1 : tries.get() == 1);
        assertThat(first.acked).isNotDone();
        assertThat(rig.receiver.credit).hasValue(9);

        if (atomic) {
            first.settleFails = null;
        }
        await("it is tried again until it works").untilAsserted(() -> {
            rig.advance(Duration.ofSeconds(1));
            assertThat(rig.deadLettered).hasSize(1);
        });

        first.acked.get(10, TimeUnit.SECONDS);
        assertThat(calls).hasValue(1);
        assertThat(rig.counted(MqObserver.Event.FAILED)).isEqualTo(1);
    }

    @Test
    void aFailureOfANeverRetryTypeIsSetAsideAtOnce() {
        rig.options.retry(RetryPolicy.builder()
                .maxAttempts(5)
                .neverRetry(IllegalStateException.class)
                .build());
        startFailing();
        rig.deliver("a");

        await("it is set aside")
                .untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));
        assertThat(rig.deadLettered.get(0).reason()).isEqualTo(Reason.NOT_RETRYABLE);
        assertThat(rig.engine.transport.sentTo("emails.dlq"))
                .extracting(Message::id)
                .containsExactly("a");
    }

    @Test
    void attemptsGoOnFromTheEnvelope() {
        rig.options.retry(RetryPolicy.immediate(3));
        startFailing();
        rig.deliver(of(Message.builder("a", new byte[0]).annotation(Annotations.ATTEMPT, "3")));

        await("it is set aside")
                .untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));
        assertThat(calls).hasValue(1);
        assertThat(rig.deadLettered.get(0).attempts()).isEqualTo(3);
    }

    @Test
    void withoutDeadLettersWhatIsGivenUpIsDiscarded() throws Exception {
        rig.keepsDeadLetters = false;
        startFailing();
        ScriptedTransport.Delivered first = rig.deliver("a");

        first.acked.get(10, TimeUnit.SECONDS);
        assertThat(rig.engine.transport.sends).isEmpty();
        assertThat(rig.counted(MqObserver.Event.DISCARDED)).isEqualTo(1);
    }

    @Test
    void anEphemeralGroupRetriesInMemory() throws Exception {
        rig.ephemeral = true;
        rig.keepsDeadLetters = false;
        rig.options.retry(RetryPolicy.fixed(3, Duration.ofSeconds(5)));
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        rig.start(delivery -> {
            attempts.add(delivery.attempt());
            throw new IllegalStateException("fails");
        });
        ScriptedTransport.Delivered first = rig.deliver("a");
        await("the first attempt").until(() -> attempts.size() == 1);
        assertThat(first.settles).hasValue(0);

        await("the rest").untilAsserted(() -> {
            rig.advance(Duration.ofSeconds(5));
            assertThat(first.acked).isDone();
        });

        assertThat(attempts).containsExactly(1, 2, 3);
        assertThat(rig.engine.transport.sends).isEmpty();
    }

    @Test
    void whereOrderMustHoldARetryWaitsInItsPlaceAndItsKeyWithIt() throws Exception {
        rig.place = FlowRig.ORDERS;
        rig.capabilities =
                FlowRig.capable().has(Capability.NOTE_ATTEMPTS, "yes").build();
        rig.options.concurrency(4).retry(RetryPolicy.fixed(3, Duration.ofSeconds(5)));
        List<String> ran = new CopyOnWriteArrayList<>();
        rig.start(delivery -> {
            ran.add(delivery.id() + delivery.attempt());
            if (delivery.id().equals("a") && delivery.attempt() < 3) {
                throw new IllegalStateException("fails");
            }
        });
        ScriptedTransport.Delivered a = rig.deliver("a", "k");
        ScriptedTransport.Delivered b = rig.deliver("b", "k");

        await("all is handled").untilAsserted(() -> {
            rig.advance(Duration.ofSeconds(5));
            assertThat(b.acked).isDone();
        });

        assertThat(ran).containsExactly("a1", "a2", "a3", "b1");
        assertThat(a.notes).containsExactly(1, 2);
    }

    @Test
    void whereNothingCanBeNotedARetryWaitsInItsPlaceAllTheSame() {
        rig.place = FlowRig.ORDERS;
        rig.options.retry(RetryPolicy.fixed(3, Duration.ofSeconds(5)));
        List<String> ran = new CopyOnWriteArrayList<>();
        rig.start(delivery -> {
            ran.add(delivery.id() + delivery.attempt());
            if (delivery.id().equals("a") && delivery.attempt() == 1) {
                throw new IllegalStateException("fails");
            }
        });
        ScriptedTransport.Delivered a = rig.deliver("a", "k");
        ScriptedTransport.Delivered b = rig.deliver("b", "k");
        await("the first attempt").until(() -> rig.counted(MqObserver.Event.RETRIED) == 1);
        assertThat(a.settles).hasValue(0);

        await("both are handled").untilAsserted(() -> {
            rig.advance(Duration.ofSeconds(1));
            assertThat(b.acked).isDone();
        });

        assertThat(ran).containsExactly("a1", "a2", "b1");
        assertThat(a.settles).hasValue(1);
        assertThat(a.notes).isEmpty();
    }

    @Test
    void aKeyMayGoOnInsteadOfWaiting() {
        rig.place = FlowRig.ORDERS;
        rig.options
                .retry(RetryPolicy.fixed(3, Duration.ofSeconds(5)))
                .orderPolicy(OrderPolicy.DEAD_LETTER_AND_CONTINUE);
        rig.start(delivery -> {
            if (delivery.id().equals("a")) {
                throw new IllegalStateException("fails");
            }
        });
        rig.deliver("a", "k");
        ScriptedTransport.Delivered b = rig.deliver("b", "k");

        await("the next of the key is handled").until(b.acked::isDone);
        assertThat(rig.engine.transport.sentTo("orders.dlq"))
                .extracting(Message::id)
                .containsExactly("a");
    }

    @Test
    void aRetryByHandBeyondWhatTheBrokerCanWaitIsRefusedAndTheDeliveryStaysOpen() throws Exception {
        rig.capabilities =
                FlowRig.capable().sendDelay(Duration.ofHours(1), "yes").build();
        rig.start(delivery -> {
            assertThatThrownBy(() -> delivery.retry(Duration.ofDays(2)))
                    .hasMessageContaining("can wait at most PT1H, was PT48H");
            assertThatThrownBy(() -> delivery.deadLetter(" ")).hasMessage("reason must not be blank");
        });
        ScriptedTransport.Delivered first = rig.deliver("a");

        first.acked.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aStageThatFailsIsAFailure() {
        rig.async = delivery -> java.util.concurrent.CompletableFuture.failedFuture(new IllegalStateException("fails"));
        rig.start(null);
        rig.deliver("a");

        await("it is set aside")
                .untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));
        assertThat(rig.deadLettered.get(0).type()).isEqualTo("IllegalStateException");
        await("the slot is free").until(() -> rig.receiver.credit.get() == 10);
    }

    @Test
    void whatOnlyPassesOnItsWayIsNoDeliveryAnyoneIsToldOf() throws Exception {
        List<String> heard = new CopyOnWriteArrayList<>();
        rig.options.listener(new MqListener() {
            @Override
            public void delivered(Delivery<?> delivery) {
                heard.add(delivery.id());
            }
        });
        rig.onTheWay = true;
        rig.start(delivery -> {});

        rig.deliver("a").acked.get(10, TimeUnit.SECONDS);
        rig.subscription.close(Duration.ofSeconds(10));

        assertThat(rig.engine.counted).isEmpty();
        assertThat(heard).isEmpty();
    }

    @Test
    void aLostLeaseOfWhatPassesOnItsWayIsTold() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch lost = new CountDownLatch(1);
        rig.onTheWay = true;
        rig.start(delivery -> {
            begun.countDown();
            lost.await();
        });
        ScriptedTransport.Delivered held = rig.deliver("a");
        await("the handler has it").until(() -> begun.getCount() == 0);

        rig.lose(held);

        await("it may come twice").until(() -> rig.lost.contains("a"));
        lost.countDown();
    }
}
