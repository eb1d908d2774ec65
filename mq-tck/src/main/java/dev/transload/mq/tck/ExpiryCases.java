package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.DELAY;
import static dev.transload.mq.tck.Feature.PRIORITY;
import static dev.transload.mq.tck.Feature.SECURITY;
import static dev.transload.mq.tck.Feature.TTL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.ExpiryPolicy;
import dev.transload.mq.Explanation;
import dev.transload.mq.Failure;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.UnsupportedCapabilityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Time to live, and priorities: what becomes of a message that waits. */
@TckGroup("Expiry and priority")
final class ExpiryCases {

    private static final Duration SHORT = Duration.ofMillis(400);

    @TckCase(
            id = "TTL-01",
            value = "an expired message is not handled, and its expiry is told",
            tier = Tier.T1,
            check = "is the expiry judged before the handler, wherever the message waited?",
            proves = TTL)
    void expired(Tck t) {
        Queue<String> queue = t.queue();
        t.client().send(queue, "x", SendOptions.ttl(SHORT));
        t.elapse(SHORT.plusMillis(200));

        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("fence");
        t.until("the expiry is told", () -> t.history().expired() == 1);
        assertThat(t.client().deadLetters(queue).count()).isZero();
    }

    @TckCase(
            id = "TTL-02",
            value = "a message that has not expired is handled",
            tier = Tier.T1,
            check = "in which unit and from when on does the time to live count?",
            proves = TTL)
    void notExpired(Tck t) {
        Queue<String> queue = t.queue();
        t.client().send(queue, "x", SendOptions.ttl(Duration.ofMinutes(10)));
        t.elapse(Duration.ofMillis(200));

        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        assertThat(seen.await(1).message().ttl()).isEqualTo(600_000);
    }

    @TckCase(
            id = "TTL-03",
            value = "a long-lived message in front does not keep a short-lived one alive",
            tier = Tier.T1,
            check = "does the broker look for expired messages at the head of its queue alone?",
            proves = TTL)
    void behindALongLivedOne(Tck t) {
        Queue<String> queue = t.queue();
        t.client().send(queue, "long", SendOptions.ttl(Duration.ofHours(1)));
        t.client().send(queue, "short", SendOptions.ttl(SHORT));
        t.elapse(SHORT.plusMillis(200));

        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.fence(queue, seen);
        seen.awaitExactly(2);
        assertThat(seen.payloads()).containsExactlyInAnyOrder("long", "fence"); // it is no ordered queue
    }

    @TckCase(
            id = "TTL-04",
            value = "by policy an expired message is a dead letter, which does not expire; redriven it is handled",
            tier = Tier.T1,
            check = "does a dead letter keep the time to live of its original?",
            proves = {TTL, Feature.DEAD_LETTERS})
    void expiredIsDeadLettered(Tck t) {
        Queue<String> queue = t.queue();
        String id = t.client().send(queue, "x", SendOptions.ttl(SHORT));
        t.elapse(SHORT.plusMillis(200));
        Seen<String> seen = t.seen();
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .expiryPolicy(ExpiryPolicy.DEAD_LETTER)
                                .build());
        t.until("it is a dead letter", () -> t.client().deadLetters(queue).count() == 1);
        DeadLetter letter = t.client().deadLetters(queue).browse(1).get(0);
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.failure().reason()).isEqualTo(Failure.Reason.EXPIRED);

        t.client().deadLetters(queue).redrive(Redrive.all());
        assertThat(seen.await(1).id()).isEqualTo(id);
    }

    @TckCase(
            id = "TTL-05",
            value = "time to live counts from the send: a retry that comes too late is not handled",
            tier = Tier.T1,
            check = "does a retry start the time to live again?",
            proves = TTL)
    void judgedBeforeRetries(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("x")) {
                throw new Boom("always");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.fixed(5, Duration.ofSeconds(6)))
                                .build());
        t.client().send(queue, "x", SendOptions.ttl(Duration.ofSeconds(5)));

        t.until("the expiry is told", () -> t.history().expired() == 1);
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("x", "fence");
    }

    @TckCase(
            id = "TTL-06",
            value = "a time to live of nothing or less is refused",
            check = "is the time to live checked when it is set?",
            proves = {TTL, SECURITY})
    void badTtl(Tck t) {
        t.refused(IllegalArgumentException.class, () -> SendOptions.ttl(Duration.ZERO), "ttl", "1 ms");
        t.refused(IllegalArgumentException.class, () -> SendOptions.ttl(Duration.ofSeconds(-1)), "ttl");
        t.refused(NullPointerException.class, () -> SendOptions.ttl(Nulls.of()), "ttl");
    }

    @TckCase(
            id = "TTL-08",
            value = "a time to live that is not longer than the delay is refused",
            tier = Tier.T1,
            check = "are delay and time to live compared before the send?",
            proves = {TTL, DELAY})
    void ttlWithinDelay(Tck t) {
        Queue<String> queue = t.queue();
        Duration second = Duration.ofSeconds(1);
        t.refused(
                IllegalArgumentException.class,
                () -> t.client().send(queue, "x", SendOptions.delay(second).ttl(second)),
                "ttl",
                "PT1S");

        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.client().send(queue, "ok", SendOptions.delay(second).ttl(Duration.ofMinutes(1)));
        assertThat(seen.await(1).payload()).isEqualTo("ok");
    }

    @TckCase(
            id = "TTL-11",
            value = "a message that expires while it is handled is settled as usual",
            tier = Tier.T1,
            check = "is a delivery taken from its handler when its message expires?",
            proves = TTL)
    void expiresInTheHandler(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client()
                .subscribe(
                        queue, seen, SubscribeOptions.builder().manualSettle().build());
        t.client().send(queue, "x", SendOptions.ttl(Duration.ofSeconds(5)));
        seen.await(1);
        t.elapse(Duration.ofMillis(5100));
        seen.call(0).delivery().ack();

        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(0) == 0);
        assertThat(t.history().expired()).isZero();
        assertThat(t.client().deadLetters(queue).count()).isZero();
    }

    @TckCase(
            id = "PRI-01",
            value = "of what waits, a higher priority comes first: always, or more often where levels are weighted",
            tier = Tier.T1,
            check = "does the prefetch or a buffer hand out low levels ahead of high ones?",
            proves = PRIORITY)
    void higherFirst(Tck t) {
        Queue<String> queue = leveled(t);
        for (int i = 0; i < 30; i++) {
            for (int level = 0; level < 3; level++) {
                t.client().send(queue, level + "-" + i, SendOptions.priority(level));
            }
        }
        boolean strict = t.explanation().feature(PRIORITY.explained()).support() == Explanation.Support.NATIVE;
        Seen<String> seen = t.seen();
        CountDownLatch subscribed = new CountDownLatch(1);
        t.client()
                .subscribe(
                        queue,
                        delivery -> {
                            subscribed.await();
                            takeSomeTime(strict);
                            seen.handle(delivery);
                        },
                        SubscribeOptions.builder().prefetch(strict ? 1 : 7).build());
        takeUp(strict);
        subscribed.countDown();
        seen.awaitExactly(90);

        List<List<String>> levels = IntStream.range(0, 3)
                .mapToObj(level ->
                        IntStream.range(0, 30).mapToObj(i -> level + "-" + i).toList())
                .toList();
        List<String> payloads = seen.payloads();
        if (strict) {
            List<String> expected = new ArrayList<>(levels.get(2));
            expected.addAll(levels.get(1));
            expected.addAll(levels.get(0));
            assertThat(payloads).containsExactlyElementsOf(expected);
        } else {
            assertThat(position(payloads, levels.get(2)))
                    .isLessThan(position(payloads, levels.get(1)))
                    .isLessThan(position(payloads, levels.get(0)));
            assertThat(position(payloads, levels.get(1))).isLessThan(position(payloads, levels.get(0)));
        }
    }

    // Weights show while messages of all levels wait here, and handlers are what is waited for.
    private static void takeUp(boolean strict) {
        if (!strict) {
            LockSupport.parkNanos(Duration.ofSeconds(3).toNanos()); // handlers wait, so a virtual clock would stand
        }
    }

    private static void takeSomeTime(boolean strict) {
        if (!strict) {
            LockSupport.parkNanos(Duration.ofMillis(3).toNanos());
        }
    }

    /** Where some of the payloads are found on average. */
    private static double position(List<String> payloads, List<String> some) {
        return some.stream().mapToInt(payloads::indexOf).average().orElseThrow();
    }

    @TckCase(
            id = "PRI-02",
            value = "within one priority and lane messages keep the order of the sends",
            tier = Tier.T1,
            check = "is a level kept in one place, first in, first out?",
            proves = PRIORITY)
    void orderWithinLevel(Tck t) {
        Queue<String> queue = leveled(t);
        SendOptions.Settings oneLane = t.inOneLane();
        for (int i = 0; i < 20; i++) {
            t.client().send(queue, Integer.toString(i), oneLane.priority(i % 2));
        }
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        seen.awaitExactly(20);

        for (int level = 0; level < 2; level++) {
            int own = level;
            assertThat(seen.payloads().stream().map(Integer::valueOf).filter(n -> n % 2 == own))
                    .hasSize(10)
                    .isSorted();
        }
    }

    @TckCase(
            id = "PRI-03",
            value = "all declared levels are accepted, and others refused rather than clamped",
            check = "is a level out of range clamped instead of refused?",
            proves = PRIORITY)
    void levels(Tck t) {
        Queue<String> queue = leveled(t);
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        for (int level = 0; level < 3; level++) {
            t.client().send(queue, "m", SendOptions.priority(level));
        }
        seen.awaitExactly(3);
        assertThat(seen.calls().stream().map(call -> call.message().priority())).containsExactlyInAnyOrder(0, 1, 2);

        t.refused(
                IllegalArgumentException.class,
                () -> t.client().send(queue, "x", SendOptions.priority(3)),
                "priority",
                "3");
        t.refused(IllegalArgumentException.class, () -> SendOptions.priority(-1), "priority");
        t.refused(IllegalArgumentException.class, () -> SendOptions.priority(10), "priority");
        t.refused(IllegalArgumentException.class, () -> queue.priorities(11), "priorities");
        t.refused(IllegalArgumentException.class, () -> queue.priorities(1), "priorities");
    }

    @TckCase(
            id = "PRI-04",
            value = "a higher number is a higher priority: what was sent last and highest is not handled last",
            check = "does the broker count its levels the other way round?",
            proves = PRIORITY)
    void higherNumberIsHigher(Tck t) {
        Queue<String> queue = leveled(t);
        for (int i = 0; i < 40; i++) {
            t.client().send(queue, "low " + i, SendOptions.priority(0));
        }
        for (int i = 0; i < 10; i++) {
            t.client().send(queue, "high " + i, SendOptions.priority(2));
        }
        t.until("all wait", () -> t.client().admin().depth(queue).orElse(0) == 50);
        boolean strict = t.explanation().feature(PRIORITY.explained()).support() == Explanation.Support.NATIVE;
        CountDownLatch subscribed = new CountDownLatch(1);
        Seen<String> seen = t.seen(delivery -> {
            subscribed.await();
            takeSomeTime(strict);
        });
        t.client().subscribe(queue, seen, SubscribeOptions.builder().prefetch(7).build());
        takeUp(strict);
        subscribed.countDown();
        seen.awaitExactly(50);

        // Strict or weighted, one prefetch of the lowest may be in front.
        List<String> high = IntStream.range(0, 10).mapToObj(i -> "high " + i).toList();
        List<String> low = IntStream.range(0, 40).mapToObj(i -> "low " + i).toList();
        assertThat(position(seen.payloads(), high))
                .as("mean place of the higher level")
                .isLessThan(position(seen.payloads(), low));
        assertThat(seen.payloads().get(49)).startsWith("low");
    }

    @TckCase(
            id = "PRI-05",
            value = "a retried, dead-lettered and redriven message keeps its priority",
            tier = Tier.T1,
            check = "which copy of the message is made without its priority?",
            proves = PRIORITY)
    void priorityIsKept(Tck t) {
        Queue<String> queue = leveled(t);
        AtomicBoolean mended = new AtomicBoolean();
        Seen<String> seen = t.seen(delivery -> {
            if (!mended.get()) {
                throw new Boom("broken");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.immediate(2))
                                .build());
        t.client().send(queue, "x", SendOptions.priority(2));
        t.until("it is a dead letter", () -> t.client().deadLetters(queue).count() == 1);
        mended.set(true);
        t.client().deadLetters(queue).redrive(Redrive.all());

        seen.awaitExactly(3);
        assertThat(seen.calls().stream().map(call -> call.message().priority())).containsExactly(2, 2, 2);
    }

    @TckCase(
            id = "PRI-07",
            value = "a priority for a queue that declares none is refused, its lowest level is not",
            check = "is the priority compared with what the destination declares?",
            proves = PRIORITY)
    void priorityWithoutLevels(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.refused(
                UnsupportedCapabilityException.class,
                () -> t.client().send(queue, "x", SendOptions.priority(1)),
                queue.name());
        t.client().send(queue, "lowest", SendOptions.priority(0));
        assertThat(seen.await(1).payload()).isEqualTo("lowest");
    }

    private static Queue<String> leveled(Tck t) {
        return t.remove(Queue.of(t.name(), String.class).priorities(3));
    }
}
