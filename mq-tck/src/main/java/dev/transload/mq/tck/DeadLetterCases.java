package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.DEAD_LETTERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.Failure;
import dev.transload.mq.Group;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Dead letters: nothing that is given up is lost, and why it was given up is written on it. */
@TckGroup("Dead letters")
final class DeadLetterCases {

    private static final SubscribeOptions ONCE =
            SubscribeOptions.builder().retry(RetryPolicy.none()).build();

    /** A payload with a shape of its own. */
    record Order(String number, int amount) {}

    @TckCase(
            id = "DLQ-01",
            value = "a message that is given up is among the dead letters once, and gone from its queue",
            check = "is the original acked after its copy was stored, once?",
            proves = DEAD_LETTERS)
    void onceAndGone(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (!delivery.payload().equals("fence")) {
                throw new Boom("always");
            }
        });
        t.client().subscribe(queue, seen, ONCE);
        String id = t.client().send(queue, "x");
        t.fence(queue, seen);
        DeadLetters dead = t.client().deadLetters(queue);
        t.until("it is among the dead letters", () -> dead.count() == 1);

        assertThat(dead.browse(10)).extracting(DeadLetter::id).containsExactly(id);
        assertThat(dead.name()).isEqualTo(queue.name() + ".dlq");
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(0) == 0);
        assertThat(seen.count()).isEqualTo(2);
    }

    @TckCase(
            id = "DLQ-02",
            value = "a dead letter has the original payload, headers, key, id and properties",
            check = "which property is not copied to the dead letter?",
            proves = DEAD_LETTERS)
    void originalIsKept(Tck t) {
        Queue<byte[]> queue = t.queue(byte[].class);
        byte[] body = {0, 1, -1, 127, -128};
        Map<String, String> headers = Map.of("tenant", "blue\n\uD83D\uDE80", "traceparent", "00-ab-cd-01");
        t.client()
                .subscribe(
                        queue,
                        t.seen(delivery -> {
                            throw new Boom("always");
                        }),
                        ONCE);
        String id = t.client()
                .send(
                        queue,
                        body,
                        SendOptions.headers(headers)
                                .key("k-\u00FC")
                                .type("t")
                                .correlationId("c")
                                .contentType("application/x-mine"));

        var message = only(t, t.client().deadLetters(queue)).message();
        assertThat(message.id()).isEqualTo(id);
        assertThat(message.body()).isEqualTo(body);
        assertThat(message.headers()).isEqualTo(headers);
        assertThat(message.key()).isEqualTo("k-\u00FC");
        assertThat(message.type()).isEqualTo("t");
        assertThat(message.correlationId()).isEqualTo("c");
        assertThat(message.contentType()).isEqualTo("application/x-mine");
    }

    @TckCase(
            id = "DLQ-03",
            value = "the failure record is there and true: reason, exception, source, attempts, times",
            check = "are attempts and times those of the message, or of this consumer?",
            proves = DEAD_LETTERS)
    void failureRecord(Tck t) {
        t.warmUpDelays();
        Queue<String> queue = t.queue();
        long before = t.clock().millis();
        t.client()
                .subscribe(
                        queue,
                        t.seen(delivery -> {
                            throw new Boom("attempt " + delivery.attempt() + " \u00FC\uD83D\uDE80");
                        }),
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.fixed(3, Duration.ofMillis(300)))
                                .build());
        t.client().send(queue, "x");

        Failure failure = only(t, t.client().deadLetters(queue)).failure();
        assertThat(failure.reason()).isEqualTo(Failure.Reason.ATTEMPTS_EXHAUSTED);
        assertThat(failure.type()).isEqualTo("Boom");
        assertThat(failure.message()).isEqualTo("attempt 3 \u00FC\uD83D\uDE80");
        assertThat(failure.stack()).contains("DeadLetterCases");
        assertThat(failure.source()).isEqualTo(queue.name());
        assertThat(failure.group()).isNull();
        assertThat(failure.attempts()).isEqualTo(3);
        assertThat(failure.redrives()).isZero();
        assertThat(failure.firstFailure().toEpochMilli())
                .isBetween(before, t.clock().millis());
        assertThat(failure.lastFailure().toEpochMilli() - failure.firstFailure().toEpochMilli())
                .isBetween(595L, 600 + 2 * t.lateness(Duration.ofMillis(300)));
    }

    @TckCase(
            id = "DLQ-04",
            value = "an exception with a text of a million characters cannot keep a message from being set aside",
            check = "is the failure record cut to the room that the limits set apart for it?",
            proves = DEAD_LETTERS)
    void hugeFailure(Tck t) {
        Queue<String> queue = t.queue();
        String huge = "\uD83D\uDE80\u00FC\n".repeat(250_000);
        t.client()
                .subscribe(
                        queue,
                        t.seen(delivery -> {
                            throw new Boom(huge);
                        }),
                        ONCE);
        t.client().send(queue, "x");

        Failure failure = only(t, t.client().deadLetters(queue)).failure();
        assertThat(failure.message()).isNotEmpty();
        assertThat(huge)
                .startsWith(java.util.Objects.requireNonNull(failure.message()).substring(0, 100));
        assertThat(failure.message().getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(1024);
    }

    @TckCase(
            id = "ENV-21",
            value = "a payload that cannot be decoded is dead-lettered as raw bytes, and the consumer goes on",
            check = "does a decoder that throws reach the dead letters with the raw bytes?",
            proves = DEAD_LETTERS)
    void undecodable(Tck t) {
        Queue<byte[]> raw = t.queue(byte[].class);
        Queue<Order> orders = Queue.of(raw.name(), Order.class);
        Seen<Order> seen = t.seen();
        t.client().subscribe(orders, seen);
        byte[] bad = {'{', 0, -1};
        String id = t.client().send(raw, bad);
        t.client().send(orders, new Order("1", 2));

        assertThat(seen.await(1).payload()).isEqualTo(new Order("1", 2));
        DeadLetter letter = only(t, t.client().deadLetters(orders));
        assertThat(letter.id()).isEqualTo(id);
        assertThat(letter.message().body()).isEqualTo(bad);
        assertThat(letter.failure().reason()).isEqualTo(Failure.Reason.UNDECODABLE);
        assertThat(seen.count()).isEqualTo(1);
    }

    @TckCase(
            id = "DLQ-08",
            value = "without dead letters a message that is given up is discarded with an event",
            check = "is a message that is given up acked where nothing is kept?",
            proves = DEAD_LETTERS)
    void noDeadLetters(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (!delivery.payload().equals("fence")) {
                throw new Boom("always");
            }
        });
        t.client().subscribe(queue, seen, ONCE.toBuilder().noDeadLetters().build());
        t.client().send(queue, "x");
        t.fence(queue, seen);

        t.until("it is discarded with an event", () -> t.history().discarded() == 1);
        assertThat(t.client().deadLetters(queue).count()).isZero();
        assertThat(seen.count()).isEqualTo(2);
    }

    @TckCase(
            id = "DLQ-09",
            value = "dead letters belong to the group that failed",
            tier = Tier.T1,
            check = "is the place for dead letters named after the group, not the topic?",
            proves = {DEAD_LETTERS, Feature.TOPIC})
    void perGroup(Tck t) {
        Topic<String> topic = t.topic();
        Group<String> fails = topic.group("fails");
        Group<String> works = topic.group("works");
        Seen<String> good = t.seen();
        t.client()
                .subscribe(
                        fails,
                        t.seen(delivery -> {
                            throw new Boom("always");
                        }),
                        ONCE);
        t.client().subscribe(works, good, ONCE);
        t.client().send(topic, "x");
        good.awaitExactly(1);

        DeadLetter letter = only(t, t.client().deadLetters(fails));
        assertThat(letter.failure().source()).isEqualTo(topic.name());
        assertThat(letter.failure().group()).isEqualTo("fails");
        assertThat(t.client().deadLetters(fails).name()).isEqualTo(topic.name() + "--fails.dlq");
        assertThat(t.client().deadLetters(works).count()).isZero();
    }

    @TckCase(
            id = "DLQ-16",
            value = "a subscription may name another queue for its dead letters",
            check = "is the named queue used everywhere the derived one would be?",
            proves = DEAD_LETTERS)
    void namedQueue(Tck t) {
        Queue<String> queue = t.queue();
        Queue<String> graveyard = t.queue();
        t.client()
                .subscribe(
                        queue,
                        t.seen(delivery -> {
                            throw new Boom("always");
                        }),
                        ONCE.toBuilder().deadLetterQueue(graveyard.name()).build());
        String id = t.client().send(queue, "x");

        DeadLetters dead = t.client().deadLetters(queue, graveyard.name());
        assertThat(only(t, dead).id()).isEqualTo(id);
        assertThat(t.client().deadLetters(queue).count()).isZero();
    }

    @TckCase(
            id = "DLQ-13",
            value = "bad messages among good ones: the good are handled, the bad are set aside",
            tier = Tier.T1,
            check = "does a failing message hold up, or take with it, those beside it?",
            proves = DEAD_LETTERS)
    void mixed(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (Integer.parseInt(delivery.payload().substring(1)) % 2 == 1) {
                throw new Boom("odd");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .concurrency(4)
                                .retry(RetryPolicy.immediate(2))
                                .build());
        t.client().sendAll(queue, QueueCases.texts(200));

        seen.awaitExactly(300);
        DeadLetters dead = t.client().deadLetters(queue);
        t.until("the bad ones are set aside", () -> dead.count() == 100);
        List<DeadLetter> letters = dead.browse(200);
        assertThat(letters).hasSize(100).allMatch(letter -> letter.failure().attempts() == 2);
    }

    private static DeadLetter only(Tck t, DeadLetters dead) {
        t.until("the message is among the dead letters", () -> dead.count() == 1);
        List<DeadLetter> letters = dead.browse(10);
        assertThat(letters).hasSize(1);
        t.evidence();
        return letters.get(0);
    }
}
