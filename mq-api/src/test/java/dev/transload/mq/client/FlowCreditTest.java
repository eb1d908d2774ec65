package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.MqListener;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.Subscription.State;
import dev.transload.mq.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowCreditTest {

    private final FlowRig rig = new FlowRig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void theFirstCreditIsThePrefetch() {
        rig.options.prefetch(7);
        rig.start(delivery -> {});

        assertThat(rig.receiver.credit).hasValue(7);
    }

    @Test
    void withAPrefetchOfOneTheNextComesWhenTheLastIsSettled() throws Exception {
        rig.options.prefetch(1);
        Semaphore go = new Semaphore(0);
        rig.start(delivery -> go.acquire());
        ScriptedTransport.Delivered first = rig.deliver("a");
        assertThat(rig.receiver.credit).hasValue(0);

        go.release();

        first.acked.get(10, TimeUnit.SECONDS);
        await("credit follows the settle").until(() -> rig.receiver.credit.get() == 1);
    }

    @ParameterizedTest
    @CsvSource({"1,false,1", "2,false,8", "3,false,20", "4,true,1", "5,true,8", "6,true,20", "7,true,8", "8,false,8"})
    void creditGivenIsThePrefetchAndEveryDeliveryThatLeft(long seed, boolean ordered, int prefetch) {
        rig.place = ordered ? FlowRig.ORDERS : FlowRig.EMAILS;
        rig.capabilities = FlowRig.capable()
                .has(Capability.NOTE_ATTEMPTS, "yes")
                .releaseDelay(Duration.ofHours(1))
                .build();
        rig.options
                .prefetch(prefetch)
                .concurrency(Math.min(4, prefetch))
                .retry(RetryPolicy.fixed(3, Duration.ofMillis(500)));
        Random random = new Random(seed);
        Random handlers = new Random(seed + 1000);
        rig.start(delivery -> {
            switch (handlers.nextInt(8)) {
                case 0, 1 -> throw new IllegalStateException("fails");
                case 2 -> delivery.retry(Duration.ofMillis(200));
                case 3 -> delivery.deadLetter("enough");
                case 4 -> delivery.discard();
                default -> Thread.onSpinWait();
            }
        });
        List<ScriptedTransport.Delivered> all = new ArrayList<>();
        Set<ScriptedTransport.Delivered> lost = ConcurrentHashMap.newKeySet();
        for (int step = 0; step < 1500; step++) {
            switch (random.nextInt(12)) {
                case 0 -> rig.advance(Duration.ofMillis(random.nextInt(400)));
                case 1 -> {
                    if (random.nextInt(5) == 0) {
                        rig.subscription.pause();
                    }
                }
                case 2, 3 -> rig.subscription.resume();
                case 4 -> {
                    if (!all.isEmpty() && random.nextInt(4) == 0) {
                        ScriptedTransport.Delivered one =
                                all.get(all.size() - 1 - random.nextInt(Math.min(all.size(), 5)));
                        lost.add(one);
                        rig.lose(one);
                    }
                }
                default -> {
                    if (rig.receiver.credit.get() > 0) {
                        all.add(rig.deliver("m" + step, "k" + random.nextInt(4)));
                    }
                }
            }
            int given = rig.receiver.creditEver.get();
            assertThat(given).isLessThanOrEqualTo(prefetch + left(all, lost));
        }
        rig.subscription.resume();

        await("all leave, and credit is back").untilAsserted(() -> {
            rig.advance(Duration.ofSeconds(1));
            assertThat(left(all, lost)).isEqualTo(all.size());
            assertThat(rig.receiver.creditEver).hasValue(prefetch + all.size());
        });
        assertThat(rig.receiver.credit).hasValue(prefetch);
        assertThat(all).allSatisfy(one -> assertThat(one.settles).hasValueLessThanOrEqualTo(1));
    }

    private static int left(List<ScriptedTransport.Delivered> all, Set<ScriptedTransport.Delivered> lost) {
        return (int) all.stream()
                .filter(one -> one.settles.get() > 0 || lost.contains(one))
                .count();
    }

    @Test
    void concurrencyIsReachedAndNeverExceeded() throws Exception {
        rig.options.concurrency(5).prefetch(50);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch five = new CountDownLatch(5);
        CountDownLatch go = new CountDownLatch(1);
        rig.start(delivery -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            five.countDown();
            go.await();
            running.decrementAndGet();
        });
        List<ScriptedTransport.Delivered> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(rig.deliver("m" + i));
        }

        assertThat(five.await(10, TimeUnit.SECONDS)).isTrue();
        go.countDown();

        for (ScriptedTransport.Delivered one : all) {
            one.acked.get(10, TimeUnit.SECONDS);
        }
        assertThat(most).hasValue(5);
    }

    @Test
    void aStageKeepsItsSlotUntilItEnds() throws Exception {
        rig.options.concurrency(2).prefetch(10);
        List<CompletableFuture<Void>> stages = new CopyOnWriteArrayList<>();
        rig.async = delivery -> {
            CompletableFuture<Void> stage = new CompletableFuture<>();
            stages.add(stage);
            return stage;
        };
        rig.start(null);
        List<ScriptedTransport.Delivered> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(rig.deliver("m" + i));
        }
        for (int ended = 0; ended < 6; ended++) {
            int begun = Math.min(6, ended + 2);
            await("as many as may run").until(() -> stages.size() >= begun);
            for (int i = 0; i < 2_000; i++) {
                Thread.onSpinWait();
            }
            assertThat(stages).hasSize(begun);
            stages.get(ended).complete(null);
        }

        for (ScriptedTransport.Delivered one : all) {
            one.acked.get(10, TimeUnit.SECONDS);
        }
        await("credit is back").until(() -> rig.receiver.credit.get() == 10);
    }

    @Test
    void aWaitingRetryHoldsNoSlot() throws Exception {
        rig.capabilities =
                FlowRig.capable().has(Capability.NOTE_ATTEMPTS, "yes").build();
        rig.place = FlowRig.ORDERS;
        rig.options.concurrency(1).prefetch(10).retry(RetryPolicy.fixed(2, Duration.ofHours(1)));
        rig.start(delivery -> {
            if (delivery.id().equals("bad")) {
                throw new IllegalStateException("fails");
            }
        });
        ScriptedTransport.Delivered bad = rig.deliver("bad", "a");
        ScriptedTransport.Delivered good = rig.deliver("good", "b");
        ScriptedTransport.Delivered behind = rig.deliver("behind", "a");

        good.acked.get(10, TimeUnit.SECONDS);

        assertThat(bad.settles).hasValue(0);
        assertThat(behind.began).isFalse();
    }

    @Test
    void noHandlerStartsAfterAPauseHasReturned() {
        AtomicInteger started = new AtomicInteger();
        // The last thing before the call: the handler's own first step may be late, its thread can stand still there.
        MqListener atCall = new MqListener() {
            @Override
            public void delivered(Delivery<?> delivery) {
                started.incrementAndGet();
            }
        };
        rig.options.concurrency(4).prefetch(100).listener(atCall);
        rig.start(delivery -> {});
        for (int round = 0; round < 50; round++) {
            while (rig.receiver.credit.get() > 0 && round < 49) {
                rig.deliver("m" + round + "-" + rig.receiver.creditEver.get());
            }
            rig.subscription.pause();
            int atPause = started.get();
            for (int i = 0; i < 2_000; i++) {
                Thread.onSpinWait();
            }
            assertThat(started).hasValue(atPause);
            assertThat(rig.subscription.state()).isEqualTo(State.PAUSED);
            rig.subscription.resume();
        }
    }

    @Test
    void duringAPauseNothingComesForWhatLeaves() throws Exception {
        rig.options.concurrency(2).prefetch(2);
        Semaphore go = new Semaphore(0);
        rig.start(delivery -> go.acquire());
        ScriptedTransport.Delivered one = rig.deliver("a");
        ScriptedTransport.Delivered two = rig.deliver("b");
        await("both run").until(() -> rig.subscription.flow().drain().running() == 2);
        rig.subscription.pause();

        go.release(2);
        one.acked.get(10, TimeUnit.SECONDS);
        two.acked.get(10, TimeUnit.SECONDS);
        await("nothing comes for them")
                .during(Duration.ofMillis(100))
                .until(() -> rig.subscription.flow().drain().running() == 0 && rig.receiver.creditEver.get() == 2);

        rig.subscription.resume();
        await("credit").until(() -> rig.receiver.creditEver.get() == 4);
    }

    @Test
    void aPauseInsideAHandlerReturns() throws Exception {
        rig.start(delivery -> rig.subscription.pause());
        ScriptedTransport.Delivered one = rig.deliver("a");

        one.acked.get(10, TimeUnit.SECONDS);
        assertThat(rig.subscription.state()).isEqualTo(State.PAUSED);
    }
}
