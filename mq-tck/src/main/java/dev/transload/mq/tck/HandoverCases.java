package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.LIFECYCLE;
import static dev.transload.mq.tck.Feature.ORDERED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.CloseReport;
import dev.transload.mq.MessageHandler;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Order by key under load and while consumers come and go, judged by the whole history. */
@TckGroup("Order under load")
final class HandoverCases {

    private static final String CHECK =
            "does a retry go to the tail? more than one message of a key handed out? parallel"
                    + " lanes for one key? what was buffered given back in its order?";

    private static final SubscribeOptions EIGHT = SubscribeOptions.builder()
            .concurrency(8)
            .retry(RetryPolicy.immediate(4))
            .build();
    private static final int MOST_LEAVING = 8;
    private static final long SLOWEST = 160;

    @TckCase(
            id = "ORD-16",
            value = "order that is declared holds under batches, failures and many consumers at once",
            proves = ORDERED,
            tier = Tier.T1,
            check = CHECK)
    void declaredOrderHolds(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Traffic traffic = t.traffic(queue);
        // What waits before anybody consumes is there to be handed out at once, however slow the senders are.
        traffic.sendAll(
                t.client(),
                "first-sender",
                "key-0",
                IntStream.range(0, 30).mapToObj(Integer::toString).toList());
        for (int i = 0; i < 4; i++) {
            traffic.consume(t.newClient(), queue, EIGHT, delivery -> {
                int number = Integer.parseInt(delivery.payload());
                if (number % 10 == 0 && delivery.attempt() <= 1 + number / 10 % 3) {
                    throw new Boom("some times");
                }
            });
        }
        t.together(4, sender -> {
            MqClient mq = t.newClient();
            for (int batch = 0; batch < 15; batch++) {
                int first = batch * 50;
                // Every sender uses every key, in batches and one by one.
                traffic.sendAll(
                        mq,
                        "sender-" + sender,
                        "key-" + batch % 8,
                        IntStream.range(first, first + 30)
                                .mapToObj(Integer::toString)
                                .toList());
                for (int i = first + 30; i < first + 50; i++) {
                    traffic.send(mq, "sender-" + sender, "key-" + i % 8, Integer.toString(i));
                }
            }
        });
        traffic.drain(t.client());

        t.history()
                .assertSound(t.judge(queue)
                        .attempts(4)
                        .atLeast(3_000, 1)
                        .needing(Judge.Need.REDELIVERIES, Judge.Need.CONTENTION));
    }

    @TckCase(
            id = "ORD-06",
            value = "while consumers come and go every key keeps its order, none is skipped, and none has two owners",
            proves = {ORDERED, LIFECYCLE},
            tier = Tier.T1,
            check = CHECK)
    void consumersComeAndGo(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Traffic traffic = t.traffic(queue);
        CountDownLatch never = t.latch();
        AtomicLong millis = new AtomicLong(5);
        MessageHandler<String> work = delivery -> {
            // So slow that consumers hold more than they have begun.
            var unused = never.await(millis.get(), TimeUnit.MILLISECONDS);
        };
        List<Traffic.Worker> workers = new ArrayList<>();
        workers.add(traffic.consume(t.newClient(), queue, EIGHT, work));
        AtomicBoolean enough = new AtomicBoolean();
        AtomicLong givenBack = new AtomicLong();
        t.together(2, role -> {
            if (role == 0) {
                MqClient mq = t.newClient();
                // More keys than handlers, so that consumers hold some unbegun even where a key is handed out singly.
                for (int i = 0; !enough.get(); i++) {
                    traffic.send(mq, "sender", "key-" + i % 128, Integer.toString(i));
                    if (i % 100 == 0) {
                        t.until(
                                "the consumers keep up",
                                () -> enough.get() || traffic.confirmed() < traffic.calls() + 1_000);
                    }
                }
                return;
            }
            try {
                moreCalls(t, traffic, 300);
                for (int i = 0; i < 3; i++) {
                    workers.add(traffic.consume(t.newClient(), queue, EIGHT, work));
                    moreCalls(t, traffic, 100);
                }
                // Those go first that had the keys; more, if these held nothing that they had not begun, as where a
                // broker hands out slower than handlers work. What comes to them after a pause, they hold unbegun.
                for (int i = 0; i < 2 || (givenBack.get() == 0 && i < MOST_LEAVING); i++) {
                    Traffic.Worker leaving = workers.get(i);
                    if (i >= 2) {
                        workers.add(traffic.consume(t.newClient(), queue, EIGHT, work));
                    }
                    backlog(t, traffic, millis);
                    if (i >= 2) {
                        leaving.pause();
                        moreCalls(t, traffic, 100);
                    }
                    givenBack.addAndGet(leaving.close().givenBack());
                    moreCalls(t, traffic, 300);
                }
            } finally {
                enough.set(true);
            }
        });
        traffic.drain(t.client());

        t.history()
                .assertSound(t.judge(queue)
                        .attempts(4)
                        .atLeast(1_000, 10)
                        .needing(Judge.Need.SEVERAL_CONSUMERS, Judge.Need.CONTENTION));
        if (givenBack.get() == 0) {
            throw new Inconclusive("the consumers that left held nothing that they had not begun");
        }
    }

    // Where one send takes longer than all handlers have for a message, they take longer, too.
    private static void backlog(Tck t, Traffic traffic, AtomicLong millis) {
        BooleanSupplier more = () -> traffic.confirmed() > traffic.calls() + 300;
        while (!t.soon(more) && millis.get() < SLOWEST) {
            millis.set(millis.get() * 2);
        }
        t.until("there is more than has begun", more);
    }

    private static void moreCalls(Tck t, Traffic traffic, int more) {
        long enough = traffic.calls() + more;
        t.until(more + " more handler calls", () -> traffic.calls() >= enough);
    }

    @TckCase(
            id = "FLT-16",
            value = "when work moves to another consumer nothing is lost, and only what was in flight comes twice",
            proves = {ORDERED, LIFECYCLE},
            tier = Tier.T1,
            realTime = true,
            check = CHECK)
    void workMovesInTheMiddle(Tck t) {
        Queue<String> queue = t.orderedQueue();
        Traffic traffic = t.traffic(queue);
        CountDownLatch never = t.latch();
        MqClient first = t.newClient();
        AtomicLong waiting = new AtomicLong();
        // Eight handlers get stuck, each with a key of its own, while other keys go on.
        Traffic.Worker stuck = traffic.consume(first, queue, EIGHT, delivery -> {
            if (Integer.parseInt(delivery.payload()) >= 800) {
                waiting.incrementAndGet();
                never.await();
            }
        });
        for (int i = 0; i < 1_000; i++) {
            traffic.send(t.client(), "sender", "key-" + i % 32, Integer.toString(i));
        }
        traffic.awaitSends();
        // A broker that hands out key by key gets there sooner.
        t.until("the first consumer is in the middle of it", () -> traffic.calls() >= 400 || waiting.get() == 8);
        traffic.consume(t.newClient(), queue, EIGHT, delivery -> {});
        t.until("its handlers are stuck", () -> traffic.running() == 8);
        CloseReport report = stuck.close(Duration.ofMillis(300));
        traffic.drain(t.client());

        assertThat(report.interrupted()).as("handlers in flight: %s", report).isEqualTo(8);
        Verdict verdict = t.history()
                .assertSound(t.judge(queue)
                        .attempts(4)
                        .atLeast(1_000, 30)
                        .needing(Judge.Need.SEVERAL_CONSUMERS, Judge.Need.INTERRUPTIONS, Judge.Need.REDELIVERIES));
        assertThat(verdict.measures().get(0).redeliveries()).as("came twice").isEqualTo(8);
    }
}
