package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.ORDERED;
import static dev.transload.mq.tck.Feature.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.OrderPolicy;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Messages of one key, one at a time and in the order of the sends, while other keys go on. */
@TckGroup("Order by key")
final class OrderCases {

    @TckCase(
            id = "ORD-01",
            value = "one key is handled in the order of the sends",
            check = "may two sends, or two deliveries, of one key be under way at once?",
            proves = ORDERED)
    void oneKey(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, concurrency(8));
        List<String> texts = numbered(1000);
        t.client().sendAll(queue, keyed("k", texts));

        seen.awaitExactly(1000);
        assertThat(seen.payloads()).containsExactlyElementsOf(texts);
    }

    @TckCase(
            id = "ORD-02",
            value = "many keys over many handlers and two consumers: each key keeps its order",
            tier = Tier.T1,
            check = "does one key always go to one lane, and one lane to one consumer?",
            proves = ORDERED,
            draws = true)
    void manyKeys(Tck t) {
        Queue<String> queue = t.orderedQueue();
        AtomicInteger calls = new AtomicInteger();
        Seen<String> seen = t.seen(delivery -> {
            // Handlers that are not equally fast: else the order of arrival would look like the order of the keys.
            for (int spin = 0; calls.incrementAndGet() % 3 == 0 && spin < 20_000; spin++) {
                Thread.onSpinWait();
            }
        });
        t.client().subscribe(queue, seen, concurrency(8));
        t.newClient().subscribe(queue, seen, concurrency(8));
        List<Outbound<String>> all = drawnKeys(t, 1600, 32);
        assertThat(t.client().sendAll(queue, all)).allMatch(result -> result.sent());

        seen.awaitExactly(1600);
        eachKeyInOrder(seen, all);
    }

    @TckCase(
            id = "ORD-03",
            value = "a message that fails holds the later ones of its key back until it succeeds",
            check = "is a failed message sent again behind the later ones of its key?",
            proves = ORDERED)
    void retryKeepsOrder(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("2") && delivery.attempt() <= 3) {
                throw new Boom("three times");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        concurrency(4).toBuilder()
                                .retry(RetryPolicy.immediate(5))
                                .build());
        t.client().sendAll(queue, keyed("k", numbered(6)));

        seen.awaitExactly(9);
        assertThat(seen.payloads()).containsExactly("0", "1", "2", "2", "2", "2", "3", "4", "5");
        assertThat(seen.attempts()).containsExactly(1, 1, 1, 2, 3, 4, 1, 1, 1);
    }

    @TckCase(
            id = "ORD-04",
            value = "while a message waits for its retry its key waits and other keys go on",
            tier = Tier.T1,
            check = "does a wait block the lane instead of the key, or free the key too soon?",
            proves = ORDERED)
    void backoffBlocksItsKeyOnly(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("a0") && delivery.attempt() == 1) {
                throw new Boom("once");
            }
        });
        Duration wait = Duration.ofSeconds(5);
        t.client()
                .subscribe(
                        queue,
                        seen,
                        concurrency(4).toBuilder()
                                .retry(RetryPolicy.fixed(3, wait))
                                .build());
        t.client()
                .sendAll(
                        queue,
                        List.of(
                                new Outbound<>("a0", SendOptions.key("a")),
                                new Outbound<>("a1", SendOptions.key("a")),
                                new Outbound<>("b0", SendOptions.key("b")),
                                new Outbound<>("b1", SendOptions.key("b"))));

        seen.awaitExactly(5);
        List<String> payloads = seen.payloads();
        assertThat(payloads.stream().filter(p -> p.startsWith("a"))).containsExactly("a0", "a0", "a1");
        assertThat(payloads.stream().filter(p -> p.startsWith("b"))).containsExactly("b0", "b1");
        assertThat(payloads.subList(3, 5)).as("b went on meanwhile").containsExactly("a0", "a1");
        List<Seen.Call<String>> a =
                seen.calls().stream().filter(c -> c.payload().equals("a0")).toList();
        assertThat(a.get(1).millis() - a.get(0).millis()).isGreaterThanOrEqualTo(wait.toMillis() - 2);
    }

    @TckCase(
            id = "ORD-08",
            value = "at most one message of a key is being handled",
            tier = Tier.T1,
            check = "is a key closed from the hand-over of a message to its settle?",
            proves = ORDERED)
    void oneInFlight(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        Set<String> overlaps = ConcurrentHashMap.newKeySet();
        Seen<String> seen = t.seen(delivery -> {
            String key = delivery.key().orElseThrow();
            AtomicInteger now = running.computeIfAbsent(key, k -> new AtomicInteger());
            if (now.incrementAndGet() > 1) {
                overlaps.add(key);
            }
            for (int spin = 0; spin < 5_000; spin++) {
                Thread.onSpinWait();
            }
            now.decrementAndGet();
        });
        t.client().subscribe(queue, seen, concurrency(8));
        t.newClient().subscribe(queue, seen, concurrency(8));
        List<Outbound<String>> all = new ArrayList<>();
        for (int i = 0; i < 800; i++) {
            all.add(new Outbound<>("m" + i, SendOptions.key("key-" + i % 5)));
        }
        t.client().sendAll(queue, all);

        seen.awaitExactly(800);
        assertThat(overlaps).isEmpty();
    }

    @TckCase(
            id = "ORD-09",
            value = "a key whose handler is stuck does not stop the others",
            tier = Tier.T1,
            check = "do keys share a line of their own by hash or by bucket?",
            proves = ORDERED)
    void stuckKey(Tck t) {
        Queue<String> queue = t.orderedQueue();
        CountDownLatch gate = t.latch();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("stuck")) {
                gate.await();
            }
        });
        t.client().subscribe(queue, seen, concurrency(4));
        t.client().send(queue, "stuck", SendOptions.key("s"));
        seen.await(1);
        List<Outbound<String>> others = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            others.add(new Outbound<>("m" + i, SendOptions.key(i % 6 == 0 ? "s" : "key-" + i % 6)));
        }
        t.client().sendAll(queue, others);

        seen.await(51);
        assertThat(seen.calls().stream().filter(c -> "s".equals(c.key()))).hasSize(1);
        gate.countDown();
        seen.awaitExactly(61);
        assertThat(seen.calls().stream().filter(c -> "s".equals(c.key())).map(Seen.Call::payload))
                .containsExactly("stuck", "m0", "m6", "m12", "m18", "m24", "m30", "m36", "m42", "m48", "m54");
    }

    @TckCase(
            id = "ORD-10",
            value = "when a message of a key is dead-lettered, the key goes on with the next",
            tier = Tier.T1,
            check = "is the key opened again when its message was set aside?",
            proves = {ORDERED, Feature.DEAD_LETTERS})
    void keyGoesOnAfterDeadLetter(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("1")) {
                throw new Boom("always");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        concurrency(4).toBuilder()
                                .retry(RetryPolicy.immediate(2))
                                .build());
        t.client().sendAll(queue, keyed("k", numbered(4)));

        seen.awaitExactly(5);
        assertThat(seen.payloads()).containsExactly("0", "1", "1", "2", "3");
        t.until(
                "the message is among the dead letters",
                () -> t.client().deadLetters(queue).count() == 1);
    }

    @TckCase(
            id = "ORD-17",
            value = "by the other policy a failed message is dead-lettered at once and its key goes on",
            tier = Tier.T1,
            check = "is a failed message set aside before its key goes on?",
            proves = {ORDERED, Feature.DEAD_LETTERS})
    void deadLetterAndContinue(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("1")) {
                throw new Boom("always");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        concurrency(4).toBuilder()
                                .orderPolicy(OrderPolicy.DEAD_LETTER_AND_CONTINUE)
                                .build());
        t.client().sendAll(queue, keyed("k", numbered(4)));

        seen.awaitExactly(4);
        assertThat(seen.payloads()).containsExactly("0", "1", "2", "3");
        t.until(
                "the message is among the dead letters",
                () -> t.client().deadLetters(queue).count() == 1);
    }

    @TckCase(
            id = "ORD-13",
            value = "each sender's messages of its own key keep their order",
            tier = Tier.T1,
            check = "does the order of one sender hang on what another sends?",
            proves = ORDERED)
    void severalSenders(Tck t) throws InterruptedException {
        Queue<String> queue = t.orderedQueue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, concurrency(8));
        List<Thread> senders = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            String key = "sender-" + n;
            var mq = t.newClient();
            senders.add(new Thread(() -> numbered(100).forEach(text -> mq.send(queue, text, SendOptions.key(key)))));
        }
        senders.forEach(Thread::start);
        for (Thread sender : senders) {
            sender.join();
        }

        seen.awaitExactly(400);
        for (int n = 0; n < 4; n++) {
            assertThat(numbersOf(seen, "sender-" + n)).hasSize(100).isSorted();
        }
    }

    @TckCase(
            id = "ORD-19",
            value = "each group of an ordered topic gets every key in order, its own retries included",
            check = "does a retry in one group move the position of another?",
            proves = {ORDERED, TOPIC})
    void orderedTopic(Tck t) {
        Topic<String> topic = t.remove(Topic.of(t.name(), String.class).ordered());
        Seen<String> steady = t.seen();
        Seen<String> shaky = t.seen(delivery -> {
            if (delivery.payload().equals("3") && delivery.attempt() == 1) {
                throw new Boom("once");
            }
        });
        t.client().subscribe(topic.group("steady"), steady, concurrency(4));
        t.client()
                .subscribe(
                        topic.group("shaky"),
                        shaky,
                        concurrency(4).toBuilder()
                                .retry(RetryPolicy.immediate(3))
                                .build());
        t.client().sendAll(topic, keyed("k", numbered(6)));

        steady.awaitExactly(6);
        shaky.awaitExactly(7);
        assertThat(steady.payloads()).containsExactly("0", "1", "2", "3", "4", "5");
        assertThat(shaky.payloads()).containsExactly("0", "1", "2", "3", "3", "4", "5");
    }

    @TckCase(
            id = "ORD-20",
            value = "a number of partitions is either kept, with the order of every key, or refused at once",
            check = "does a number of partitions change where a key goes, or is it ignored?",
            proves = ORDERED,
            draws = true)
    void partitions(Tck t) {
        Queue<String> queue =
                t.remove(Queue.of(t.name(), String.class).ordered().partitions(3));
        Seen<String> seen = t.seen();
        try {
            t.client().subscribe(queue, seen, concurrency(4));
        } catch (UnsupportedCapabilityException refused) {
            t.refused(UnsupportedCapabilityException.class, () -> t.client().send(queue, "x", SendOptions.key("k")));
            return;
        }
        t.newClient().subscribe(queue, seen, concurrency(4));
        List<Outbound<String>> all = drawnKeys(t, 300, 6);
        t.client().sendAll(queue, all);

        seen.awaitExactly(300);
        eachKeyInOrder(seen, all);
    }

    private static List<Outbound<String>> drawnKeys(Tck t, int messages, int keys) {
        Random random = t.random();
        List<Outbound<String>> all = new ArrayList<>();
        for (int i = 0; i < messages; i++) {
            all.add(new Outbound<>(Integer.toString(i), SendOptions.key("key-" + random.nextInt(keys))));
        }
        return all;
    }

    private static void eachKeyInOrder(Seen<String> seen, List<Outbound<String>> sent) {
        sent.stream()
                .collect(Collectors.groupingBy(
                        each -> String.valueOf(each.options().settings().key()), Collectors.counting()))
                .forEach((key, count) -> assertThat(numbersOf(seen, key))
                        .as(key)
                        .hasSize(count.intValue())
                        .isSorted());
    }

    private static SubscribeOptions concurrency(int handlers) {
        return SubscribeOptions.builder().concurrency(handlers).build();
    }

    private static List<String> numbered(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static List<Outbound<String>> keyed(String key, List<String> texts) {
        return texts.stream()
                .map(text -> new Outbound<>(text, SendOptions.key(key)))
                .toList();
    }

    private static List<Integer> numbersOf(Seen<String> seen, String key) {
        return seen.calls().stream()
                .filter(call -> key.equals(call.key()))
                .map(call -> Integer.valueOf(call.payload()))
                .toList();
    }
}
