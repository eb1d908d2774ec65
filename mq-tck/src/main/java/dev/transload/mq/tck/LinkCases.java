package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.DEAD_LETTERS;
import static dev.transload.mq.tck.Feature.ENVELOPE;
import static dev.transload.mq.tck.Feature.LIFECYCLE;
import static dev.transload.mq.tck.Feature.ORDERED;
import static dev.transload.mq.tck.Feature.QUEUE;
import static dev.transload.mq.tck.Feature.REQUEST_REPLY;
import static dev.transload.mq.tck.Feature.SEND;
import static dev.transload.mq.tck.Feature.SETTLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.Health;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The link between clients and broker breaks, falls silent or is slow. */
@TckGroup("Links that break")
@TckFaultGroup
final class LinkCases {

    private static final int LARGE = 200 * 1024;

    @TckCase(
            id = "FLT-05",
            value = "a link that is cut in the middle of a send leaves the message whole or absent",
            check = "is a send without an answer taken for failed or for done, instead of unknown?",
            proves = SEND,
            draws = true,
            tier = Tier.T2,
            faults = Fault.CUT_AFTER)
    void cutInTheMiddleOfASend(Tck t) {
        Queue<byte[]> queue = t.queue(byte[].class);
        Reconnects reconnects = new Reconnects();
        MqClient mq = OutageCases.patient(t, reconnects);
        Seen<byte[]> seen = t.seen();
        t.client().subscribe(queue, seen);
        Random random = t.random();
        Set<String> confirmed = new HashSet<>();
        int large = Math.min(LARGE, Declared.payload(t));
        byte[][] bodies = new byte[6][large];
        for (int i = 0; i < bodies.length; i++) {
            random.nextBytes(bodies[i]);
            t.faults().cutAfter(Direction.TO_BROKER, 1_000 + random.nextInt(large - 2_000));
            String id = "large-" + i;
            CompletableFuture<String> send = mq.sendAsync(queue, bodies[i], SendOptions.id(id));
            t.until("the link is cut", t.faults()::hasCut);
            t.until("the send ends", send::isDone);
            if (!send.isCompletedExceptionally()) {
                confirmed.add(id);
            }
        }
        assertThat(confirmed).as("sends that were tried again").hasSize(bodies.length);
        t.until("what was confirmed is received", () -> seen.ids().containsAll(confirmed));
        assertThat(seen.calls()).allSatisfy(call -> {
            int number = Integer.parseInt(call.id().substring("large-".length()));
            assertThat(Arrays.equals(call.payload(), bodies[number]))
                    .as("%s arrived whole", call.id())
                    .isTrue();
        });
        assertThat(reconnects.lost()).isPositive();
    }

    @TckCase(
            id = "FLT-06",
            value = "a link that is cut in the middle of an ack loses nothing and hides nothing",
            check = "is an ack whose answer did not come taken for done, or sent again on another link?",
            proves = SETTLE,
            tier = Tier.T2,
            faults = Fault.CUT_AFTER)
    void cutInTheMiddleOfAcks(Tck t) {
        Queue<String> queue = t.queue();
        int messages = 1_500;
        assertThat(t.client().sendAll(queue, QueueCases.texts(messages))).allMatch(result -> result.sent());
        Reconnects reconnects = new Reconnects();
        MqClient mq = OutageCases.patient(t, reconnects);
        Seen<String> seen = t.seen();
        t.faults().cutAfter(Direction.TO_BROKER, 1_700);
        mq.subscribe(
                queue,
                seen,
                SubscribeOptions.builder()
                        .concurrency(4)
                        .prefetch(20)
                        .retry(RetryPolicy.immediate(20))
                        .build());
        t.until("the link is cut in the middle of acks", t.faults()::hasCut);
        t.until("all are handled", () -> new HashSet<>(seen.payloads()).size() == messages);
        t.until("all are settled", () -> mq.admin().depth(queue).orElse(0) == 0);
        int calls = seen.count();
        assertThat(calls - messages)
                .as("handled twice: what was out when the link was cut")
                .isBetween(0, 20);
        Set<String> first = new HashSet<>();
        seen.calls()
                .forEach(call -> assertThat(call.redelivered() || first.add(call.id()))
                        .as("%s comes again and says so", call.id())
                        .isTrue());
        assertThat(mq.deadLetters(queue).count()).isZero();
    }

    @TckCase(
            id = "FLT-07",
            value = "a link that is cut in the middle of a delivery has the message delivered whole again",
            check = "is half a delivery handed on when the link ends?",
            proves = ENVELOPE,
            draws = true,
            tier = Tier.T2,
            faults = Fault.CUT_AFTER)
    void cutInTheMiddleOfADelivery(Tck t) {
        Queue<byte[]> queue = t.queue(byte[].class);
        int large = Math.min(LARGE, Declared.payload(t));
        byte[] body = new byte[large];
        t.random().nextBytes(body);
        String id = t.client().send(queue, body);
        Reconnects reconnects = new Reconnects();
        MqClient mq = OutageCases.patient(t, reconnects);
        Seen<byte[]> seen = t.seen();
        t.faults().cutAfter(Direction.TO_CLIENT, large / 2);
        mq.subscribe(queue, seen);
        t.until("the link is cut", t.faults()::hasCut);

        assertThat(seen.await(1).id()).isEqualTo(id);
        assertThat(Arrays.equals(seen.call(0).payload(), body))
                .as("it arrived whole")
                .isTrue();
        t.until("it is settled", () -> mq.admin().depth(queue).orElse(0) == 0);
        assertThat(seen.count()).isEqualTo(1);
    }

    @TckCase(
            id = "FLT-08",
            value = "a link that is silent without being closed is noticed within the heartbeat",
            check = "is a heartbeat sent, and a missing one acted upon?",
            proves = LIFECYCLE,
            tier = Tier.T2,
            faults = Fault.HALF_OPEN)
    void silentLink(Tck t) {
        Queue<String> queue = t.queue();
        Reconnects reconnects = new Reconnects();
        MqClient mq = OutageCases.patient(t, reconnects);
        Load load = new Load(t, mq, 8, queue);
        load.consume(mq);
        load.more(200);
        int before = reconnects.lost();
        t.faults().freeze();
        long start = t.millis();
        load.until("the client notices", () -> reconnects.lost() > before);
        assertThat(t.millis() - start)
                .as("ms until the client noticed")
                .isLessThanOrEqualTo(t.faults().silence().toMillis() + t.lateness(Duration.ZERO));
        assertThat(mq.health().status()).isEqualTo(Health.Status.DOWN);
        t.faults().mend();
        load.untilBack(mq, reconnects, before + 1);
        load.judge();
        assertThat(load.unknown()).as("sends that failed").isZero();
    }

    @TckCase(
            id = "ACK-15",
            value = "an ack that is lost on the way leads to one more delivery at most, marked as such, and to no loss",
            check = "is an ack believed that was only written to the socket?",
            proves = SETTLE,
            tier = Tier.T2,
            faults = {Fault.HALF_OPEN, Fault.CUT})
    void lostAck(Tck t) {
        Queue<String> queue = t.queue();
        CountDownLatch frozen = t.latch();
        Seen<String> seen = t.seen(delivery -> frozen.await());
        t.client().subscribe(queue, seen);
        String id = t.client().send(queue, "x");
        t.until("the handler is called", () -> seen.count() == 1);
        t.faults().freeze(Direction.TO_BROKER);
        frozen.countDown();
        t.until("the handler has returned", () -> seen.running() == 0);
        t.elapse(Duration.ofMillis(300));
        t.faults().cut();
        t.faults().mend();

        // Where what is out outlives the link, the ack is sent again and nothing comes.
        t.fence(queue, seen);
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(0) == 0);
        List<Seen.Call<String>> again = seen.calls().stream()
                .skip(1)
                .filter(call -> !call.payload().equals("fence"))
                .toList();
        assertThat(again).hasSizeLessThanOrEqualTo(1).allSatisfy(call -> {
            assertThat(call.id()).isEqualTo(id);
            assertThat(call.redelivered()).isTrue();
            assertThat(call.attempt()).isEqualTo(2);
        });
        assertThat(t.client().deadLetters(queue).count()).isZero();
    }

    @TckCase(
            id = "DLQ-05",
            value = "while dead letters cannot be stored the original stays, and is dead-lettered once afterwards",
            proves = DEAD_LETTERS,
            tier = Tier.T2,
            faults = {Fault.HALF_OPEN, Fault.CUT},
            check = "is the original acked although its dead letter could not be sent?")
    void deadLettersCannotBeStored(Tck t) {
        Queue<String> queue = t.queue();
        CountDownLatch frozen = t.latch();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("poison")) {
                frozen.await();
                throw new Boom("poison");
            }
        });
        Reconnects reconnects = new Reconnects();
        MqClient mq = OutageCases.patient(t, reconnects);
        mq.subscribe(
                queue,
                seen,
                SubscribeOptions.builder().retry(RetryPolicy.none()).build());
        DeadLetters dead = mq.deadLetters(queue);
        String id = mq.send(queue, "poison");
        t.until("the handler is called", () -> seen.count() == 1);
        // What is sent goes nowhere, and neither does an ack: only the first may have been tried.
        t.faults().freeze(Direction.TO_BROKER);
        frozen.countDown();
        t.until("the handler has failed", () -> seen.running() == 0);
        t.elapse(Duration.ofMillis(500));
        t.faults().cut();
        t.faults().mend();

        t.until("the client is back", reconnects::whole);
        t.until("it is a dead letter", () -> dead.count() >= 1);
        t.fence(queue, seen);
        t.until("nothing waits any more", () -> mq.admin().depth(queue).orElse(0) == 0);
        assertThat(dead.browse(10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.id()).isEqualTo(id));
    }

    @TckCase(
            id = "FLT-09",
            value = "on a slow link everything works, only later",
            check = "is a timeout shorter than a slow answer, or a slow answer taken for a dead link?",
            proves = {QUEUE, Feature.RETRY, DEAD_LETTERS, REQUEST_REPLY, ORDERED},
            tier = Tier.T2,
            faults = Fault.LATENCY)
    void slowLink(Tck t) {
        // Of each direction: a round trip takes half a second, more or less.
        t.faults().latency(Duration.ofMillis(250), Duration.ofMillis(100));
        List<Consumer<Tck>> parts =
                List.of(LinkCases::retriesOnSlowLink, LinkCases::replyOnSlowLink, LinkCases::orderOnSlowLink);
        t.together(parts.size(), part -> parts.get(part).accept(t));
    }

    private static void retriesOnSlowLink(Tck t) {
        MqClient mq = t.newClient();
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.payload().equals("poison")
                    || (delivery.payload().equals("retry") && delivery.attempt() == 1)) {
                throw new Boom(delivery.payload());
            }
        });
        mq.subscribe(
                queue,
                seen,
                SubscribeOptions.builder()
                        .concurrency(4)
                        .retry(RetryPolicy.immediate(2))
                        .build());
        List<String> payloads = List.of("plain", "retry", "poison");
        payloads.forEach(payload -> mq.send(queue, payload));
        seen.awaitExactly(5);
        assertThat(seen.payloads()).containsExactlyInAnyOrder("plain", "retry", "retry", "poison", "poison");
        t.until("the poison is a dead letter", () -> mq.deadLetters(queue).count() == 1);
    }

    private static void replyOnSlowLink(Tck t) {
        MqClient mq = t.newClient();
        Queue<String> questions = t.queue();
        mq.reply(questions, String.class, question -> "re " + question);
        assertThat(mq.request(questions, "ask", String.class, Duration.ofSeconds(30)))
                .isEqualTo("re ask");
    }

    private static void orderOnSlowLink(Tck t) {
        MqClient mq = t.newClient();
        Queue<String> ordered = t.orderedQueue();
        Seen<String> inOrder = t.seen();
        mq.subscribe(ordered, inOrder);
        for (int i = 0; i < 5; i++) {
            var unused = mq.sendAsync(ordered, Integer.toString(i), SendOptions.key("k"));
        }
        inOrder.awaitExactly(5);
        assertThat(inOrder.payloads()).isSortedAccordingTo(java.util.Comparator.comparingInt(Integer::parseInt));
    }

    @TckCase(
            id = "FLT-12",
            value = "after many short outages there is one consumer for each subscription and no thread more",
            check = "does each reconnect add a consumer or a thread, and does the old one end?",
            proves = LIFECYCLE,
            tier = Tier.T2,
            faults = Fault.CUT)
    void flapping(Tck t) {
        Queue<String> queue = t.queue();
        int prefetch = 5;
        Reconnects reconnects = new Reconnects();
        MqClient mq = OutageCases.patient(t, reconnects);
        AtomicBoolean hold = new AtomicBoolean();
        Seen<String> seen = t.seen(delivery -> {
            if (!hold.get()) {
                delivery.ack();
            }
        });
        Subscription subscription = mq.subscribe(
                queue,
                seen,
                SubscribeOptions.builder()
                        .manualSettle()
                        .prefetch(prefetch)
                        .retry(RetryPolicy.immediate(50))
                        .build());
        mq.send(queue, "before");
        seen.awaitExactly(1);
        int threads = Threads.of(Set.of(mq.clientId())).size();
        for (int i = 0; i < 20; i++) {
            t.faults().down();
            t.elapse(Duration.ofMillis(300));
            t.faults().mend();
            t.elapse(Duration.ofMillis(i % 4 == 0 ? 1_000 : 300));
        }
        t.until("the client is back", () -> reconnects.whole() && mq.health().status() == Health.Status.UP);
        assertThat(reconnects.lost()).as("outages that were noticed").isGreaterThanOrEqualTo(5);
        assertThat(subscription.state()).isEqualTo(Subscription.State.RUNNING);

        hold.set(true);
        int before = seen.count();
        t.client().sendAll(queue, QueueCases.texts(4 * prefetch));
        seen.await(before + prefetch);
        t.elapse(Duration.ofMillis(1_500));
        assertThat(seen.count() - before)
                .as("deliveries held by a subscription with a prefetch of %s", prefetch)
                .isEqualTo(prefetch);
        assertThat(Threads.of(Set.of(mq.clientId())))
                .as("threads of the client, %s before", threads)
                .hasSizeLessThanOrEqualTo(threads + 2);
    }
}
