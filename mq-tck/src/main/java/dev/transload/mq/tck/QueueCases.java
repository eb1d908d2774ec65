package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** A work queue: each message is handled by one of the competing consumers. */
@TckGroup("Work queue")
final class QueueCases {

    @TckCase(
            id = "WQ-01",
            value = "one of several consumers handles a message",
            check = "does every consumer get a copy?",
            proves = QUEUE)
    void oneOfMany(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        for (int i = 0; i < 3; i++) {
            t.newClient().subscribe(queue, seen);
        }
        String id = t.client().send(queue, "once");
        seen.await(1);
        t.fence(queue, seen);

        assertThat(seen.ids().stream().filter(id::equals)).hasSize(1);
    }

    @TckCase(
            id = "WQ-02",
            value = "consumers share many messages: all are handled, none twice",
            tier = Tier.T1,
            check = "is a delivery handed to two consumers, or dropped between them?",
            proves = QUEUE)
    void sharedWork(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        for (int i = 0; i < 4; i++) {
            t.newClient()
                    .subscribe(
                            queue, seen, SubscribeOptions.builder().prefetch(10).build());
        }
        t.client().sendAll(queue, texts(1000));

        seen.awaitExactly(1000);
        assertThat(new HashSet<>(seen.payloads())).hasSize(1000);
    }

    @TckCase(
            id = "WQ-03",
            value = "what is sent while nobody consumes waits for who comes",
            check = "is a queue without consumers kept, with what is in it?",
            proves = QUEUE)
    void waitsForConsumers(Tck t) {
        Queue<String> queue = t.queue();
        t.client().sendAll(queue, texts(20));

        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        seen.awaitExactly(20);
        assertThat(new HashSet<>(seen.payloads())).hasSize(20);
    }

    @TckCase(
            id = "WQ-05",
            value = "a consumer that joins later gets work",
            tier = Tier.T1,
            check = "does the first consumer hold more than its prefetch, or keep every lane?",
            proves = QUEUE)
    void laterConsumerGetsWork(Tck t) {
        if (t.sharedByLanes()) {
            laterConsumerGetsLanes(t);
            return;
        }
        Queue<String> queue = t.queue();
        CountDownLatch gate = t.latch();
        SubscribeOptions one = SubscribeOptions.builder().prefetch(1).build();
        Seen<String> first = t.seen(delivery -> gate.await());
        t.client().subscribe(queue, first, one);
        t.client().sendAll(queue, texts(5));
        first.await(1);

        Seen<String> second = t.seen();
        t.newClient().subscribe(queue, second, one);
        second.awaitExactly(4);
        gate.countDown();
        t.until("the first consumer is done", () -> first.running() == 0);
        assertThat(first.count()).isEqualTo(1);
    }

    // What was there before it may all be the first one's, but some of what comes is its own.
    private static void laterConsumerGetsLanes(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> first = t.seen();
        t.client().subscribe(queue, first);
        t.client().sendAll(queue, texts(10));
        first.await(1);

        Seen<String> second = t.seen();
        t.newClient().subscribe(queue, second);
        AtomicInteger sent = new AtomicInteger(10);
        t.until("the later consumer gets work", () -> {
            if (first.count() + second.count() >= sent.get()) {
                t.client().send(queue, "more " + sent.getAndIncrement());
            }
            return second.count() > 0;
        });
        t.until("all are handled", () -> first.count() + second.count() >= sent.get());
        List<String> handled = new ArrayList<>(first.ids());
        handled.addAll(second.ids());
        assertThat(handled).doesNotHaveDuplicates().hasSize(sent.get());
    }

    @TckCase(
            id = "WQ-06",
            value = "a consumer that leaves loses nothing and repeats nothing",
            tier = Tier.T1,
            proves = QUEUE,
            check = "are deliveries that were not started given back, and acks flushed, before the consumer ends?")
    void consumerLeaves(Tck t) {
        Queue<String> queue = t.queue();
        Traffic traffic = t.traffic(queue);
        SubscribeOptions options = SubscribeOptions.builder().concurrency(4).build();
        CountDownLatch gate = t.latch();
        AtomicLong begun = new AtomicLong();
        Traffic.Worker leaving = traffic.consume(t.newClient(), queue, options, delivery -> {
            if (begun.incrementAndGet() > 100) { // those before have been acked when it leaves
                gate.await();
            }
        });
        for (int i = 0; i < 300; i++) {
            traffic.send(t.client(), "sender", null, "m" + i);
        }
        traffic.awaitSends();
        t.until("the first consumer is busy", () -> traffic.running() == 4);
        traffic.consume(t.newClient(), queue, options, delivery -> {});
        AtomicLong givenBack = new AtomicLong();
        t.together(2, role -> {
            if (role == 0) {
                givenBack.set(leaving.close().givenBack());
            } else {
                try {
                    if (t.sharedByLanes()) {
                        // A lane follows when what runs of it has ended.
                        untilItLeaves(leaving);
                        LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
                    } else {
                        t.until("the other consumer has all the rest", () -> traffic.calls() >= 300);
                    }
                } catch (RuntimeException | AssertionError missing) {
                    t.history().add(missing.toString()); // the judge tells which
                } finally {
                    gate.countDown();
                }
            }
        });
        for (int i = 300; i < 600; i++) {
            traffic.send(t.client(), "sender", null, "m" + i);
        }
        traffic.drain(t.client());

        assertThat(givenBack).as("deliveries given back unstarted").hasPositiveValue();
        Verdict verdict = t.history().assertSound(t.judge(queue).atLeast(600, 0).needing(Judge.Need.SEVERAL_CONSUMERS));
        assertThat(verdict.measures().get(0).redeliveries()).isZero();
    }

    // In real time, for handlers wait.
    private static void untilItLeaves(Traffic.Worker worker) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (worker.state() == Subscription.State.RUNNING && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    @TckCase(
            id = "WQ-07",
            value = "as many handlers run at once as the concurrency says, and not one more",
            tier = Tier.T1,
            check = "is the concurrency counted over all threads of the subscription?",
            proves = QUEUE)
    void concurrency(Tck t) {
        Queue<String> queue = t.queue();
        CountDownLatch gate = t.latch();
        Seen<String> seen = t.seen(delivery -> gate.await());
        t.client()
                .subscribe(
                        queue, seen, SubscribeOptions.builder().concurrency(5).build());
        t.client().sendAll(queue, texts(40));
        t.until("five handlers run", () -> seen.running() == 5);
        gate.countDown();

        seen.awaitExactly(40);
        assertThat(seen.peak()).isEqualTo(5);
    }

    @TckCase(
            id = "WQ-10",
            value = "queues never exchange messages, also where one name starts with the other",
            check = "are names cut, folded or used as patterns at the broker?",
            proves = QUEUE)
    void queuesAreApart(Tck t) {
        String name = t.name();
        List<Queue<String>> queues = new ArrayList<>();
        List<Seen<String>> seen = new ArrayList<>();
        for (String suffix : List.of("", ".x", "x", "-x")) {
            Queue<String> queue = t.remove(Queue.of(name + suffix, String.class));
            queues.add(queue);
            Seen<String> each = t.seen();
            seen.add(each);
            t.client().subscribe(queue, each);
        }
        // Not in the order of the subscriptions: else consumers of one queue by mistake might each get their own in
        // turn.
        for (int i = queues.size() - 1; i >= 0; i--) {
            t.client().send(queues.get(i), queues.get(i).name());
        }
        for (int i = 0; i < queues.size(); i++) {
            t.fence(queues.get(i), seen.get(i));
            assertThat(seen.get(i).payloads()).containsExactly(queues.get(i).name(), "fence");
        }
    }

    @TckCase(
            id = "FLW-01",
            value = "never more deliveries are unsettled than the prefetch says",
            tier = Tier.T1,
            check = "is credit given back before the delivery is settled?",
            proves = QUEUE)
    void prefetch(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .manualSettle()
                                .concurrency(3)
                                .prefetch(3)
                                .build());
        t.client().sendAll(queue, texts(10));

        // Handlers return and leave their deliveries open: only the prefetch holds the others back.
        for (int settled = 0; settled <= 7; settled++) {
            seen.awaitExactly(3 + settled);
            t.elapse(Duration.ofMillis(100));
            assertThat(seen.count()).as("handed out with %d settled", settled).isEqualTo(3 + settled);
            seen.call(settled).delivery().ack();
        }
        seen.calls().subList(8, 10).forEach(call -> call.delivery().ack());
        assertThat(new HashSet<>(seen.payloads())).hasSize(10);
        if (t.sharedByLanes()) {
            return;
        }

        // Another consumer gets what is over, so the broker has not handed out more either.
        t.client().sendAll(queue, texts(10));
        seen.awaitExactly(13);
        Seen<String> other = t.seen();
        t.newClient().subscribe(queue, other);
        other.awaitExactly(7);
        assertThat(seen.count()).isEqualTo(13);
        seen.calls().subList(10, 13).forEach(call -> call.delivery().ack());
    }

    @TckCase(
            id = "FLW-03",
            value = "a paused subscription calls no handler, and goes on where it was when resumed",
            tier = Tier.T1,
            check = "does a worker start on a buffered delivery after the pause?",
            proves = {QUEUE, Feature.LIFECYCLE})
    void pauseAndResume(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        Subscription subscription = t.client()
                .subscribe(queue, seen, SubscribeOptions.builder().prefetch(2).build());
        t.client().send(queue, "before");
        seen.awaitExactly(1);

        subscription.pause();
        assertThat(subscription.state()).isEqualTo(Subscription.State.PAUSED);
        t.client().sendAll(queue, texts(8));
        // What the paused one does not hold goes to another: the broker has handed out all there is.
        Seen<String> other = t.seen();
        Subscription beside = t.newClient().subscribe(queue, other);
        other.await(t.sharedByLanes() ? 2 : 6); // or some of each lane that is its own
        t.elapse(Duration.ofMillis(300));
        assertThat(seen.count()).as("calls during the pause").isEqualTo(1);
        beside.close();

        subscription.resume();
        t.client().sendAll(queue, texts(3));
        t.until("all are handled", () -> seen.count() + other.count() == 12);
        t.fence(queue, seen);
        assertThat(seen.count() + other.count()).isEqualTo(13);
        assertThat(seen.count()).as("it goes on").isGreaterThanOrEqualTo(5);
        assertThat(subscription.state()).isEqualTo(Subscription.State.RUNNING);
        assertThat(seen.attempts()).containsOnly(1);
    }

    static SubscribeOptions concurrency(int handlers) {
        return SubscribeOptions.builder().concurrency(handlers).build();
    }

    static List<Outbound<String>> texts(int count) {
        return IntStream.range(0, count).mapToObj(i -> Outbound.of("m" + i)).toList();
    }
}
