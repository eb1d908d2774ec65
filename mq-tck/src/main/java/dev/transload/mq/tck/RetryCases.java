package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.RETRY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.Failure;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Retries: how often, how far apart, and which failures. */
@TckGroup("Retry policy")
final class RetryCases {

    @TckCase(
            id = "RTY-01",
            value = "a handler that always fails is called exactly maxAttempts times, then dead-lettered",
            check = "is the first attempt counted as a retry?",
            proves = RETRY)
    void exactlyMaxAttempts(Tck t) {
        for (int most : new int[] {1, 2, 5}) {
            Queue<String> queue = t.queue();
            Seen<String> seen = failing(t);
            t.client().subscribe(queue, seen, with(RetryPolicy.immediate(most)));
            t.client().send(queue, "x");

            seen.awaitExactly(most);
            DeadLetter letter = onlyDeadLetter(t, queue);
            assertThat(letter.failure().attempts()).isEqualTo(most);
            assertThat(letter.failure().reason()).isEqualTo(Failure.Reason.ATTEMPTS_EXHAUSTED);
            assertThat(seen.count()).isEqualTo(most);
        }
    }

    @TckCase(
            id = "RTY-02",
            value = "success ends the retries and leaves no dead letter",
            check = "is a message acked that succeeded after it failed?",
            proves = RETRY)
    void successEndsRetries(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("x") && delivery.attempt() < 3) {
                throw new Boom("not yet");
            }
        });
        t.client().subscribe(queue, seen, with(RetryPolicy.immediate(5)));
        t.client().send(queue, "x");
        seen.awaitExactly(3);
        t.fence(queue, seen);

        assertThat(seen.count()).isEqualTo(4);
        assertThat(t.client().deadLetters(queue).count()).isZero();
    }

    @TckCase(
            id = "RTY-03",
            value = "retries are as far apart as the policy says: not earlier, not much later",
            tier = Tier.T1,
            check = "is the wait counted from the failure, and rounded up?",
            proves = RETRY)
    void backoff(Tck t) {
        t.warmUpDelays();
        Map<RetryPolicy, List<Duration>> policies = Map.of(
                RetryPolicy.fixed(3, Duration.ofMillis(400)), List.of(Duration.ofMillis(400), Duration.ofMillis(400)),
                RetryPolicy.exponential(3, Duration.ofMillis(300)),
                        List.of(Duration.ofMillis(300), Duration.ofMillis(600)),
                RetryPolicy.delays(Duration.ofMillis(600), Duration.ofMillis(200)),
                        List.of(Duration.ofMillis(600), Duration.ofMillis(200)));
        policies.forEach((policy, gaps) -> {
            Queue<String> queue = t.queue();
            Seen<String> seen = failing(t);
            t.client().subscribe(queue, seen, with(policy));
            t.client().send(queue, "x");

            seen.awaitExactly(gaps.size() + 1);
            for (int i = 0; i < gaps.size(); i++) {
                long gap = seen.call(i + 1).millis() - seen.call(i).millis();
                assertThat(gap)
                        .as("%s, gap %s", policy, i)
                        .isBetween(gaps.get(i).toMillis() - 2, gaps.get(i).toMillis() + t.lateness(gaps.get(i)));
            }
        });
    }

    @TckCase(
            id = "RTY-05",
            value = "failures that may not be retried are dead-lettered at once, by subclass and by cause",
            check = "are superclasses and causes of the exception looked at?",
            proves = RETRY)
    void neverRetry(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            switch (delivery.payload()) {
                case "type" -> throw new IOException("itself");
                case "subclass" -> throw new java.io.FileNotFoundException("subclass");
                case "cause" -> throw new UncheckedIOException(new IOException("cause"));
                default -> throw new Boom("retried");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        with(RetryPolicy.builder()
                                .maxAttempts(2)
                                .neverRetry(IOException.class)
                                .build()));
        List.of("type", "subclass", "cause", "other").forEach(text -> t.client().send(queue, text));

        seen.awaitExactly(5);
        t.until("all are dead letters", () -> t.client().deadLetters(queue).count() == 4);
        Map<String, List<Integer>> calls = seen.calls().stream()
                .collect(java.util.stream.Collectors.groupingBy(
                        Seen.Call::payload,
                        java.util.stream.Collectors.mapping(Seen.Call::attempt, java.util.stream.Collectors.toList())));
        assertThat(calls)
                .isEqualTo(Map.of(
                        "type", List.of(1), "subclass", List.of(1), "cause", List.of(1), "other", List.of(1, 2)));
        assertThat(t.client().deadLetters(queue).browse(10).stream()
                        .map(letter -> letter.failure().reason()))
                .containsExactlyInAnyOrder(
                        Failure.Reason.NOT_RETRYABLE,
                        Failure.Reason.NOT_RETRYABLE,
                        Failure.Reason.NOT_RETRYABLE,
                        Failure.Reason.ATTEMPTS_EXHAUSTED);
    }

    @TckCase(
            id = "RTY-15",
            value = "if the policy names what is retried, everything else is dead-lettered at once",
            check = "is what is not named treated as not to be retried?",
            proves = RETRY)
    void retryOn(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("io")) {
                throw new IOException("retried");
            }
            throw new Boom("not retried");
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        with(RetryPolicy.builder()
                                .maxAttempts(3)
                                .retryOn(IOException.class)
                                .build()));
        List.of("io", "other").forEach(text -> t.client().send(queue, text));

        t.until("both are dead letters", () -> t.client().deadLetters(queue).count() == 2);
        assertThat(seen.calls().stream().filter(c -> c.payload().equals("io"))).hasSize(3);
        assertThat(seen.calls().stream().filter(c -> c.payload().equals("other")))
                .hasSize(1);
    }

    @TckCase(
            id = "RTY-07",
            value = "attempts belong to the message: another consumer goes on counting",
            check = "is the count kept with the message or in the consumer?",
            proves = RETRY)
    void attemptsAcrossConsumers(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = failing(t);
        for (int i = 0; i < 3; i++) {
            MqClient each = t.newClient();
            each.subscribe(
                    queue,
                    seen,
                    with(RetryPolicy.fixed(4, Duration.ofMillis(200))).toBuilder()
                            .prefetch(1)
                            .build());
        }
        t.client().send(queue, "x");

        seen.awaitExactly(4);
        assertThat(seen.attempts()).containsExactly(1, 2, 3, 4);
        onlyDeadLetter(t, queue);
        assertThat(seen.count()).isEqualTo(4);
    }

    @TckCase(
            id = "RTY-10",
            value = "payload, headers, key, id and times are the same on every attempt",
            check = "what does the copy that is sent again not have?",
            proves = RETRY)
    void sameOnEveryAttempt(Tck t) {
        Queue<byte[]> queue = t.queue(byte[].class);
        byte[] body = {0, -1, 5};
        Seen<byte[]> seen = t.seen(delivery -> {
            throw new Boom("always");
        });
        t.client().subscribe(queue, seen, with(RetryPolicy.fixed(3, Duration.ofMillis(150))));
        t.client()
                .send(
                        queue,
                        body,
                        SendOptions.key("k")
                                .header("h", "v")
                                .type("t")
                                .correlationId("c")
                                .contentType("x/y"));

        seen.awaitExactly(3);
        var first = seen.call(0).message();
        assertThat(seen.calls()).allSatisfy(call -> {
            assertThat(call.payload()).isEqualTo(body);
            assertThat(call.id()).isEqualTo(first.id());
            assertThat(call.key()).isEqualTo("k");
            assertThat(call.message().headers()).isEqualTo(Map.of("h", "v"));
            assertThat(call.message().type()).isEqualTo("t");
            assertThat(call.message().correlationId()).isEqualTo("c");
            assertThat(call.message().contentType()).isEqualTo("x/y");
            assertThat(call.message().timestamp()).isEqualTo(first.timestamp());
        });
    }

    @TckCase(
            id = "RTY-16",
            value = "a waiting retry holds neither the handler nor other messages",
            check = "does the wait hold a thread, a slot or the message's place in the prefetch?",
            proves = RETRY)
    void waitingHoldsNothing(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("waits") && delivery.attempt() == 1) {
                throw new Boom("once");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        with(RetryPolicy.fixed(2, Duration.ofSeconds(6))).toBuilder()
                                .prefetch(1)
                                .build());
        t.client().send(queue, "waits");
        seen.await(1);
        t.client().sendAll(queue, QueueCases.texts(20));

        seen.awaitExactly(22);
        assertThat(seen.payloads().get(21)).as("the retry comes last").isEqualTo("waits");
    }

    @TckCase(
            id = "RTY-12",
            value = "a policy that makes no sense is refused when it is built",
            check = "is the policy checked when it is built?",
            proves = {RETRY, Feature.SECURITY})
    void invalidPolicies(Tck t) {
        t.refused(IllegalArgumentException.class, () -> RetryPolicy.immediate(0), "maxAttempts", "0");
        t.refused(IllegalArgumentException.class, () -> RetryPolicy.immediate(-1), "maxAttempts");
        t.refused(IllegalArgumentException.class, () -> RetryPolicy.immediate(1001), "maxAttempts", "1000");
        t.refused(IllegalArgumentException.class, () -> RetryPolicy.fixed(3, Duration.ofMillis(-1)), "delay");
        t.refused(
                IllegalArgumentException.class, () -> RetryPolicy.exponential(3, Duration.ofDays(400)), "initialDelay");
        t.refused(
                IllegalArgumentException.class,
                () -> RetryPolicy.builder()
                        .exponential(Duration.ofMinutes(2))
                        .maxDelay(Duration.ofMinutes(1))
                        .build(),
                "maxDelay");
        t.refused(IllegalArgumentException.class, () -> RetryPolicy.builder().jitter(1.5), "jitter");
        t.refused(
                IllegalArgumentException.class,
                () -> RetryPolicy.builder().exponential(Duration.ofSeconds(1), 0.5),
                "multiplier");
        t.refused(NullPointerException.class, () -> RetryPolicy.fixed(3, Nulls.of()), "delay");
    }

    private static Seen<String> failing(Tck t) {
        return t.seen(delivery -> {
            throw new Boom("always");
        });
    }

    private static SubscribeOptions with(RetryPolicy policy) {
        return SubscribeOptions.builder().retry(policy).build();
    }

    private static DeadLetter onlyDeadLetter(Tck t, Queue<?> queue) {
        t.until(
                "the message is among the dead letters",
                () -> t.client().deadLetters(queue).count() == 1);
        return t.client().deadLetters(queue).browse(10).get(0);
    }
}
