package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.QUEUE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** A work queue: each message is handled by one of the competing consumers. */
@TckGroup("Work queue")
final class QueueCases {

    @TckCase(id = "WQ-01", value = "one of several consumers handles a message", proves = QUEUE)
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

    @TckCase(id = "WQ-03", value = "what is sent while nobody consumes waits for who comes", proves = QUEUE)
    void waitsForConsumers(Tck t) {
        Queue<String> queue = t.queue();
        t.client().sendAll(queue, texts(20));

        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        seen.awaitExactly(20);
        assertThat(new HashSet<>(seen.payloads())).hasSize(20);
    }

    @TckCase(id = "WQ-05", value = "a consumer that joins later gets work", tier = Tier.T1, proves = QUEUE)
    void laterConsumerGetsWork(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> first = t.seen();
        t.client().subscribe(queue, first);
        int sent = 10;
        t.client().sendAll(queue, texts(sent));
        first.await(1);

        Seen<String> second = t.seen();
        t.newClient().subscribe(queue, second);
        while (second.count() == 0) {
            // It may get no single message that was there before it, but some of those that come.
            t.client().send(queue, "more " + sent);
            sent++;
            int all = sent;
            t.until("all messages so far are handled", () -> first.count() + second.count() >= all);
        }
        List<String> handled = new ArrayList<>(first.ids());
        handled.addAll(second.ids());
        assertThat(handled).doesNotHaveDuplicates().hasSize(sent);
    }

    @TckCase(
            id = "WQ-06",
            value = "a consumer that leaves loses nothing and repeats nothing",
            tier = Tier.T1,
            proves = QUEUE)
    void consumerLeaves(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        Subscription leaving = t.newClient().subscribe(queue, seen);
        t.client().subscribe(queue, seen);
        List<Outbound<String>> all = texts(600);
        t.client().sendAll(queue, all.subList(0, 300));
        seen.await(50);
        leaving.close();
        t.client().sendAll(queue, all.subList(300, 600));

        seen.awaitExactly(600);
        assertThat(new HashSet<>(seen.payloads())).hasSize(600);
    }

    @TckCase(
            id = "WQ-07",
            value = "as many handlers run at once as the concurrency says, and not one more",
            tier = Tier.T1,
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
        queues.forEach(queue -> t.client().send(queue, queue.name()));
        for (int i = 0; i < queues.size(); i++) {
            t.fence(queues.get(i), seen.get(i));
            assertThat(seen.get(i).payloads()).containsExactly(queues.get(i).name(), "fence");
        }
    }

    @TckCase(
            id = "FLW-01",
            value = "never more deliveries are unsettled than the prefetch says",
            tier = Tier.T1,
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
    }

    @TckCase(
            id = "FLW-03",
            value = "a paused subscription calls no handler, and goes on where it was when resumed",
            tier = Tier.T1,
            proves = {QUEUE, Feature.LIFECYCLE})
    void pauseAndResume(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        Subscription subscription = t.client().subscribe(queue, seen);
        t.client().send(queue, "before");
        seen.awaitExactly(1);

        subscription.pause();
        assertThat(subscription.state()).isEqualTo(Subscription.State.PAUSED);
        t.client().sendAll(queue, texts(5));
        t.elapse(Duration.ofMillis(300));
        assertThat(seen.count()).isEqualTo(1);

        subscription.resume();
        seen.awaitExactly(6);
        assertThat(subscription.state()).isEqualTo(Subscription.State.RUNNING);
        assertThat(seen.attempts()).containsOnly(1);
    }

    static List<Outbound<String>> texts(int count) {
        return IntStream.range(0, count).mapToObj(i -> Outbound.of("m" + i)).toList();
    }
}
