package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.Message;
import dev.transload.mq.MqObserver;
import dev.transload.mq.spi.Annotations;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdempotencyStepTest {

    private final FlowRig rig = new FlowRig();
    private final AtomicInteger calls = new AtomicInteger();
    private final Watched store = new Watched();

    @AfterEach
    void close() {
        rig.close();
    }

    /** A store on the rig's clock that tells what was asked and can be down. */
    private final class Watched implements IdempotencyStore {
        final List<String> asked = new CopyOnWriteArrayList<>();
        volatile String down = "";

        final InMemoryIdempotencyStore real = new InMemoryIdempotencyStore(new Clock() {
            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return Instant.ofEpochMilli(rig.engine.time.millis());
            }
        });

        private void asked(String what) {
            asked.add(what);
            if (down.contains(what)) {
                throw new IllegalStateException("store down");
            }
        }

        @Override
        public Claim begin(String key, String owner, Duration lease) {
            asked("begin");
            return real.begin(key, owner, lease);
        }

        @Override
        public boolean renew(String key, String token, Duration lease) {
            asked("renew");
            return real.renew(key, token, lease);
        }

        @Override
        public boolean complete(String key, String token, Duration retention) {
            asked("complete");
            return real.complete(key, token, retention);
        }

        @Override
        public boolean abandon(String key, String token) {
            asked("abandon");
            return real.abandon(key, token);
        }
    }

    private void start(dev.transload.mq.MessageHandler<byte[]> handler) {
        rig.options.idempotency(Idempotency.byMessageId(store).lease(Duration.ofSeconds(30)));
        rig.start(handler);
    }

    private void startCounting() {
        start(delivery -> calls.incrementAndGet());
    }

    @Test
    void aDuplicateOfACompletedMessageIsAckedWithoutTheHandler() throws Exception {
        startCounting();
        rig.deliver("a").acked.get(10, TimeUnit.SECONDS);

        rig.deliver("a").acked.get(10, TimeUnit.SECONDS);

        assertThat(calls).hasValue(1);
        assertThat(store.asked).containsExactly("begin", "complete", "begin");
        assertThat(rig.counted(MqObserver.Event.DUPLICATE_SKIPPED)).isEqualTo(1);
    }

    @Test
    void aFailureFreesTheKeyBeforeTheMessageGoesOn() throws Exception {
        start(delivery -> {
            throw new IllegalStateException("fails");
        });

        rig.deliver("a").acked.get(10, TimeUnit.SECONDS);

        assertThat(store.asked).containsExactly("begin", "abandon");
        assertThat(store.real.size()).isZero();
    }

    @Test
    void withTheStoreDownBeforeTheHandlerTheMessageWaitsUnhandled() throws Exception {
        store.down = "begin";
        startCounting();
        ScriptedTransport.Delivered first = rig.deliver("a");
        await("the store was asked").until(() -> store.asked.size() == 1);
        assertThat(first.settles).hasValue(0);
        assertThat(calls).hasValue(0);

        store.down = "";
        await("it is handled when the store is back").untilAsserted(() -> {
            rig.advance(Duration.ofSeconds(1));
            assertThat(first.acked).isDone();
        });
        assertThat(calls).hasValue(1);
        assertThat(rig.counted(MqObserver.Event.FAILED)).isZero();
    }

    @Test
    void withTheStoreDownAfterTheHandlerTheMessageIsAckedWithAnEvent() throws Exception {
        store.down = "complete";
        startCounting();

        rig.deliver("a").acked.get(10, TimeUnit.SECONDS);

        assertThat(calls).hasValue(1);
        assertThat(rig.bypassed).singleElement().asString().contains("store could not be reached after the handler");
    }

    @Test
    void whatIsInProgressElsewhereWaitsForThatLease() {
        IdempotencyStore.Claim other = store.real.begin("emails/a", "other", Duration.ofSeconds(20));
        assertThat(other).isInstanceOf(IdempotencyStore.Claim.Started.class);
        startCounting();
        ScriptedTransport.Delivered first = rig.deliver("a");
        await("the store was asked").until(() -> store.asked.size() == 1);

        rig.advance(Duration.ofSeconds(19));
        assertThat(calls).hasValue(0);
        await("it is handled after the lease").untilAsserted(() -> {
            rig.advance(Duration.ofSeconds(1));
            assertThat(first.acked).isDone();
        });

        assertThat(calls).hasValue(1);
        assertThat(rig.counted(MqObserver.Event.FAILED)).isZero();
    }

    @Test
    void aClaimIsRenewedWhileTheHandlerRunsAndNotAfter() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        start(delivery -> {
            running.countDown();
            go.await();
        });
        ScriptedTransport.Delivered first = rig.deliver("a");
        running.await();
        for (int i = 1; i <= 5; i++) {
            int renewals = i;
            rig.advance(Duration.ofSeconds(10));
            await("renewed on the completion thread").until(() -> store.asked.size() == 1 + renewals);
        }
        go.countDown();
        first.acked.get(10, TimeUnit.SECONDS);
        int asked = store.asked.size();
        await("it leaves").until(() -> rig.receiver.credit.get() == 10);

        rig.advance(Duration.ofMinutes(5));

        assertThat(store.asked).hasSize(asked);
        assertThat(rig.engine.time.waiting()).isZero();
        assertThat(store.real.begin("emails/a", "other", Duration.ofSeconds(1)))
                .isInstanceOf(IdempotencyStore.Claim.Done.class);
    }

    @Test
    void aZombieDoesNotSettleTheClaimOfTheOneAfterIt() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        store.down = "renew";
        start(delivery -> {
            running.countDown();
            go.await();
        });
        ScriptedTransport.Delivered zombie = rig.deliver("a");
        running.await();
        rig.advance(Duration.ofSeconds(31));
        IdempotencyStore.Claim next = store.real.begin("emails/a", "next", Duration.ofMinutes(1));
        assertThat(next).isInstanceOf(IdempotencyStore.Claim.Started.class);

        go.countDown();
        zombie.acked.get(10, TimeUnit.SECONDS);

        await("the event is told")
                .untilAsserted(
                        () -> assertThat(rig.bypassed).containsExactly("the claim ended before the handler did"));
        assertThat(store.real.begin("emails/a", "third", Duration.ofSeconds(1)))
                .isInstanceOf(IdempotencyStore.Claim.InProgress.class);
    }

    @Test
    void aHandlerThatSucceedsAfterItsLeaseWasLostIsRemembered() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        start(delivery -> {
            running.countDown();
            while (go.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        ScriptedTransport.Delivered first = rig.deliver("a");
        running.await();
        rig.lose(first);
        go.countDown();
        await("it leaves").until(() -> rig.receiver.credit.get() == 10);

        assertThat(store.asked).containsExactly("begin", "complete");
        rig.advance(Duration.ofMinutes(5));
        assertThat(store.asked).doesNotContain("renew");
        assertThat(first.settles).hasValue(0);
    }

    @Test
    void aHandlerThatALossEndedFreesItsKey() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        start(delivery -> {
            running.countDown();
            new CountDownLatch(1).await();
        });
        ScriptedTransport.Delivered first = rig.deliver("a");
        running.await();

        rig.lose(first);

        await("the key is free").until(() -> store.real.size() == 0);
        assertThat(store.asked).containsExactly("begin", "abandon");
    }

    @Test
    void aDeliveryLeftOpenAndLostFreesItsKey() throws Exception {
        rig.options.manualSettle();
        CompletableFuture<Delivery<byte[]>> open = new CompletableFuture<>();
        start(open::complete);
        ScriptedTransport.Delivered first = rig.deliver("a");
        open.get(10, TimeUnit.SECONDS);

        rig.lose(first);

        await("the key is free").until(() -> store.real.size() == 0);
        rig.advance(Duration.ofMinutes(5));
        assertThat(store.asked).containsExactly("begin", "abandon");
    }

    @Test
    void anIdMadeUpOnArrivalBypassesTheStore() throws Exception {
        startCounting();
        Message foreign =
                Message.builder("made-up", new byte[0]).idAssigned(true).build();

        rig.deliver(new ScriptedTransport.Delivered(foreign, "emails")).acked.get(10, TimeUnit.SECONDS);

        assertThat(store.asked).isEmpty();
        assertThat(rig.bypassed).containsExactly("the message has no id that lasts");
    }

    @Test
    void aForcedRedriveRunsAlthoughAnotherCopyWasDone() throws Exception {
        startCounting();
        rig.deliver("a").acked.get(10, TimeUnit.SECONDS);
        Message forced = Message.builder("a", new byte[0])
                .annotation(Annotations.FORCE, "true")
                .annotation(Annotations.REDRIVES, "1")
                .build();

        rig.deliver(new ScriptedTransport.Delivered(forced, "emails")).acked.get(10, TimeUnit.SECONDS);
        rig.deliver(new ScriptedTransport.Delivered(forced, "emails")).acked.get(10, TimeUnit.SECONDS);

        assertThat(calls).hasValue(2);
    }

    @Test
    void aKeyFunctionThatThrowsIsAFailureAndAPauseStillReturnsAtOnce() {
        rig.options.idempotency(Idempotency.<byte[]>by(
                delivery -> {
                    throw new IllegalStateException("no key");
                },
                store));
        rig.start(delivery -> calls.incrementAndGet());
        rig.deliver("a");
        await("it is set aside")
                .untilAsserted(() -> assertThat(rig.deadLettered).hasSize(1));

        long began = System.nanoTime();
        rig.subscription.pause();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
        assertThat(calls).hasValue(0);
    }
}
