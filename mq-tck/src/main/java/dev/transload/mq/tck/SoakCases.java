package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.DEAD_LETTERS;
import static dev.transload.mq.tck.Feature.QUEUE;
import static dev.transload.mq.tck.Feature.RETRY;
import static dev.transload.mq.tck.Feature.SEND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Delivery;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.tck.HistoryEvent.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** Many messages at once, judged by their whole history. */
@TckGroup("Concurrency and soak")
final class SoakCases {

    private static final SubscribeOptions EIGHT = SubscribeOptions.builder()
            .concurrency(8)
            .retry(RetryPolicy.immediate(3))
            .build();

    @TckCase(
            id = "SOAK-01",
            value = "hundreds of messages with retries among them: each takes effect once, none is invented",
            proves = {SEND, QUEUE, RETRY},
            draws = true,
            check = "is a message acked before its copy is stored, or stored twice?")
    void hundreds(Tck t) {
        Queue<String> queue = t.queue();
        Traffic traffic = t.traffic(queue);
        Map<String, AtomicInteger> effects = new ConcurrentHashMap<>();
        Set<String> failing = t.random()
                .ints(0, 500)
                .distinct()
                .limit(50)
                .mapToObj(Integer::toString)
                .collect(Collectors.toSet());
        traffic.consume(t.client(), queue, EIGHT, delivery -> {
            if (delivery.attempt() == 1 && failing.contains(delivery.payload())) {
                throw new Boom("at first");
            }
            effects.computeIfAbsent(delivery.id(), id -> new AtomicInteger()).incrementAndGet();
        });
        for (int i = 0; i < 500; i++) {
            traffic.send(t.client(), "sender", null, Integer.toString(i));
        }
        traffic.drain(t.client());

        Verdict verdict = t.history()
                .assertSound(t.judge(queue).attempts(3).atLeast(500, 0).needing(Judge.Need.REDELIVERIES));
        assertThat(verdict.measures().get(0).failures()).isEqualTo(50);
        assertThat(effects.values()).hasSize(501).allMatch(count -> count.get() == 1);
    }

    @TckCase(
            id = "SOAK-02",
            value = "a large run of many senders and consumers with failures has a correct history",
            proves = {SEND, QUEUE, RETRY, DEAD_LETTERS},
            tier = Tier.T1,
            check = "the shortest offending history names the message; look at what was done to it last")
    void large(Tck t) {
        Queue<String> queue = t.queue();
        Traffic traffic = t.traffic(queue);
        CountDownLatch never = t.latch();
        for (int i = 0; i < 4; i++) {
            MqClient mq = t.newClient();
            for (int k = 0; k < 2; k++) {
                traffic.consume(mq, queue, EIGHT, delivery -> {
                    int number = Integer.parseInt(delivery.payload());
                    if (number % 100 == 7) {
                        var unused = never.await(10, TimeUnit.MILLISECONDS);
                    }
                    if (number % 1000 == 13) {
                        delivery.deadLetter("every thousandth");
                        return;
                    }
                    failOnce(delivery, 20);
                });
            }
        }
        t.together(8, sender -> {
            MqClient mq = t.newClient();
            for (int i = 0; i < 2_500; i++) {
                traffic.send(mq, "sender-" + sender, null, Integer.toString(i));
            }
            traffic.awaitSends();
        });
        traffic.drain(t.client());
        traffic.readDeadLetters(t.client(), queue);

        Judge judge = t.judge(queue).attempts(3).atLeast(20_000, 0);
        // There may be fewer lanes than consumers.
        Verdict verdict = t.history()
                .assertSound((t.sharedByLanes() ? judge : judge.sharedByAll())
                        .needing(Judge.Need.REDELIVERIES, Judge.Need.DEAD_LETTERS, Judge.Need.SEVERAL_CONSUMERS));
        assertThat(verdict.measures().get(0).deadLettered()).isEqualTo(8 * 3);
    }

    @TckCase(
            id = "OBS-01",
            value = "after a mixed run the counters are exactly what happened",
            proves = {SEND, QUEUE, RETRY, DEAD_LETTERS},
            tier = Tier.T1,
            check = "is one thing counted in two places, or a copy of the engine's own counted as a send?")
    void counters(Tck t) {
        Queue<String> queue = t.queue();
        Counts counts = new Counts();
        MqClient mq = t.newClient(builder -> builder.observer(counts));
        Traffic traffic = t.traffic(queue);
        for (int i = 0; i < 2; i++) {
            traffic.consume(mq, queue, EIGHT, delivery -> {
                switch (Integer.parseInt(delivery.payload()) % 50) {
                    case 1 -> delivery.deadLetter("on purpose");
                    case 2 -> delivery.discard();
                    case 3 -> throw new Boom("always");
                    case 4 -> {
                        if (delivery.attempt() == 1) {
                            delivery.retry();
                        }
                    }
                    default -> failOnce(delivery, 10);
                }
            });
        }
        for (int i = 0; i < 1_000; i++) {
            traffic.send(mq, "sender", null, Integer.toString(i));
        }
        traffic.drain(mq);
        int dead = traffic.readDeadLetters(mq, queue).size();
        t.history().assertSound(t.judge(queue).attempts(3).needing(Judge.Need.REDELIVERIES, Judge.Need.DEAD_LETTERS));

        List<HistoryEvent> events = t.history().log().events();
        Map<MqObserver.Event, Long> truth = Map.of(
                MqObserver.Event.SENT, count(events, Kind.SENT),
                MqObserver.Event.SEND_FAILED, 0L,
                MqObserver.Event.DELIVERED, count(events, Kind.DELIVERED),
                MqObserver.Event.COMPLETED, count(events, Kind.ACKED),
                MqObserver.Event.FAILED,
                        events.stream()
                                .filter(e -> e.kind() == Kind.FAILED && !e.why().equals("by hand"))
                                .count(),
                MqObserver.Event.RETRIED,
                        events.stream()
                                .filter(e -> e.kind() == Kind.DELIVERED && e.attempt() > 1)
                                .count(),
                MqObserver.Event.DEAD_LETTERED, (long) dead,
                MqObserver.Event.DISCARDED, count(events, Kind.DROPPED));
        truth.forEach((event, happened) -> {
            t.until(event + " is counted", () -> counts.of(event) >= happened);
            assertThat(counts.of(event)).as(event.name()).isEqualTo(happened);
        });
        assertThat(truth.get(MqObserver.Event.DEAD_LETTERED)).isEqualTo(40);
    }

    private static long count(List<HistoryEvent> events, Kind kind) {
        return events.stream().filter(e -> e.kind() == kind).count();
    }

    private static void failOnce(Delivery<String> delivery, int every) {
        if (delivery.attempt() == 1 && Integer.parseInt(delivery.payload()) % every == 0) {
            throw new Boom("at first");
        }
    }

    /** What an observer is told. */
    private static final class Counts implements MqObserver {
        private final Map<Event, AtomicLong> counts = new ConcurrentHashMap<>();

        @Override
        public void count(Event event, String destination, long by) {
            counts.computeIfAbsent(event, e -> new AtomicLong()).addAndGet(by);
        }

        long of(Event event) {
            AtomicLong count = counts.get(event);
            return count == null ? 0 : count.get();
        }
    }
}
