package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.DELAY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Delayed messages: never early, not much too late, never lost. */
@TckGroup("Delay")
final class DelayCases {

    @TckCase(
            id = "DLY-01",
            value = "a delayed message comes when it is due: not before, and at most 1 s and 1 % later",
            tier = Tier.T1,
            check = "by which clock is a message due, and how is its delay rounded?",
            proves = DELAY)
    void whenDue(Tck t) {
        t.warmUpDelays();
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        Map<String, Long> sent = new HashMap<>();
        Map<String, Long> confirmed = new HashMap<>();
        Map<String, Duration> delays = new HashMap<>();
        for (long millis : new long[] {100, 500, 1000, 2500, 4000}) {
            Duration delay = Duration.ofMillis(millis);
            long before = t.millis();
            String id = t.client().send(queue, "m" + millis, SendOptions.delay(delay));
            sent.put(id, before);
            confirmed.put(id, t.millis());
            delays.put(id, delay);
        }

        seen.awaitExactly(5);
        assertThat(seen.calls()).allSatisfy(call -> {
            Duration delay = java.util.Objects.requireNonNull(delays.get(call.id()));
            assertThat(call.millis() - java.util.Objects.requireNonNull(sent.get(call.id())))
                    .as("not early after %s", delay)
                    .isGreaterThanOrEqualTo(delay.toMillis() - 2);
            assertThat(call.millis() - java.util.Objects.requireNonNull(confirmed.get(call.id())))
                    .as("not late after %s", delay)
                    .isLessThanOrEqualTo(delay.toMillis() + t.lateness(delay));
        });
    }

    @TckCase(
            id = "DLY-02",
            value = "no delay, a negative one and a time in the past mean at once; null is refused",
            check = "is a delay of nothing or less sent by the way of delays at all?",
            proves = DELAY)
    void notDelayed(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.client().send(queue, "zero", SendOptions.delay(Duration.ZERO));
        t.client().send(queue, "negative", SendOptions.delay(Duration.ofHours(-1)));
        t.client().send(queue, "past", SendOptions.deliverAt(Instant.EPOCH));

        seen.awaitExactly(3);
        t.refused(NullPointerException.class, () -> SendOptions.delay(Nulls.of()), "delay");
        t.refused(NullPointerException.class, () -> SendOptions.deliverAt(Nulls.of()), "time");
    }

    @TckCase(
            id = "DLY-03",
            value = "a shorter delay overtakes a longer one that was sent before",
            tier = Tier.T1,
            check = "does what is due first wait behind what is due later in one place?",
            proves = DELAY)
    void shorterOvertakes(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.client().send(queue, "long", SendOptions.delay(Duration.ofSeconds(10)));
        t.client().send(queue, "short", SendOptions.delay(Duration.ofSeconds(5)));
        t.client().send(queue, "at once");

        seen.awaitExactly(3);
        assertThat(seen.payloads()).containsExactly("at once", "short", "long");
    }

    @TckCase(
            id = "DLY-05",
            value = "a delayed message does not depend on the client that sent it",
            check = "is the wait at the broker, or in the memory of the sender?",
            proves = DELAY)
    void senderMayGo(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        String id;
        try (MqClient sender = t.newClient()) {
            id = sender.send(queue, "x", SendOptions.delay(Duration.ofSeconds(1)));
        }

        assertThat(seen.await(1).id()).isEqualTo(id);
    }

    @TckCase(
            id = "DLY-12",
            value = "a relative delay does not depend on the clock of the sender",
            tier = Tier.T1,
            check = "does the sender compute when the message is due, or stamp what the wait is counted from?",
            proves = DELAY)
    void senderWithWrongClock(Tck t) {
        t.warmUpDelays();
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        Duration delay = Duration.ofSeconds(2);
        Map<String, Long> before = new HashMap<>();
        for (Duration ahead : List.of(Duration.ofMinutes(10), Duration.ofMinutes(-10))) {
            try (MqClient sender = t.through(Pretence.clockAhead(ahead))) {
                long now = t.millis();
                before.put(sender.send(queue, "by a clock ahead by " + ahead, SendOptions.delay(delay)), now);
            }
        }
        long confirmed = t.millis();

        seen.awaitExactly(2);
        assertThat(seen.calls()).allSatisfy(call -> {
            assertThat(call.millis() - java.util.Objects.requireNonNull(before.get(call.id())))
                    .as("not early: %s", call.payload())
                    .isGreaterThanOrEqualTo(delay.toMillis() - 2);
            assertThat(call.millis() - confirmed)
                    .as("not late: %s", call.payload())
                    .isLessThanOrEqualTo(delay.toMillis() + t.lateness(delay));
        });
    }

    @TckCase(
            id = "DLY-06",
            value = "the longest delay is accepted; a longer one is refused, with the limit",
            check = "is the declared longest delay the one the broker really takes?",
            proves = DELAY)
    void longestDelay(Tck t) {
        Queue<String> queue = t.queue();
        Duration tooLong = Duration.ofDays(36_500);
        UnsupportedCapabilityException e = t.refused(
                UnsupportedCapabilityException.class,
                () -> t.client().send(queue, "x", SendOptions.delay(tooLong)),
                queue.name(),
                "at most",
                tooLong.toString());
        Matcher limit = Pattern.compile("at most (PT[0-9HMS.]+)").matcher(String.valueOf(e.getMessage()));
        assertThat(limit.find()).as("the limit in: %s", e.getMessage()).isTrue();
        Duration most = Duration.parse(limit.group(1));

        t.client().send(queue, "longest", SendOptions.delay(most));
        t.refused(
                UnsupportedCapabilityException.class,
                () -> t.client().send(queue, "x", SendOptions.delay(most.plusMillis(1))));
        t.refused(IllegalArgumentException.class, () -> SendOptions.delay(Duration.ofDays(4_000_000)), "delay");
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("fence");
    }

    @TckCase(
            id = "DLY-08",
            value = "many messages of all delays: all come once, none early",
            tier = Tier.T1,
            check = "is a message lost or doubled where it moves from one wait to the next?",
            proves = DELAY,
            draws = true)
    void manyDelays(Tck t) {
        t.warmUpDelays();
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        Random random = t.random();
        List<Outbound<String>> all = new ArrayList<>();
        Map<String, Integer> delays = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            int millis = random.nextInt(3000);
            delays.put("d" + i, millis);
            all.add(new Outbound<>("m" + i, SendOptions.id("d" + i).delay(Duration.ofMillis(millis))));
        }
        long before = t.millis();
        assertThat(t.client().sendAll(queue, all)).allMatch(result -> result.sent());
        long after = t.millis();

        seen.awaitExactly(300);
        assertThat(new HashSet<>(seen.ids())).hasSize(300);
        assertThat(seen.calls()).allSatisfy(call -> {
            int delay = java.util.Objects.requireNonNull(delays.get(call.id()));
            assertThat(call.millis() - before).isGreaterThanOrEqualTo(delay - 2L);
            assertThat(call.millis() - after).isLessThanOrEqualTo(delay + 2 * t.lateness(Duration.ofMillis(delay)));
        });
    }

    @TckCase(
            id = "DLY-07",
            value = "a delay over many steps, or longer than the broker's own longest, ends once and in time",
            tier = Tier.T1,
            check = "does a message that hops from wait to wait keep count of what is left?",
            proves = DELAY)
    void longDelay(Tck t) {
        t.warmUpDelays();
        // In virtual time longer than any broker waits by itself but the largest; else one of many tiers.
        boolean virtual = t.broker().time().isPresent();
        List<Duration> delays = virtual
                ? List.of(Duration.ofMinutes(16), Duration.ofHours(13), Duration.ofDays(3))
                : List.of(Duration.ofMillis(7_750));
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        Map<String, Duration> sent = new HashMap<>();
        long before = t.millis();
        delays.forEach(delay -> sent.put(t.client().send(queue, "x", SendOptions.delay(delay)), delay));
        long after = t.millis();

        for (Duration delay : delays) {
            t.elapse(delay.minusMillis(t.millis() - before).minusMillis(500));
            seen.await(delays.indexOf(delay) + 1);
        }
        t.fence(queue, seen);
        assertThat(seen.count()).isEqualTo(delays.size() + 1);
        assertThat(seen.calls().subList(0, delays.size())).allSatisfy(call -> {
            Duration delay = java.util.Objects.requireNonNull(sent.get(call.id()));
            assertThat(call.millis())
                    .isBetween(before + delay.toMillis() - 2, after + delay.toMillis() + t.lateness(delay));
        });
    }

    @TckCase(
            id = "DLY-09",
            value = "a delay changes nothing about the message",
            check = "which property is not carried through the wait?",
            proves = DELAY)
    void envelopeSurvives(Tck t) {
        Queue<byte[]> queue = t.queue(byte[].class);
        Seen<byte[]> seen = t.seen();
        t.client().subscribe(queue, seen);
        byte[] body = {0, 1, -1};
        long before = t.clock().millis();
        String id = t.client()
                .send(
                        queue,
                        body,
                        SendOptions.delay(Duration.ofMillis(1500))
                                .key("k")
                                .header("h", "v")
                                .type("t")
                                .correlationId("c")
                                .contentType("x/y"));
        long after = t.clock().millis();

        Seen.Call<byte[]> call = seen.await(1);
        assertThat(call.id()).isEqualTo(id);
        assertThat(call.payload()).isEqualTo(body);
        assertThat(call.key()).isEqualTo("k");
        assertThat(call.message().headers()).isEqualTo(Map.of("h", "v"));
        assertThat(call.message().type()).isEqualTo("t");
        assertThat(call.message().correlationId()).isEqualTo("c");
        assertThat(call.message().contentType()).isEqualTo("x/y");
        assertThat(call.message().timestamp()).isBetween(before, after);
        assertThat(call.attempt()).isEqualTo(1);
        assertThat(call.redelivered()).isFalse();
    }

    @TckCase(
            id = "DLY-10",
            value = "what becomes due while nobody consumes waits",
            tier = Tier.T1,
            check = "does a message that is due expire or vanish while nobody consumes?",
            proves = DELAY)
    void dueWithoutConsumer(Tck t) {
        Queue<String> queue = t.queue();
        t.client().send(queue, "x", SendOptions.delay(Duration.ofMillis(300)));
        t.elapse(Duration.ofMillis(1500));

        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        seen.awaitExactly(1);
    }

    @TckCase(
            id = "DLY-15",
            value = "a delayed message to a topic reaches every group when it is due",
            check = "is a delayed message to a topic given to its groups when due, not when sent?",
            proves = {DELAY, Feature.TOPIC})
    void delayedTopic(Tck t) {
        t.warmUpDelays();
        Topic<String> topic = t.topic();
        Seen<String> one = t.seen();
        Seen<String> two = t.seen();
        t.client().subscribe(topic.group("one"), one);
        t.client().subscribe(topic.group("two"), two);
        Duration delay = Duration.ofMillis(800);
        long before = t.millis();
        t.client().send(topic, "x", SendOptions.delay(delay));
        long after = t.millis();

        for (Seen<String> each : List.of(one, two)) {
            each.awaitExactly(1);
            assertThat(each.call(0).millis()).isBetween(before + 798, after + 800 + t.lateness(delay));
        }
    }

    @TckCase(
            id = "DLY-16",
            value = "a time in the future is kept, by this machine's clock",
            check = "is a time turned into a delay by the clock of this machine?",
            proves = DELAY)
    void deliverAt(Tck t) {
        t.warmUpDelays();
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        Duration delay = Duration.ofMillis(900);
        long before = t.millis();
        t.client().send(queue, "x", SendOptions.deliverAt(t.clock().instant().plus(delay)));
        long after = t.millis();

        assertThat(seen.await(1).millis()).isBetween(before + 895, after + 900 + t.lateness(delay));
    }
}
