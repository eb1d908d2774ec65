package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.DEAD_LETTERS;
import static dev.transload.mq.tck.Feature.DELAY;
import static dev.transload.mq.tck.Feature.IDEMPOTENCY;
import static dev.transload.mq.tck.Feature.ORDERED;
import static dev.transload.mq.tck.Feature.REDRIVE;
import static dev.transload.mq.tck.Feature.RETRY;
import static dev.transload.mq.tck.Feature.SETTLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.Failure;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.tck.ScriptedClient.Does;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Processes die with what they hold, and others go on. */
@TckGroup("Crashes of processes")
@TckFaultGroup
final class CrashCases {

    private static final ClientScript OPTIONS = ClientScript.of("");

    @TckCase(
            id = "ACK-03",
            value = "when a consumer's process is killed in the handler, another consumer gets the message",
            proves = SETTLE,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL,
            check = "is anything acked before its handler has returned?")
    void killedInTheHandler(Tck t) {
        Queue<String> queue = t.queue();
        List<String> ids = send(t, queue, 100);
        Mortal mortal = t.mortal();
        mortal.subscribe(queue, Does.HOLD, OPTIONS.with("prefetch", 100));
        mortal.await("called", 100);
        // Brokers that are told of a start, rather than count deliveries, are told within this time.
        t.elapse(Duration.ofSeconds(3));
        mortal.kill();

        Seen<String> heir = t.seen();
        t.client()
                .subscribe(
                        queue, heir, SubscribeOptions.builder().concurrency(8).build());
        heir.awaitExactly(100);
        assertThat(heir.ids()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(heir.calls()).allSatisfy(call -> {
            assertThat(call.redelivered()).isTrue();
            assertThat(call.attempt()).isEqualTo(2);
        });
        t.fence(queue, heir);
        assertThat(heir.count()).isEqualTo(101);
        assertThat(t.client().deadLetters(queue).count()).isZero();
    }

    @TckCase(
            id = "ORD-05",
            value = "after a consumer is killed its heir goes on at the first unsettled message of each key, without a"
                    + " gap",
            check = "does the heir start behind what was delivered instead of what was settled?",
            proves = ORDERED,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL)
    void orderOverCrash(Tck t) {
        Queue<String> queue = t.orderedQueue();
        int keys = 5;
        int each = 20;
        List<Outbound<String>> all = new ArrayList<>();
        for (int i = 0; i < each; i++) {
            for (int key = 0; key < keys; key++) {
                all.add(new Outbound<>(Integer.toString(i), SendOptions.key("key" + key)));
            }
        }
        assertThat(t.client().sendAll(queue, all)).allMatch(result -> result.sent());
        Mortal mortal = t.mortal();
        mortal.subscribe(queue, Does.HOLD, OPTIONS.with("concurrency", keys));
        mortal.await("called", keys);
        assertThat(mortal.said("called"))
                .as("one of each key")
                .extracting(line -> line.text("payload"))
                .containsOnly("0");
        mortal.kill();

        Seen<String> heir = t.seen();
        t.client()
                .subscribe(
                        queue,
                        heir,
                        SubscribeOptions.builder().concurrency(keys).build());
        heir.awaitExactly(keys * each);
        Map<String, List<String>> byKey = new HashMap<>();
        heir.calls()
                .forEach(call -> byKey.computeIfAbsent(String.valueOf(call.key()), key -> new ArrayList<>())
                        .add(call.payload()));
        List<String> inOrder = java.util.stream.IntStream.range(0, each)
                .mapToObj(Integer::toString)
                .toList();
        assertThat(byKey)
                .hasSize(keys)
                .allSatisfy((key, payloads) -> assertThat(payloads).as(key).isEqualTo(inOrder));
    }

    @TckCase(
            id = "RTY-06",
            value = "attempts outlive a crash: failures are not forgotten, and a message that kills its process runs at"
                    + " most maxAttempts + 1 times",
            check = "are failures kept with the message, or in the memory of the process?",
            proves = RETRY,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL)
    void failuresOutliveACrash(Tck t) {
        Queue<String> queue = t.queue();
        Mortal mortal = t.mortal();
        mortal.subscribe(queue, Does.FAIL, OPTIONS.with("attempts", 4).with("backoff", 6_000));
        String id = t.client().send(queue, "fails");
        mortal.await("retried", 2);
        // Killed before the ack of what was sent again, both would be there.
        t.elapse(Duration.ofSeconds(3));
        mortal.kill();
        assertThat(mortal.said("called"))
                .extracting(line -> line.text("attempt"))
                .containsExactly("1", "2");

        Seen<String> heir = t.seen(delivery -> {
            throw new Boom("again");
        });
        t.client()
                .subscribe(
                        queue,
                        heir,
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.fixed(4, Duration.ofMillis(200)))
                                .build());
        DeadLetters dead = t.client().deadLetters(queue);
        t.until("it is a dead letter", () -> dead.count() == 1);
        assertThat(heir.calls()).allSatisfy(call -> assertThat(call.id()).isEqualTo(id));
        assertThat(heir.count()).as("calls after the crash").isBetween(1, 2);
        assertThat(heir.attempts()).as("attempts after the crash").first().isIn(3, 4);
        assertThat(heir.attempts()).last().isEqualTo(4);
        assertThat(dead.browse(1).get(0).failure().reason()).isEqualTo(Failure.Reason.ATTEMPTS_EXHAUSTED);
    }

    @TckCase(
            id = "RTY-18",
            value =
                    "a message that kills its process runs at most maxAttempts + 1 times, and its neighbours are handled",
            check = "are prefetched neighbours counted as crashes too?",
            proves = RETRY,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL)
    void killerMessage(Tck t) {
        killerAmongNeighbours(t, t.queue());
    }

    @TckCase(
            id = "ORD-21",
            value = "a message of an ordered destination that kills its process is set aside, and its neighbours are"
                    + " handled",
            check = "is the suspect run alone, and in its place?",
            proves = {ORDERED, RETRY},
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL)
    void killerMessageInOrder(Tck t) {
        killerAmongNeighbours(t, t.orderedQueue());
    }

    private static void killerAmongNeighbours(Tck t, Queue<String> queue) {
        int attempts = 2;
        String killer = t.client().send(queue, ScriptedClient.KILLER);
        Set<String> neighbours = new HashSet<>(send(t, queue, 20));
        DeadLetters dead = t.client().deadLetters(queue);
        int runs = 0;
        Set<String> handled = ConcurrentHashMap.newKeySet();
        boolean over = false;
        for (int process = 1; !over; process++) {
            assertThat(process).as("processes needed").isLessThanOrEqualTo(attempts + 2);
            Mortal mortal = t.mortal();
            mortal.subscribe(
                    queue,
                    Does.DIE_OF_KILLER,
                    OPTIONS.with("attempts", attempts).with("prefetch", 100));
            t.until("the process is killed by its message, or all is done", () -> {
                handled.addAll(mortal.ids("returned"));
                return !mortal.alive() || (dead.count() == 1 && handled.containsAll(neighbours));
            });
            over = mortal.alive();
            mortal.kill();
            handled.addAll(mortal.ids("returned"));
            runs += (int) mortal.ids("called").stream().filter(killer::equals).count();
        }
        assertThat(handled).containsExactlyInAnyOrderElementsOf(neighbours);
        assertThat(runs).as("runs of the killer").isBetween(attempts, attempts + 1);
        assertThat(dead.browse(10)).singleElement().satisfies(letter -> {
            assertThat(letter.id()).isEqualTo(killer);
            assertThat(letter.failure().reason()).isEqualTo(Failure.Reason.CRASHED);
            assertThat(letter.failure().source()).isEqualTo(queue.name());
        });
    }

    @TckCase(
            id = "DLQ-06",
            value = "a crash between the dead letter and the ack of its original leaves the message in at least one of"
                    + " both",
            proves = DEAD_LETTERS,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL,
            check = "is the original acked before its dead letter is stored?")
    void crashWhileDeadLettering(Tck t) {
        Queue<String> queue = t.queue();
        Set<String> ids = new HashSet<>(send(t, queue, 300));
        Mortal mortal = t.mortal();
        mortal.dieAfter("dead", 20);
        // Handlers that take a moment leave something to be killed before.
        mortal.subscribe(
                queue,
                Does.FAIL,
                OPTIONS.with("attempts", 1).with("concurrency", 8).with("works", 150));
        t.until("it is killed", () -> !mortal.alive());

        assertEachAtLeastOnce(t, queue, ids);
    }

    @TckCase(
            id = "RDV-03",
            value = "a crash during a redrive loses nothing: each message is at its source, among the dead letters, or"
                    + " both",
            check = "is the dead letter acked before its copy is stored?",
            proves = REDRIVE,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL)
    void crashWhileRedriving(Tck t) {
        Queue<String> queue = t.queue();
        Set<String> ids = new HashSet<>(send(t, queue, 300));
        DeadLetters dead = t.client().deadLetters(queue);
        var failing = t.client()
                .subscribe(
                        queue,
                        t.seen(delivery -> delivery.deadLetter("for a redrive")),
                        SubscribeOptions.builder().concurrency(8).build());
        t.until("all are dead letters", () -> dead.count() == ids.size());
        failing.close();
        Mortal mortal = t.mortal();
        mortal.command(ClientScript.of("redrive").with("queue", queue.name()).with("rate", 50));
        t.until(
                "the redrive is under way",
                () -> t.client().admin().depth(queue).orElse(0) >= 30);
        mortal.kill();
        assertThat(mortal.said("redriven")).as("the redrive was cut short").isEmpty();

        assertEachAtLeastOnce(t, queue, ids);
    }

    private static List<String> send(Tck t, Queue<String> queue, int count) {
        return t.client().sendAll(queue, QueueCases.texts(count)).stream()
                .map(result -> {
                    assertThat(result.sent()).isTrue();
                    return result.id();
                })
                .toList();
    }

    // What is left at the source is handled; the dead letters stay where they are.
    private static void assertEachAtLeastOnce(Tck t, Queue<String> queue, Set<String> ids) {
        Seen<String> heir = t.seen();
        t.client()
                .subscribe(
                        queue, heir, SubscribeOptions.builder().concurrency(8).build());
        DeadLetters dead = t.client().deadLetters(queue);
        Set<String> found = new HashSet<>();
        // One that was killed before its first ack left all in one place and some in both.
        t.until("each message is found, and some were left at the source", () -> {
            found.clear();
            dead.browse(2 * ids.size()).stream().map(DeadLetter::id).forEach(found::add);
            found.addAll(heir.ids());
            return found.containsAll(ids) && heir.count() > 0;
        });
        assertThat(found).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(dead.count()).as("dead letters").isPositive();
    }

    @TckCase(
            id = "DLY-17",
            value = "a delayed message outlives its sender",
            proves = DELAY,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL,
            check = "does anything wait in the memory of the client?")
    void delayedBySomeoneDead(Tck t) {
        Queue<String> queue = t.queue();
        t.warmUpDelays();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        Duration delay = Duration.ofSeconds(4);
        Mortal mortal = t.mortal();
        long before = t.millis();
        mortal.command(ClientScript.of("send")
                .with("queue", queue.name())
                .with("prefix", "delayed-")
                .with("to", 20)
                .with("delay", delay.toMillis()));
        mortal.await("sent", 20);
        mortal.kill();
        assertThat(seen.count()).as("early").isZero();

        seen.awaitExactly(20);
        assertThat(seen.ids()).containsExactlyInAnyOrderElementsOf(mortal.ids("sent"));
        assertThat(seen.calls())
                .allSatisfy(call -> assertThat(call.millis() - before).isGreaterThanOrEqualTo(delay.toMillis() - 2));
    }

    @TckCase(
            id = "IDM-06",
            value = "a message whose handler had completed before the crash is recognised: the handler is not called"
                    + " again",
            proves = IDEMPOTENCY,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL,
            check = "is the key completed before the ack?")
    void crashAfterCompletion(Tck t) {
        Queue<String> queue = t.queue();
        WatchedStore store = new WatchedStore(t.clock());
        Mortal mortal = t.mortal(store);
        store.afterNextCompletion(mortal::kill);
        mortal.subscribe(queue, Does.ACK, OPTIONS.with("claim", 60_000));
        t.client().send(queue, "x", SendOptions.id("once"));
        t.until("it is killed between completion and ack", () -> !mortal.alive());
        assertThat(mortal.ids("called")).containsExactly("once");

        Seen<String> heir = t.seen();
        t.client().subscribe(queue, heir, store.options());
        t.until("the duplicate is told", () -> t.history().duplicatesSkipped() == 1);
        t.fence(queue, heir);
        assertThat(heir.payloads()).containsExactly("fence");
    }

    @TckCase(
            id = "IDM-27",
            value = "a claim of a process that was killed is taken over when its lease has ended, and not before",
            check =
                    "is the claim taken over by the lease in the store, and is that lease renewed only while the process lives?",
            proves = IDEMPOTENCY,
            tier = Tier.T2,
            faults = Fault.CLIENT_KILL)
    void crashAfterClaim(Tck t) {
        Queue<String> queue = t.queue();
        Duration claim = Duration.ofSeconds(6);
        WatchedStore store = new WatchedStore(t.clock());
        Mortal mortal = t.mortal(store);
        mortal.subscribe(queue, Does.HOLD, OPTIONS.with("claim", claim.toMillis()));
        t.client().send(queue, "x", SendOptions.id("once"));
        mortal.await("called", 1);
        mortal.kill();
        long claimed = store.lastClaimed();

        Seen<String> heir = t.seen();
        t.client().subscribe(queue, heir, store.options());
        heir.awaitExactly(1);
        assertThat(store.lastClaimed() - claimed)
                .as("ms between the last claim of the dead and the next one")
                .isGreaterThanOrEqualTo(claim.toMillis() - 5);
        assertThat(heir.ids()).containsExactly("once");
        assertThat(t.history().duplicatesSkipped()).isZero();
    }
}
