package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.DELAY;
import static dev.transload.mq.tck.Feature.LIFECYCLE;
import static dev.transload.mq.tck.Feature.ORDERED;
import static dev.transload.mq.tck.Feature.RETRY;
import static dev.transload.mq.tck.Feature.SEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Health;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** The broker stops, dies, freezes, and comes back. */
@TckGroup("Outages of the broker")
@TckFaultGroup
final class OutageCases {

    private static final Duration PATIENT = Duration.ofMinutes(3);

    @TckCase(
            id = "SND-08",
            value = "while the broker is frozen a send fails within its timeout, with an unknown outcome",
            proves = SEND,
            tier = Tier.T2,
            faults = Fault.PAUSE,
            check = "who ends a send whose confirm never comes?")
    void frozenBroker(Tck t) {
        Duration timeout = Duration.ofSeconds(5);
        MqClient mq = t.newClient(builder -> builder.sendTimeout(timeout));
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        mq.send(queue, "before");
        t.faults().pause();

        long start = t.millis();
        CompletableFuture<String> send = mq.sendAsync(queue, "during", SendOptions.id("during"));
        t.until("the send ends", send::isDone);
        long took = t.millis() - start;
        assertThat(failure(send))
                .isInstanceOfSatisfying(
                        MessagingException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN))
                .hasMessageContaining(queue.name());
        assertThat(took)
                .as("ms until the send failed")
                .isLessThanOrEqualTo(timeout.toMillis() * 12 / 10 + t.lateness(Duration.ZERO));

        t.faults().mend();
        CompletableFuture<String> after = mq.sendAsync(queue, "after");
        t.until("the client can send again", () -> after.isDone());
        t.until("it is received", () -> seen.payloads().contains("after"));
        assertThat(seen.payloads()).contains("before");
    }

    @TckCase(
            id = "SND-12",
            value = "a send that failed as not sent is never delivered",
            proves = SEND,
            tier = Tier.T2,
            faults = Fault.CUT,
            check = "is anything called not sent once its bytes may have left?")
    void notSentIsNotDelivered(Tck t) {
        Reconnects reconnects = new Reconnects();
        MqClient mq = t.newClient(
                builder -> builder.sendTimeout(Duration.ofSeconds(2)).listener(reconnects));
        Queue<String> queue = t.queue();
        Load load = new Load(t, mq, 8, queue);
        load.consume(t.client());
        load.more(200);
        for (int i = 0; i < 3; i++) {
            t.faults().cut();
            load.more(100);
            long before = load.notSent();
            t.faults().down();
            load.until("sends give up", () -> load.notSent() > before);
            t.faults().mend();
            load.untilBack(mq, reconnects, i + 1);
        }
        load.judge();
        assertThat(load.notSent()).as("sends that gave up").isPositive();
    }

    @TckCase(
            id = "FLT-01",
            value =
                    "when all connections are closed by the broker, subscriptions come back by themselves and nothing is"
                            + " lost",
            proves = LIFECYCLE,
            tier = Tier.T2,
            faults = Fault.CUT,
            check = "is every subscription made anew on the new connection, with its credit?")
    void connectionsAreClosed(Tck t) {
        Queue<String> queue = t.queue();
        Reconnects reconnects = new Reconnects();
        MqClient mq = patient(t, reconnects);
        Load load = new Load(t, mq, 8, queue);
        Traffic.Worker worker = load.consume(mq).get(0);
        load.more(200);
        for (int i = 1; i <= 2; i++) {
            int losses = i;
            t.faults().closeConnections();
            // Who asks over HTTP may have had no question open just then; without new load it has.
            if (!t.soon(() -> reconnects.lost() >= losses)) {
                t.faults().closeConnections();
            }
            load.untilBack(mq, reconnects, i);
        }
        load.judge();
        assertThat(load.unknown() + load.notSent()).as("sends that failed").isZero();
        assertThat(worker.state()).isEqualTo(Subscription.State.RUNNING);
    }

    @TckCase(
            id = "FLT-02",
            value = "what was confirmed outlives a broker that is killed",
            proves = {SEND, ORDERED},
            tier = Tier.T2,
            faults = Fault.KILL,
            check = "is a send confirmed before the broker has it on disk?")
    void killed(Tck t) {
        underLoad(t, t.orderedQueue(), t.faults()::kill);
    }

    @TckCase(
            id = "FLT-03",
            value = "a restart of the broker under load loses nothing",
            check = "is a send confirmed before it is on disk, or a subscription forgotten?",
            proves = LIFECYCLE,
            tier = Tier.T2,
            faults = Fault.STOP)
    void restarted(Tck t) {
        underLoad(t, t.queue(), t.faults()::stop);
    }

    private static void underLoad(Tck t, Queue<String> queue, Runnable fault) {
        Reconnects reconnects = new Reconnects();
        MqClient mq = patient(t, reconnects);
        Load load = new Load(t, mq, 8, queue);
        Traffic.Worker worker = load.consume(mq).get(0);
        load.more(300);
        int before = reconnects.lost();
        fault.run();
        load.until("the client sees it", () -> reconnects.lost() > before);
        assertThat(mq.health().status()).isEqualTo(Health.Status.DOWN);
        t.faults().mend();
        long mended = t.millis();
        load.untilBack(mq, reconnects, before + 1);
        t.history().add("the client was back after " + (t.millis() - mended) + " ms");
        load.more(100);
        load.judge();
        assertThat(load.unknown() + load.notSent()).as("sends that failed").isZero();
        assertThat(worker.state()).isEqualTo(Subscription.State.RUNNING);
    }

    @TckCase(
            id = "FLT-04",
            value = "a broker that freezes is noticed; when it wakes up nothing is lost and nothing handled by two at"
                    + " once",
            check = "is a settle accepted that belongs to a lease which ended meanwhile?",
            proves = LIFECYCLE,
            tier = Tier.T2,
            faults = Fault.PAUSE)
    void frozenAndAwake(Tck t) {
        Queue<String> queue = t.queue();
        Reconnects reconnects = new Reconnects();
        MqClient mq = patient(t, reconnects);
        Load load = new Load(t, mq, 8, queue);
        load.consume(mq);
        load.more(200);
        int before = reconnects.lost();
        t.faults().pause();
        long start = t.millis();
        load.until("the client notices", () -> reconnects.lost() > before);
        assertThat(t.millis() - start)
                .as("ms until the client noticed")
                .isLessThanOrEqualTo(t.faults().silence().toMillis() + t.lateness(Duration.ZERO));
        assertThat(mq.health().status()).isEqualTo(Health.Status.DOWN);
        load.during(Duration.ofSeconds(2));
        t.faults().mend();
        load.untilBack(mq, reconnects, before + 1);
        load.judge();
        assertThat(load.unknown()).as("sends that failed").isZero();
    }

    @TckCase(
            id = "FLT-11",
            value = "a client that is told to wait connects when the broker comes",
            check = "does connecting give up at the first refusal?",
            proves = LIFECYCLE,
            tier = Tier.T2,
            faults = Fault.CUT)
    void absentAtFirst(Tck t) {
        Queue<String> queue = t.queue();
        t.client().send(queue, "before");
        t.faults().down();
        String uri = t.broker().uri();
        assertThatThrownBy(() -> MqClient.builder(uri)
                        .connectTimeout(Duration.ofSeconds(5))
                        .connect())
                .as("who is not told to wait")
                .isInstanceOf(ConnectionLostException.class);

        CompletableFuture<MqClient> connecting = new CompletableFuture<>();
        Thread waiting = new Thread(
                () -> {
                    try {
                        connecting.complete(t.newClient(builder -> builder.waitForBroker(Duration.ofMinutes(2))));
                    } catch (RuntimeException | Error e) {
                        connecting.completeExceptionally(e);
                    }
                },
                "mq-tck-connecting");
        waiting.start();
        t.until(
                "it has tried, and waits",
                () -> waiting.getState() == Thread.State.TIMED_WAITING || connecting.isDone());
        t.elapse(Duration.ofSeconds(2));
        assertThat(connecting).as("there is nobody to connect to").isNotDone();
        t.faults().mend();
        t.until("the client is connected", connecting::isDone);

        Seen<String> seen = t.seen();
        connecting.join().subscribe(queue, seen);
        t.until("it works", () -> seen.payloads().contains("before"));
    }

    @TckCase(
            id = "FLT-14",
            value = "what the broker forgot is declared again, and subscriptions go on",
            check = "is what was declared once remembered, and declared again after a reconnect?",
            proves = LIFECYCLE,
            tier = Tier.T2,
            faults = Fault.FORGET)
    void forgotten(Tck t) {
        Queue<String> queue = t.queue();
        Reconnects reconnects = new Reconnects();
        MqClient mq = patient(t, reconnects);
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("fails") && delivery.attempt() == 1) {
                throw new Boom("once");
            }
        });
        mq.subscribe(
                queue,
                seen,
                SubscribeOptions.builder()
                        .retry(RetryPolicy.fixed(3, Duration.ofMillis(1_200)))
                        .build());
        mq.send(queue, "fails");
        seen.awaitExactly(2);

        t.faults().forget();
        t.until("the client is back", () -> reconnects.whole() && mq.health().status() == Health.Status.UP);
        mq.send(queue, "after");
        mq.send(queue, "fails");
        Supplier<List<String>> afterwards = () -> seen.calls().stream()
                .skip(2)
                .map(call -> call.payload() + " " + call.attempt())
                .toList();
        List<String> expected = List.of("after 1", "fails 1", "fails 2");
        t.until(
                "what is sent afterwards is handled, retries included",
                () -> afterwards.get().containsAll(expected));
        // What the client said it had lost may come again, as it was, and nothing else may.
        List<String> all = afterwards.get();
        assertThat(new HashSet<>(all)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(all.size() - expected.size()).isBetween(0, t.history().leasesLost());
    }

    @TckCase(
            id = "DLY-04",
            value = "a delayed message outlives a restart of the broker, and is not early",
            check = "where does the delay run: at the broker, or in the memory of the client?",
            proves = DELAY,
            tier = Tier.T2,
            faults = Fault.STOP)
    void delayedOverRestart(Tck t) {
        Queue<String> queue = t.queue();
        Duration delay = Duration.ofSeconds(8);
        t.warmUpDelays();
        Seen<String> seen = t.seen();
        patient(t, new Reconnects()).subscribe(queue, seen);
        long before = t.millis();
        String id = t.client().send(queue, "delayed", SendOptions.delay(delay));
        restart(t);

        assertThat(seen.await(1).id()).isEqualTo(id);
        assertThat(seen.call(0).millis() - before).isGreaterThanOrEqualTo(delay.toMillis() - 2);
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("delayed", "fence");
    }

    @TckCase(
            id = "RTY-17",
            value = "a message that waits for its retry outlives a restart of the broker, and is not early",
            check = "where does the message wait: at the broker, or in the memory of the client?",
            proves = RETRY,
            tier = Tier.T2,
            faults = Fault.STOP)
    void retryOverRestart(Tck t) {
        Queue<String> queue = t.queue();
        Duration wait = Duration.ofSeconds(8);
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.attempt() == 1) {
                throw new Boom("at first");
            }
        });
        patient(t, new Reconnects())
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.fixed(3, wait))
                                .build());
        t.client().send(queue, "x");
        seen.awaitExactly(1);
        // What the broker has not yet been told cannot wait there.
        t.elapse(Duration.ofSeconds(3));
        restart(t);

        assertThat(seen.await(2).attempt()).isEqualTo(2);
        assertThat(seen.call(1).millis() - seen.call(0).millis()).isGreaterThanOrEqualTo(wait.toMillis() - 2);
    }

    // A kill shows more than a stop, where there is a process to be killed.
    private static void restart(Tck t) {
        if (t.faults().can(Fault.KILL)) {
            t.faults().kill();
        } else {
            t.faults().stop();
        }
        t.elapse(Duration.ofSeconds(1));
        t.faults().mend();
    }

    static MqClient patient(Tck t, Reconnects reconnects) {
        return t.newClient(builder -> builder.sendTimeout(PATIENT)
                .connectTimeout(Duration.ofSeconds(5))
                .listener(reconnects));
    }

    static Throwable failure(CompletableFuture<?> future) {
        return future.handle((value, thrown) -> {
                    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
                    return cause == null ? new AssertionError("it succeeded: " + value) : cause;
                })
                .join();
    }
}
