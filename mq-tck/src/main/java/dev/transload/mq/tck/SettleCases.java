package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.SETTLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Settling: what makes a delivery final, and what brings it back. */
@TckGroup("Settling and redelivery")
final class SettleCases {

    private static final SubscribeOptions RETRY_AT_ONCE =
            SubscribeOptions.builder().retry(RetryPolicy.immediate(3)).build();
    private static final SubscribeOptions MANUAL =
            SubscribeOptions.builder().manualSettle().build();

    @TckCase(
            id = "ACK-01",
            value = "an acked message does not come again, after the client is gone and its lease is over",
            tier = Tier.T1,
            check = "does the ack reach the broker before the client leaves?",
            proves = SETTLE)
    void ackIsFinal(Tck t) {
        Queue<String> queue = t.queue();
        try (MqClient first = t.newClient()) {
            Seen<String> seen = t.seen();
            first.subscribe(
                    queue,
                    seen,
                    SubscribeOptions.builder().lease(Duration.ofSeconds(4)).build());
            t.client().send(queue, "x");
            seen.awaitExactly(1);
        }
        t.elapse(Duration.ofMillis(4200));

        Seen<String> second = t.seen();
        t.client().subscribe(queue, second);
        t.fence(queue, second);
        assertThat(second.payloads()).containsExactly("fence");
    }

    @TckCase(
            id = "ACK-02",
            value = "a message that was not settled comes again after its client has closed",
            tier = Tier.T1,
            check = "is what was not settled acked, or lost, when the client closes?",
            proves = SETTLE)
    void unsettledComesBack(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> first = t.seen();
        String id;
        try (MqClient holder = t.newClient()) {
            holder.subscribe(queue, first, MANUAL);
            id = t.client().send(queue, "x");
            first.awaitExactly(1);
            holder.close(Duration.ofMillis(100));
        }

        Seen<String> second = t.seen();
        t.client().subscribe(queue, second);
        assertThat(second.await(1).id()).isEqualTo(id);
        assertThat(second.call(0).redelivered()).isTrue();
    }

    @TckCase(
            id = "ACK-04",
            value = "a retry redelivers the same message",
            check = "is a retry an ack without a new copy?",
            proves = SETTLE)
    void retryRedelivers(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.attempt() == 1) {
                delivery.retry();
            }
        });
        t.client().subscribe(queue, seen, RETRY_AT_ONCE);
        String id = t.client().send(queue, "x");

        seen.awaitExactly(2);
        assertThat(seen.ids()).containsExactly(id, id);
        assertThat(seen.payloads()).containsExactly("x", "x");
    }

    @TckCase(
            id = "ACK-05",
            value = "anything a handler throws is a failed attempt, errors included, and the consumer lives on",
            check = "which throwable is not caught where the handler is called?",
            proves = SETTLE)
    void throwingIsRetry(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.attempt() == 1) {
                switch (delivery.payload()) {
                    case "runtime" -> throw new Boom("runtime");
                    case "checked" -> throw new java.io.IOException("checked");
                    case "assertion" -> throw new AssertionError("assertion");
                    case "stack" -> throw new StackOverflowError();
                    case "linkage" -> throw new NoClassDefFoundError("none");
                    default -> delivery.retry();
                }
            }
        });
        t.client().subscribe(queue, seen, RETRY_AT_ONCE);
        List<String> all = List.of("runtime", "checked", "assertion", "stack", "linkage", "by hand");
        all.forEach(text -> t.client().send(queue, text));

        seen.awaitExactly(12);
        all.forEach(text -> assertThat(seen.calls().stream()
                        .filter(call -> call.payload().equals(text))
                        .map(Seen.Call::attempt))
                .as(text)
                .containsExactly(1, 2));
    }

    @TckCase(
            id = "ACK-06",
            value = "attempts count from 1, and every one after the first is marked as redelivered",
            check = "is the count written with the message that is sent again?",
            proves = SETTLE)
    void attempts(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.attempt() < 5) {
                throw new Boom("not yet");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.immediate(5))
                                .build());
        t.client().send(queue, "x");

        seen.awaitExactly(5);
        assertThat(seen.attempts()).containsExactly(1, 2, 3, 4, 5);
        assertThat(seen.calls().stream().map(Seen.Call::redelivered)).containsExactly(false, true, true, true, true);
    }

    @TckCase(
            id = "ACK-09",
            value = "with a prefetch of one the next message comes after the one before is settled",
            check = "is credit given back before the settle?",
            proves = SETTLE)
    void prefetchOfOne(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, MANUAL.toBuilder().prefetch(1).build());
        t.client().sendAll(queue, QueueCases.texts(3));
        for (int i = 1; i <= 3; i++) {
            seen.await(i);
            t.elapse(Duration.ofMillis(100));
            assertThat(seen.count()).isEqualTo(i);
            seen.call(i - 1).delivery().ack();
        }
    }

    @TckCase(
            id = "ACK-10",
            value = "a second settle is an error and changes nothing",
            check = "does a second settle reach the broker?",
            proves = SETTLE)
    void secondSettle(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, MANUAL);
        t.client().send(queue, "x");
        var delivery = seen.await(1).delivery();
        delivery.ack();

        t.refused(IllegalStateException.class, delivery::ack);
        t.refused(IllegalStateException.class, delivery::retry);
        t.refused(IllegalStateException.class, () -> delivery.deadLetter("late"));
        t.refused(IllegalStateException.class, delivery::discard);
        String fence = t.client().send(queue, "fence");
        assertThat(seen.await(2).id()).isEqualTo(fence);
        seen.call(1).delivery().ack();
        assertThat(t.client().deadLetters(queue).count()).isZero();
    }

    @TckCase(
            id = "ACK-26",
            value = "a handler that has settled may return: nothing is settled twice",
            check = "does the return of a handler settle what it has settled itself?",
            proves = SETTLE)
    void settledByHandThenReturned(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            switch (delivery.payload()) {
                case "ack" -> delivery.ack();
                case "discard" -> delivery.discard();
                default -> {}
            }
        });
        t.client().subscribe(queue, seen, RETRY_AT_ONCE);
        List.of("ack", "discard", "return").forEach(text -> t.client().send(queue, text));
        t.fence(queue, seen);

        assertThat(seen.payloads()).containsExactlyInAnyOrder("ack", "discard", "return", "fence");
        assertThat(t.client().deadLetters(queue).count()).isZero();
        t.until("the discard is told", () -> t.history().discarded() == 1);
        assertThat(t.history().lines()).as("no settle is refused").noneMatch(line -> line.contains("LEASE_LOST"));
    }

    @TckCase(
            id = "ACK-17",
            value = "deliveries settled out of order: only the unsettled ones come again",
            tier = Tier.T1,
            check = "does an ack settle all deliveries before it?",
            proves = SETTLE)
    void outOfOrder(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> first = t.seen();
        MqClient holder = t.newClient();
        holder.subscribe(
                queue, first, MANUAL.toBuilder().concurrency(10).prefetch(10).build());
        t.client().sendAll(queue, QueueCases.texts(10));
        first.awaitExactly(10);
        for (int index : new int[] {9, 0, 4}) {
            first.calls().stream()
                    .filter(call -> call.payload().equals("m" + index))
                    .forEach(call -> call.delivery().ack());
        }
        holder.close(Duration.ofSeconds(1));

        Seen<String> second = t.seen();
        t.client().subscribe(queue, second);
        second.await(7);
        t.fence(queue, second);
        assertThat(second.payloads()).containsExactlyInAnyOrder("m1", "m2", "m3", "m5", "m6", "m7", "m8", "fence");
    }

    @TckCase(
            id = "ACK-18",
            value = "what a handler dead-letters is set aside at once with its reason and does not come again",
            check = "is the message set aside before it is acked, with the handler's reason?",
            proves = {SETTLE, Feature.DEAD_LETTERS})
    void deadLetterByHand(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("bad")) {
                delivery.deadLetter("cannot use it");
            }
        });
        t.client().subscribe(queue, seen);
        String id = t.client().send(queue, "bad");
        t.fence(queue, seen);
        t.until("the dead letter is there", () -> t.client().deadLetters(queue).count() == 1);

        assertThat(seen.payloads()).containsExactly("bad", "fence");
        var letter = t.client().deadLetters(queue).browse(5).get(0);
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.failure().reason()).isEqualTo(dev.transload.mq.Failure.Reason.REQUESTED);
        assertThat(letter.failure().message()).isEqualTo("cannot use it");
    }

    @TckCase(
            id = "ACK-19",
            value = "a retry with a delay comes after the delay, not before and not much later",
            tier = Tier.T1,
            check = "is the delay of a retry by hand the one that was asked for?",
            proves = {SETTLE, Feature.RETRY})
    void retryWithDelay(Tck t) {
        t.warmUpDelays();
        Queue<String> queue = t.queue();
        Duration delay = Duration.ofMillis(700);
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.attempt() == 1) {
                delivery.retry(delay);
            }
        });
        t.client().subscribe(queue, seen, RETRY_AT_ONCE);
        t.client().send(queue, "x");

        seen.awaitExactly(2);
        long gap = seen.call(1).millis() - seen.call(0).millis();
        assertThat(gap).isBetween(delay.toMillis() - 2, delay.toMillis() + t.lateness(delay));
    }

    @TckCase(
            id = "ACK-21",
            value = "a handler that always fails is called as often as its policy says and no more",
            check = "does a failure come again by the broker besides the retry?",
            proves = {SETTLE, Feature.RETRY})
    void noHotLoop(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (!delivery.payload().equals("fence")) {
                throw new Boom("always");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.immediate(20))
                                .build());
        t.client().send(queue, "x");
        seen.awaitExactly(20);
        t.until("it is set aside", () -> t.client().deadLetters(queue).count() == 1);
        t.fence(queue, seen);

        assertThat(seen.count()).as("twenty attempts and the fence").isEqualTo(21);
        assertThat(t.client().deadLetters(queue).browse(1).get(0).failure().attempts())
                .isEqualTo(20);
    }

    @TckCase(
            id = "ACK-24",
            value = "an asynchronous handler acks when its stage completes, and retries when it fails",
            check = "is the delivery settled when the handler returns instead of when its stage ends?",
            proves = SETTLE)
    void asynchronousHandler(Tck t) {
        Queue<String> queue = t.queue();
        List<CompletableFuture<Void>> stages = new CopyOnWriteArrayList<>();
        List<Integer> attempts = new CopyOnWriteArrayList<>();
        t.client()
                .subscribeAsync(
                        queue,
                        delivery -> {
                            attempts.add(delivery.attempt());
                            CompletableFuture<Void> stage = new CompletableFuture<>();
                            stages.add(stage);
                            return stage;
                        },
                        SubscribeOptions.builder()
                                .prefetch(1)
                                .retry(RetryPolicy.immediate(3))
                                .build());
        t.client().sendAll(queue, QueueCases.texts(2));
        t.until("the first delivery is handed out", () -> stages.size() == 1);
        t.elapse(Duration.ofMillis(100));
        assertThat(stages).as("the first is not settled yet").hasSize(1);

        stages.get(0).completeExceptionally(new Boom("asynchronously"));
        t.until("the second delivery is handed out", () -> stages.size() == 2);
        stages.get(1).complete(null);
        t.until("the third delivery is handed out", () -> stages.size() == 3);
        stages.get(2).complete(null);
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(0) == 0);
        assertThat(attempts).containsExactlyInAnyOrder(1, 1, 2);
        t.evidence();
    }

    @TckCase(
            id = "ACK-25",
            value = "a delivery may be settled from any thread",
            check = "does a settle from another thread reach the channel it belongs to?",
            proves = SETTLE)
    void settledElsewhere(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        Subscription subscription = t.client().subscribe(queue, seen, MANUAL);
        t.client().sendAll(queue, QueueCases.texts(50));
        seen.awaitExactly(50);
        ExecutorService elsewhere = Executors.newFixedThreadPool(4);
        try {
            seen.calls().forEach(call -> elsewhere.execute(call.delivery()::ack));
        } finally {
            elsewhere.shutdown();
        }
        t.until("all threads are done", elsewhere::isTerminated);
        subscription.close();

        Seen<String> second = t.seen();
        t.client().subscribe(queue, second);
        t.fence(queue, second);
        assertThat(second.payloads()).containsExactly("fence");
    }
}
