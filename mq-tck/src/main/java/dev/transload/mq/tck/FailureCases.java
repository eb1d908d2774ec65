package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.DEAD_LETTERS;
import static dev.transload.mq.tck.Feature.SEND;
import static dev.transload.mq.tck.Feature.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.transload.mq.ClientClosedException;
import dev.transload.mq.CodecException;
import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.MqListener;
import dev.transload.mq.Outbound;
import dev.transload.mq.Outcome;
import dev.transload.mq.Queue;
import dev.transload.mq.RequestTimeoutException;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.Topology;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What is told of sends that fail, or nearly do, and of places that are missing. */
@TckGroup("Sends that fail and places that are missing")
final class FailureCases {

    @TckCase(
            id = "SND-03",
            value = "many threads of several clients whose first sends make one destination lose and break nothing",
            tier = Tier.T1,
            check = "what does the client do that finds a place just made by another?",
            proves = {SEND, TOPIC})
    void firstSendsTogether(Tck t) throws InterruptedException {
        Queue<String> queue = t.queue();
        Topic<String> topic = t.topic();
        CountDownLatch together = t.latch();
        Set<String> sent = ConcurrentHashMap.newKeySet();
        ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int c = 0; c < 5; c++) {
            MqClient mq = t.newClient();
            for (int n = 0; n < 10; n++) {
                threads.add(new Thread(() -> {
                    try {
                        together.await();
                        sent.add(mq.send(queue, "first"));
                        mq.send(topic, "first");
                    } catch (Exception e) {
                        failures.add(e);
                    }
                }));
            }
        }
        threads.forEach(Thread::start);
        together.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(failures).isEmpty();
        assertThat(sent).hasSize(50);
        t.until("all are there", () -> t.client().admin().depth(queue).orElse(-1) == 50);
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        seen.awaitExactly(50);
        assertThat(new HashSet<>(seen.ids())).isEqualTo(sent);
    }

    /** Counts what listeners are told of each send. */
    private static final class Told implements MqListener {
        private final Map<String, AtomicInteger> sent = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> failed = new ConcurrentHashMap<>();

        @Override
        public void sent(String destination, String id) {
            sent.computeIfAbsent(id, key -> new AtomicInteger()).incrementAndGet();
        }

        @Override
        public void sendFailed(String destination, String id, Throwable cause) {
            failed.computeIfAbsent(id, key -> new AtomicInteger()).incrementAndGet();
        }

        int sent(String id) {
            return sent.getOrDefault(id, new AtomicInteger()).get();
        }

        int failed(String id) {
            return failed.getOrDefault(id, new AtomicInteger()).get();
        }
    }

    /** One send under way, and how often its future completed. */
    private record Racing(String id, CompletableFuture<String> future, AtomicInteger completions, boolean cancelled) {}

    @TckCase(
            id = "SND-06",
            value = "a send ends once, also when its timeout, the caller's cancel and the broker's confirm race",
            check = "who decides between a confirm and a timeout that come together?",
            proves = SEND)
    void endsOnce(Tck t) {
        Queue<String> queue = t.queue();
        t.client().admin().create(queue);
        Told told = new Told();
        MqClient hasty = t.newClient(builder -> builder.sendTimeout(Duration.ofMillis(10))
                .topology(Topology.NONE)
                .listener(told));
        List<Racing> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            String id = "s" + i;
            AtomicInteger completions = new AtomicInteger();
            boolean cancel = i % 10 == 0;
            try {
                CompletableFuture<String> future = hasty.sendAsync(queue, "m" + i, SendOptions.id(id));
                var unused = future.whenComplete((value, failure) -> completions.incrementAndGet());
                all.add(new Racing(id, future, completions, cancel && future.cancel(false)));
            } catch (MessagingException noRoom) {
                assertThat(noRoom.outcome()).isEqualTo(Outcome.NOT_SENT);
            }
        }
        all.forEach(each -> t.until("a send ends", each.future()::isDone));
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        Set<String> arrived = all.stream()
                .filter(each -> !each.future().isCompletedExceptionally())
                .map(Racing::id)
                .collect(java.util.stream.Collectors.toSet());
        t.until("what was confirmed arrives", () -> new HashSet<>(seen.ids()).containsAll(arrived));
        hasty.close();
        t.fence(queue, seen);
        List<String> ids = List.copyOf(seen.ids());
        Set<String> seenIds = new HashSet<>(ids);

        assertThat(all).allSatisfy(each -> {
            assertThat(each.completions()).as("completions of %s", each.id()).hasValue(1);
            if (each.cancelled()) {
                return;
            }
            boolean ok = arrived.contains(each.id());
            assertThat(told.sent(each.id())).as("times told as sent").isEqualTo(ok ? 1 : 0);
            assertThat(told.failed(each.id())).as("times told as failed").isEqualTo(ok ? 0 : 1);
            if (!ok && failureOf(each.future()).outcome() == Outcome.NOT_SENT) {
                assertThat(seenIds.contains(each.id()))
                        .as("%s was said not to be sent, and arrived", each.id())
                        .isFalse();
            }
        });
        assertThat(ids).as("nothing arrived twice").hasSize(seenIds.size());
    }

    private static MessagingException failureOf(CompletableFuture<String> future) {
        Throwable failure = catchThrowable(future::join);
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        assertThat(cause).isInstanceOf(MessagingException.class);
        return (MessagingException) java.util.Objects.requireNonNull(cause);
    }

    @TckCase(
            id = "SND-09",
            value = "a send that the broker cannot place any more fails as not sent, in every form, and is told so",
            tier = Tier.T1,
            check =
                    "does the client ask the broker to return what reaches no queue, also when it knew the queue before?",
            proves = SEND)
    void queueVanished(Tck t) {
        for (Topology topology : List.of(Topology.ASSERT, Topology.NONE)) {
            Queue<String> queue = t.queue();
            t.client().admin().create(queue);
            Told told = new Told();
            MqClient mq = t.newClient(builder -> builder.topology(topology).listener(told));
            mq.send(queue, "while it is there", SendOptions.id("before"));
            t.client().admin().delete(queue);
            t.until("it is gone", () -> !t.client().admin().exists(queue));

            notFound(t, queue, catchThrowable(() -> mq.send(queue, "x", SendOptions.id("a"))));
            List<CompletableFuture<String>> futures = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                futures.add(mq.sendAsync(queue, "x", SendOptions.id("b" + i)));
            }
            futures.forEach(future -> {
                t.until("a send ends", future::isDone);
                notFound(t, queue, failureOf(future));
            });
            mq.sendAll(queue, List.of(new Outbound<>("x", SendOptions.id("c")))).forEach(result -> {
                notFound(t, queue, result.error());
            });
            assertThat(told.sent.keySet()).containsExactly("before");
            assertThat(told.failed)
                    .hasSize(22)
                    .allSatisfy((id, times) -> assertThat(times).hasValue(1));
        }
    }

    private static void notFound(Tck t, Queue<String> queue, @org.jspecify.annotations.Nullable Throwable failure) {
        assertThat(failure).isInstanceOfSatisfying(DestinationNotFoundException.class, e -> {
            assertThat(e).hasMessageContaining(queue.name());
            assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT);
            assertThat(e.retryable()).isFalse();
        });
        t.evidence();
    }

    /** A way to fail and what it must be called. */
    private record Way(
            Class<? extends MessagingException> type, boolean retryable, Outcome outcome, ThrowingCallable call) {}

    @TckCase(
            id = "SND-10",
            value =
                    "every failure of a send says whether a new try makes sense, what became of it, and to whom it went",
            check = "which exception does the transport make of the broker's answer?",
            proves = SEND)
    void classified(Tck t) {
        Queue<String> queue = t.queue();
        t.client().send(queue, "there");
        Queue<String> missing = Queue.of(t.name(), String.class);
        Queue<SendCases.Unwritable> unwritable = Queue.of(queue.name(), SendCases.Unwritable.class);
        SendCases.Unwritable bad = new SendCases.Unwritable("x");
        MqClient mayNotMake = t.newClient(builder -> builder.topology(Topology.NONE));
        MqClient closed = t.newClient();
        closed.close();
        SendOptions large = SendOptions.header("h", "x".repeat(2 << 20));
        Queue<String> unserved = t.queue();

        for (Way way : List.of(
                new Way(
                        DestinationNotFoundException.class,
                        false,
                        Outcome.NOT_SENT,
                        () -> mayNotMake.send(missing, "x")),
                new Way(
                        MessageTooLargeException.class,
                        false,
                        Outcome.NOT_SENT,
                        () -> t.client().send(queue, "x", large)),
                new Way(
                        CodecException.class,
                        false,
                        Outcome.NOT_SENT,
                        () -> t.client().send(unwritable, bad)),
                new Way(
                        UnsupportedCapabilityException.class,
                        false,
                        Outcome.NOT_SENT,
                        () -> t.client().send(queue, "x", SendOptions.priority(2))),
                new Way(
                        DestinationMismatchException.class,
                        false,
                        Outcome.NOT_SENT,
                        () -> t.client().send(queue.priorities(3), "x")),
                new Way(ClientClosedException.class, false, Outcome.NOT_SENT, () -> closed.send(queue, "x")),
                new Way(
                        RequestTimeoutException.class,
                        true,
                        Outcome.UNKNOWN,
                        () -> throwFailure(t.ended(
                                "the request ends",
                                t.client().requestAsync(unserved, "x", String.class, Duration.ofMillis(300))))))) {
            Throwable failure = catchThrowable(way.call());
            assertThat(failure).isInstanceOf(way.type());
            MessagingException e = (MessagingException) failure;
            assertThat(e.retryable()).as("whether to try again after %s", e).isEqualTo(way.retryable());
            assertThat(e.outcome()).as("outcome of %s", e).isEqualTo(way.outcome());
            assertThat(List.of(queue.name(), missing.name(), unserved.name()))
                    .as("destinations in: %s", e.getMessage())
                    .anyMatch(name -> String.valueOf(e.getMessage()).contains(name));
            t.evidence();
        }
        t.client().send(queue, "still fine");
    }

    private static void throwFailure(CompletableFuture<String> future) {
        throw failureOf(future);
    }

    @TckCase(
            id = "DLQ-07",
            value = "the place for dead letters is there when subscribe returns, or subscribe fails and names it",
            tier = Tier.T1,
            check = "is the place declared with the subscription, or only when the first message needs it?",
            proves = DEAD_LETTERS)
    void placeIsThereFromTheStart(Tck t) {
        Queue<String> queue = t.queue();
        String name = t.name().replace('.', '-');
        Queue<String> graveyard = t.remove(Queue.named(name, String.class));
        SubscribeOptions options =
                SubscribeOptions.builder().deadLetterQueue(name).build();
        t.client().send(queue, "waits");
        MqClient mayNotMake = t.newClient(builder -> builder.topology(Topology.ASSERT));
        Seen<String> early = t.seen();
        Throwable failure = catchThrowable(() -> mayNotMake.subscribe(queue, early, options));
        assertThat(failure).isInstanceOf(DestinationNotFoundException.class).hasMessageContaining(name);
        assertThat(early.count())
                .as("nothing is handled that could not be set aside")
                .isZero();
        t.evidence();

        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, options);
        assertThat(t.client().admin().exists(graveyard))
                .as("made before it is needed")
                .isTrue();
        assertThat(seen.await(1).payload()).isEqualTo("waits");
        mayNotMake.subscribe(queue, early, options).close();
    }
}
