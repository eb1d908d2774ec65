package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.LIFECYCLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.CloseReport;
import dev.transload.mq.Explanation;
import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Opening, pausing, draining, closing: nothing is lost and nothing is left. */
@TckGroup("Lifecycle")
final class LifecycleCases {

    @TckCase(
            id = "LIF-01",
            value = "a subscription that is closed and made again goes on without loss",
            check = "is what was prefetched given back when the subscription closes?",
            proves = LIFECYCLE)
    void closedAndMadeAgain(Tck t) {
        Queue<String> queue = t.queue();
        CountDownLatch never = t.latch();
        Seen<String> stuck = t.seen(delivery -> never.await());
        Subscription first = t.client().subscribe(queue, stuck);
        t.client().sendAll(queue, QueueCases.texts(20));
        stuck.await(1);
        first.close(Duration.ofMillis(200));
        t.client().send(queue, "between");
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);

        seen.awaitExactly(21);
        assertThat(new HashSet<>(seen.ids())).hasSize(21);
        assertThat(stuck.count()).as("handlers that began before the close").isEqualTo(1);
    }

    @TckCase(
            id = "LIF-02",
            value = "close waits for running handlers, whose messages are settled and do not come again",
            tier = Tier.T1,
            check = "does close wait for handlers, and flush their acks before it leaves?",
            proves = LIFECYCLE,
            realTime = true)
    void closeWaits(Tck t) {
        Queue<String> queue = t.queue();
        CountDownLatch gate = t.latch();
        Seen<String> seen = t.seen(delivery -> gate.await());
        MqClient mq = t.newClient();
        mq.subscribe(queue, seen, SubscribeOptions.builder().concurrency(2).build());
        mq.sendAll(queue, QueueCases.texts(2));
        t.until("both handlers run", () -> seen.running() == 2);
        CompletableFuture<CloseReport> closing = closeElsewhere(mq, Duration.ofSeconds(20));
        t.elapse(Duration.ofMillis(100));
        assertThat(closing).as("close waits").isNotDone();
        gate.countDown();

        CloseReport report = t.ended("close returns", closing).join();
        assertThat(report.clean()).isTrue();
        assertThat(report.handled()).isEqualTo(2);
        assertThat(report.interrupted()).isZero();
        Seen<String> second = t.seen();
        t.client().subscribe(queue, second);
        t.fence(queue, second);
        assertThat(second.payloads()).containsExactly("fence");
    }

    @TckCase(
            id = "LIF-03",
            value = "close interrupts a handler at the deadline and returns; its message comes again",
            tier = Tier.T1,
            check = "is the handler's thread interrupted at the deadline, and its delivery given back?",
            proves = LIFECYCLE,
            realTime = true)
    void closeInterrupts(Tck t) {
        Queue<String> queue = t.queue();
        CountDownLatch never = t.latch();
        AtomicBoolean interrupted = new AtomicBoolean();
        Seen<String> seen = t.seen(delivery -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.set(true);
                throw e;
            }
        });
        MqClient mq = t.newClient();
        mq.subscribe(queue, seen);
        String id = mq.send(queue, "stuck");
        seen.await(1);
        long before = System.nanoTime();
        CloseReport report = mq.close(Duration.ofMillis(300));

        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isLessThan(Duration.ofMillis(1300).multipliedBy(3));
        t.until("the handler was interrupted", interrupted::get);
        assertThat(report.clean()).isFalse();
        assertThat(report.interrupted()).isEqualTo(1);
        Seen<String> second = t.seen();
        t.client().subscribe(queue, second);
        assertThat(second.await(1).id()).isEqualTo(id);
    }

    @TckCase(
            id = "LIF-04",
            value = "close under load loses nothing that was confirmed, and every send ends",
            tier = Tier.T1,
            check = "which send is neither confirmed nor failed, or confirmed and gone, after the close?",
            proves = LIFECYCLE,
            realTime = true)
    void closeUnderLoad(Tck t) throws InterruptedException {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        Set<String> confirmed = ConcurrentHashMap.newKeySet();
        for (int round = 0; round < 3; round++) {
            MqClient mq = t.newClient();
            mq.subscribe(queue, seen, SubscribeOptions.builder().concurrency(8).build());
            List<Thread> senders = new ArrayList<>();
            for (int n = 0; n < 4; n++) {
                senders.add(new Thread(() -> sendUntilClosed(mq, queue, confirmed)));
            }
            senders.forEach(Thread::start);
            int before = seen.count();
            t.until("there is load", () -> seen.count() > before + 200);
            mq.close(Duration.ofSeconds(10));
            for (Thread sender : senders) {
                sender.join(20_000);
                assertThat(sender.isAlive()).as("a send hangs").isFalse();
            }
        }
        t.client().subscribe(queue, seen);

        t.until("all that was confirmed is handled", () -> new HashSet<>(seen.ids()).containsAll(confirmed));
        assertThat(confirmed).hasSizeGreaterThan(600);
    }

    private static void sendUntilClosed(MqClient mq, Queue<String> queue, Set<String> confirmed) {
        try {
            for (int i = 0; i < 1_000_000; i++) {
                confirmed.add(mq.send(queue, "load"));
            }
        } catch (ClientClosedException e) {
            // as it should be
        }
    }

    @TckCase(
            id = "LIF-05",
            value = "close may be called again and from many threads at once",
            check = "does a second close wait for the first, or for ever?",
            proves = LIFECYCLE)
    void closeTwice(Tck t) {
        MqClient mq = t.newClient();
        Subscription subscription = mq.subscribe(t.queue(), t.seen());
        List<CompletableFuture<CloseReport>> all = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            all.add(closeElsewhere(mq, Duration.ofSeconds(5)));
        }
        all.forEach(closing -> assertThat(t.ended("close returns", closing)).isCompleted());
        mq.close();
        subscription.close();
        assertThat(subscription.state()).isEqualTo(Subscription.State.CLOSED);
        t.evidence();
    }

    @TckCase(
            id = "LIF-06",
            value = "a handler may close its subscription and its client",
            check = "does close wait for the handler that calls it?",
            proves = LIFECYCLE)
    void closeFromHandler(Tck t) {
        Queue<String> queue = t.queue();
        CompletableFuture<Subscription> own = new CompletableFuture<>();
        Seen<String> seen = t.seen(delivery -> own.get().close());
        own.complete(t.client().subscribe(queue, seen));
        t.client().send(queue, "close the subscription");
        seen.awaitExactly(1);
        t.until("it is closed", () -> own.join().state() == Subscription.State.CLOSED);

        MqClient mq = t.newClient();
        Seen<String> closer = t.seen(delivery -> mq.close(Duration.ofSeconds(5)));
        mq.subscribe(queue, closer);
        t.client().send(queue, "close the client");
        closer.awaitExactly(1);
        t.until("the client is closed", () -> isClosed(mq, queue));

        Seen<String> rest = t.seen();
        t.client().subscribe(queue, rest);
        t.fence(queue, rest);
        assertThat(rest.payloads()).as("both were acked").containsExactly("fence");
    }

    private static boolean isClosed(MqClient mq, Queue<String> queue) {
        try {
            mq.subscribe(queue, delivery -> {}).close();
            return false;
        } catch (ClientClosedException e) {
            return true;
        }
    }

    @TckCase(
            id = "LIF-07",
            value = "no handler call begins after close has returned",
            check = "may a worker take a delivery after intake has stopped?",
            proves = LIFECYCLE)
    void nothingAfterClose(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        MqClient mq = t.newClient();
        mq.subscribe(queue, seen, SubscribeOptions.builder().concurrency(4).build());
        t.client().sendAll(queue, QueueCases.texts(3000));
        seen.await(20);
        mq.close();
        int calls = seen.count();
        assertThat(seen.running()).isZero();

        Seen<String> rest = t.seen();
        t.client().subscribe(queue, rest);
        t.until("the others are handled", () -> rest.count() == 3000 - calls);
        t.fence(queue, rest);
        assertThat(seen.count()).isEqualTo(calls);
        assertThat(rest.count()).as("what was not handled, and the fence").isEqualTo(3000 - calls + 1);
    }

    @TckCase(
            id = "LIF-08",
            value = "no thread is left after close",
            check = "whose thread is it, by its name?",
            proves = LIFECYCLE)
    void noThreadIsLeft(Tck t) {
        Queue<String> queue = t.queue();
        MqClient mq = t.newClient();
        Seen<String> seen = t.seen();
        mq.subscribe(queue, seen, SubscribeOptions.builder().concurrency(4).build());
        mq.subscribe(t.queue(), t.seen());
        mq.sendAll(queue, QueueCases.texts(50));
        // Virtual threads are not listed; the one that completes futures never is virtual.
        mq.sendAsync(queue, "one more").join();
        seen.awaitExactly(51);
        assertThat(Threads.of(Set.of(mq.clientId()))).isNotEmpty();
        mq.close();

        t.until("no thread is left", () -> Threads.of(Set.of(mq.clientId())).isEmpty());
    }

    @TckCase(
            id = "LIF-11",
            value = "two clients in one process are independent",
            tier = Tier.T1,
            check = "is there state that all clients of the JVM share?",
            proves = LIFECYCLE)
    void independentClients(Tck t) {
        Queue<String> queue = t.queue();
        MqClient one = t.newClient();
        MqClient two = t.newClient();
        Seen<String> seen = t.seen();
        two.subscribe(queue, seen);
        one.send(queue, "x");
        one.close();
        two.send(queue, "y");

        seen.awaitExactly(2);
        assertThat(one.clientId()).isNotEqualTo(two.clientId());
    }

    @TckCase(
            id = "LIF-13",
            value = "close gives prefetched messages back: not acked, not counted as attempts where possible",
            check = "is what no handler saw released as not failed?",
            proves = LIFECYCLE)
    void prefetchedComeBack(Tck t) {
        Queue<String> queue = t.queue();
        // The first is held; what was prefetched behind it has met no handler.
        Held<String> first = t.held();
        MqClient mq = t.newClient();
        mq.subscribeAsync(
                queue,
                first,
                SubscribeOptions.builder().concurrency(1).prefetch(50).build());
        t.client().sendAll(queue, QueueCases.texts(50));
        first.await(1);
        mq.close(Duration.ofMillis(500));
        assertThat(first.count()).as("handler calls before the close").isEqualTo(1);

        Seen<String> second = t.seen();
        t.client().subscribe(queue, second);
        t.until("all are handled", () -> new HashSet<>(second.payloads()).size() == 50);
        t.fence(queue, second);
        assertThat(second.count()).isEqualTo(51);
        assertThat(t.client().deadLetters(queue).count()).isZero();
        if (t.explanation().feature("attempts").support() == Explanation.Support.NATIVE) {
            String handled = first.call(0).id();
            assertThat(second.calls().stream()
                            .filter(call -> !call.id().equals(handled))
                            .map(Seen.Call::attempt))
                    .as("attempts of what was only prefetched, where they are exact")
                    .containsOnly(1);
        }
    }

    @TckCase(
            id = "LIF-14",
            value = "a listener that throws harms nothing",
            check = "is an exception of a listener caught where the listener is called?",
            proves = LIFECYCLE)
    void throwingListener(Tck t) {
        Queue<String> queue = t.queue();
        MqClient mq = t.newClient(builder -> builder.listener(new ThrowingListener()));
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.attempt() == 1) {
                throw new Boom("once");
            }
        });
        mq.subscribe(
                queue,
                seen,
                SubscribeOptions.builder()
                        .retry(dev.transload.mq.RetryPolicy.immediate(2))
                        .listener(new ThrowingListener())
                        .build());
        mq.sendAll(queue, QueueCases.texts(10));

        seen.awaitExactly(20);
        t.until("the queue is empty", () -> mq.admin().depth(queue).orElse(0) == 0);
    }

    @TckCase(
            id = "LIF-20",
            value = "handlers may subscribe, and one client may serve many subscriptions",
            check = "does a handler hold a lock or the only thread that subscribing needs?",
            proves = {LIFECYCLE, Feature.TOPIC})
    void subscribeFromHandler(Tck t) {
        Queue<String> queue = t.queue();
        Topic<String> topic = t.topic();
        Seen<String> inner = t.seen();
        Seen<String> seen = t.seen(delivery -> {
            t.client().subscribe(topic.group("made-in-handler"), inner);
            t.client().send(topic, "hello");
        });
        t.client().subscribe(queue, seen);
        t.client().send(queue, "go");

        inner.awaitExactly(1);
        assertThat(inner.payloads()).containsExactly("hello");
    }

    private static CompletableFuture<CloseReport> closeElsewhere(MqClient mq, Duration deadline) {
        CompletableFuture<CloseReport> report = new CompletableFuture<>();
        new Thread(() -> {
                    try {
                        report.complete(mq.close(deadline));
                    } catch (RuntimeException | Error e) {
                        report.completeExceptionally(e);
                    }
                })
                .start();
        return report;
    }
}
