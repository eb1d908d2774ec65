package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.DELAY;
import static dev.transload.mq.tck.Feature.REFUSALS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.Explanation;
import dev.transload.mq.Explanation.Support;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.spi.Capability;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is refused, is refused properly; what is declared works, and what is not declared does not.
 *
 * <p>What the product under test refuses is asked of it as it is; what it can do is taken away from it first, by a
 * transport that hides it, so that no broker leaves these cases without anything to show.
 */
@TckGroup("Unsupported is verified")
final class RefusalCases {

    private static List<Refusals> all(Tck t) {
        return List.of(Refusable.values()).stream()
                .map(what -> Refusals.ask(
                        t, what, what.refusedBy(t.explanation()) ? Pretence.NONE : Pretence.without(what.capability())))
                .toList();
    }

    @TckCase(
            id = "UNS-01",
            value = "whatever explain() refuses is refused with UnsupportedCapabilityException and nothing else",
            check = "which exception does the first step that cannot be done throw?",
            proves = REFUSALS)
    void rightException(Tck t) {
        all(t).forEach(refusals -> refusals.areRefusals(t));
    }

    @TckCase(
            id = "UNS-02",
            value = "a refusal carries the capability, the broker with its version, and what to do instead",
            check = "does the text come from the broker instead of the declaration?",
            proves = REFUSALS)
    void tellsAll(Tck t) {
        for (Refusals refusals : all(t)) {
            refusals.areRefusals(t);
            refusals.tellAll();
        }
    }

    @TckCase(
            id = "UNS-03",
            value = "a refusal takes less than a second, and the transport is not called for it",
            check = "is a place declared, or the broker asked, before the capabilities are looked at?",
            proves = REFUSALS)
    void immediate(Tck t) {
        for (Refusals refusals : all(t)) {
            refusals.areRefusals(t);
            refusals.areImmediate(t);
        }
    }

    @TckCase(
            id = "UNS-04",
            value = "a refusal leaves nothing behind: nothing was made, and nothing is delivered",
            check = "is something declared before the capability is asked for?",
            proves = REFUSALS)
    void noEffect(Tck t) {
        for (Refusals refusals : all(t)) {
            refusals.areRefusals(t);
            refusals.leaveNothing(t);
        }
        Queue<String> queue = t.queue();
        MqClient mq = t.through(Pretence.without(Capability.LANES));
        Queue<String> ordered = Queue.of(queue.name(), String.class).ordered();
        t.refused(UnsupportedCapabilityException.class, () -> mq.send(ordered, "refused", SendOptions.key("k")));
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("fence");
    }

    @TckCase(
            id = "UNS-05",
            value = "a refusal is the same in every form of the API",
            check = "which form of the call does not go through the check?",
            proves = REFUSALS)
    void everyForm(Tck t) {
        for (Refusals refusals : all(t)) {
            refusals.areRefusals(t);
            assertThat(refusals.answers().stream()
                            .map(answer -> answer.refused().capability())
                            .distinct())
                    .as("capabilities named for %s", refusals.what().row())
                    .hasSize(1);
        }
    }

    @TckCase(
            id = "UNS-06",
            value = "what is configured is refused when it is configured, not with the first message",
            check = "is an option looked at with the first message only?",
            proves = REFUSALS)
    void whenConfigured(Tck t) {
        MqClient mq = t.through(Pretence.without(Capability.PRIORITY));
        Queue<String> leveled = Queue.of(t.name(), String.class).priorities(3);
        SubscribeOptions narrow = SubscribeOptions.builder().prefetch(2).build();
        t.refused(UnsupportedCapabilityException.class, () -> mq.subscribe(leveled, d -> {}, narrow), "prefetch", "3");
        if (!Refusable.TOPICS.refusedBy(t.explanation())) {
            SubscribeOptions patient = SubscribeOptions.builder()
                    .retry(RetryPolicy.fixed(3, Duration.ofHours(1)))
                    .build();
            Topic<String> topic = Topic.of(t.name(), String.class);
            t.refused(
                    UnsupportedCapabilityException.class,
                    () -> t.client().subscribe(topic.ephemeral(), d -> {}, patient),
                    "at most",
                    "PT1H");
        }
    }

    @TckCase(
            id = "UNS-07",
            value = "what is declared is never refused",
            check = "is a capability declared that the transport does not implement?",
            proves = REFUSALS)
    void declaredWorks(Tck t) {
        for (Refusable what : Refusable.values()) {
            if (!what.refusedBy(t.explanation())) {
                String name = t.name();
                t.remove(what.destination(name));
                for (Refusable.Probe probe : what.probes(t.client(), name)) {
                    if (probe.form().startsWith("send") || probe.form().startsWith("admin")) {
                        notRefused(what, probe);
                    }
                }
            }
        }
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.fence(queue, seen);
    }

    private static void notRefused(Refusable what, Refusable.Probe probe) {
        try {
            probe.call().call();
        } catch (UnsupportedCapabilityException e) {
            throw new Lying("explain() declares " + what.row() + ", and " + probe.form() + " is refused", e);
        } catch (Throwable e) {
            throw new AssertionError(what.row() + ": " + probe.form(), e);
        }
    }

    @TckCase(
            id = "UNS-08",
            value = "what is declared works, and what is not declared does not",
            check = "does capabilities() say of every shape what the broker really does?",
            proves = REFUSALS)
    void undeclaredDoesNotWork(Tck t) {
        for (Refusable what : Refusable.values()) {
            boolean refused = what.refusedBy(t.explanation());
            boolean works = WorksAnyway.works(t, what);
            if (works && refused) {
                throw new Undeclared("explain() refuses " + what.row() + ", and it works when the transport is asked");
            }
            assertThat(works || refused)
                    .as("%s is declared and works", what.row())
                    .isTrue();
            t.evidence();
        }
    }

    @TckCase(
            id = "UNS-09",
            value = "a value beyond a declared bound is refused with the bound",
            check = "is the bound that is declared the one that is checked?",
            proves = {REFUSALS, DELAY})
    void bounds(Tck t) {
        Queue<String> queue = t.queue();
        Duration tooLong = Duration.ofDays(36_500);
        t.refused(
                UnsupportedCapabilityException.class,
                () -> t.client().send(queue, "x", SendOptions.delay(tooLong)),
                "at most",
                tooLong.toString());
        Queue<String> leveled = Queue.of(t.name(), String.class).priorities(3);
        t.refused(
                IllegalArgumentException.class,
                () -> t.client().send(leveled, "x", SendOptions.priority(3)),
                "0 to 2",
                "3");
        t.refused(
                IllegalArgumentException.class,
                () -> Queue.of(t.name(), String.class).priorities(11),
                "10",
                "11");
    }

    @TckCase(
            id = "UNS-10",
            value = "what is emulated says how, and works on a transport that has nothing but the primitives",
            check = "does explain() tell by whom a feature is done, and with what limits?",
            proves = REFUSALS)
    void emulated(Tck t) {
        MqClient bare = t.through(Pretence.BARE);
        for (Explanation.Feature row : bare.explain().features()) {
            if (row.support() == Support.EMULATED) {
                assertThat(row.how()).as("how %s is emulated", row.name()).isNotBlank();
            }
        }
        assertThat(List.of("priority", "dead letters", "browse", "retry"))
                .allSatisfy(row -> assertThat(bare.explain().feature(row).support())
                        .as(row)
                        .isEqualTo(Support.EMULATED));
        Queue<String> queue = t.remove(Queue.of(t.name(), String.class).priorities(3));
        bare.send(queue, "low", SendOptions.priority(0));
        bare.send(queue, "high", SendOptions.priority(2));
        Seen<String> seen = t.seen();
        bare.subscribe(queue, seen);
        seen.awaitExactly(2);
        assertThat(seen.payloads()).containsExactlyInAnyOrder("low", "high");
    }

    @TckCase(
            id = "UNS-11",
            value = "the kit goes by what the product itself says, and it says the same to every client",
            check = "does a capability depend on the client that asks?",
            proves = REFUSALS)
    void sameToAll(Tck t) {
        Explanation known = t.explanation();
        assertThat(t.client().explain()).isEqualTo(known);
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.fence(queue, seen);
        assertThat(t.client().explain()).isEqualTo(known);
        assertThat(t.newClient().explain()).isEqualTo(known);
    }

    @TckCase(
            id = "UNS-12",
            value = "the product explains every feature that this kit knows, or is told that it is too old for it",
            check = "does the kit know a feature that explain() does not list?",
            proves = REFUSALS)
    void knowsAll(Tck t) {
        List<String> told = t.explanation().features().stream()
                .map(Explanation.Feature::name)
                .toList();
        for (Feature feature : Feature.values()) {
            if (feature.hasRow()) {
                assertThat(told)
                        .as("explain() of a product that is not older than this kit, %s", TckRun.version())
                        .contains(feature.explained());
                t.evidence();
            }
        }
    }

    @TckCase(
            id = "SND-18",
            value = "an option that the broker cannot honour is refused before any I/O, and nothing is sent",
            check = "is an option dropped on its way to the transport?",
            proves = REFUSALS)
    void unsupportedOption(Tck t) {
        Queue<String> queue = t.queue();
        MqClient mq = t.through(Pretence.NONE);
        PretendingTransport.Calls calls =
                mq.unwrap(PretendingTransport.Calls.class).orElseThrow();
        long before = calls.count();
        t.refused(UnsupportedCapabilityException.class, () -> mq.send(queue, "x", SendOptions.priority(1)));
        t.refused(UnsupportedCapabilityException.class, () -> mq.sendAsync(queue, "x", SendOptions.priority(1)));
        t.refused(
                UnsupportedCapabilityException.class,
                () -> mq.send(queue, "x", SendOptions.delay(Duration.ofDays(36_500))));
        assertThat(calls.count() - before).as("calls of the transport").isZero();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("fence");
    }

    @TckCase(
            id = "ORD-15",
            value =
                    "where the broker keeps no order, sending to and subscribing an ordered destination is refused at once",
            check = "is an ordered destination taken for a plain one?",
            proves = REFUSALS)
    void orderRefused(Tck t) {
        boolean refused = Refusable.ORDER.refusedBy(t.explanation());
        Refusals order = Refusals.ask(t, Refusable.ORDER, refused ? Pretence.NONE : Pretence.without(Capability.LANES));
        order.areRefusals(t);
        order.tellAll();
        order.areImmediate(t);
        order.leaveNothing(t);
    }

    @TckCase(
            id = "ACK-20",
            value = "where the broker cannot wait, a retry with a delay waits by emulation, and never comes at once",
            check = "is the delay of a retry dropped where the broker cannot wait?",
            proves = {REFUSALS, DELAY})
    void retryWaitsAnyway(Tck t) {
        MqClient mq = t.client();
        t.warmUpDelays();
        Queue<String> queue = t.queue();
        Duration wait = Duration.ofMillis(1_500);
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.attempt() == 1) {
                delivery.retry(wait);
            }
        });
        mq.subscribe(queue, seen, SubscribeOptions.builder().manualSettle().build());
        mq.send(queue, "x");
        Seen.Call<String> again = seen.await(2);
        assertThat(again.millis() - seen.call(0).millis())
                .as("wait before the second attempt")
                .isGreaterThanOrEqualTo(wait.toMillis());
        assertThat(again.attempt()).isEqualTo(2);
        again.delivery().ack();
    }

    @TckCase(
            id = "RDV-09",
            value = "no transport refuses redrive, since it needs nothing but sending and receiving",
            check = "is a redrive built from send and ack alone?",
            proves = REFUSALS)
    void redriveAnyway(Tck t) {
        assertThat(t.explanation().feature("redrive").support()).isNotEqualTo(Support.REFUSED);
        MqClient bare = t.through(Pretence.BARE);
        Queue<String> queue = t.queue();
        AtomicInteger calls = new AtomicInteger();
        Seen<String> seen = t.seen(delivery -> {
            if (calls.incrementAndGet() == 1) {
                throw new IllegalStateException("set aside");
            }
        });
        bare.subscribe(
                queue,
                seen,
                SubscribeOptions.builder().retry(RetryPolicy.none()).build());
        bare.send(queue, "x");
        DeadLetters dead = bare.deadLetters(queue);
        t.until("the message is set aside", () -> dead.count() == 1);
        assertThat(dead.redrive(Redrive.all()).redriven()).isEqualTo(1);
        seen.await(2);
    }

    @TckCase(
            id = "TTL-10",
            value = "no transport refuses a time to live, since the engine judges it",
            check = "is a time to live dropped where the broker has none?",
            proves = REFUSALS)
    void ttlAnyway(Tck t) {
        assertThat(t.explanation().feature("ttl").support()).isNotEqualTo(Support.REFUSED);
        MqClient bare = t.through(Pretence.BARE);
        Queue<String> queue = t.queue();
        bare.send(queue, "short", SendOptions.ttl(Duration.ofMillis(50)));
        t.elapse(Duration.ofMillis(150));
        Seen<String> seen = t.seen();
        bare.subscribe(queue, seen);
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("fence");
    }
}
