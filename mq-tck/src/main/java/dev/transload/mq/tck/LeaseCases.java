package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.LIFECYCLE;
import static dev.transload.mq.tck.Feature.SETTLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Delivery;
import dev.transload.mq.Failure;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Queue;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** Leases: who has a message, for how long, and what the one who had it before can still do. */
@TckGroup("Leases")
final class LeaseCases {

    private static final Duration LEASE = Duration.ofSeconds(1);
    /** One that lasts until something else has been done. */
    private static final Duration AMPLE = Duration.ofSeconds(4);
    /** A lease that must hold: long beside what a busy machine may keep a thread from running. */
    private static final Duration RENEWED = Duration.ofSeconds(6);

    private static final Duration BEYOND_RENEWED = Duration.ofSeconds(15);
    /** By then a prefetch is full, also where it fills in steps; before the first lease ends. */
    private static final Duration FILLED = Duration.ofSeconds(4);

    private static final Duration AT_ONCE = Duration.ofMillis(100);
    private static final SubscribeOptions MANUAL =
            SubscribeOptions.builder().manualSettle().build();

    @TckCase(
            id = "ACK-08",
            value = "a delivery that is held beyond its lease is kept by renewal: it is not handed out twice",
            check = "is the lease of a delivery that is left open renewed?",
            proves = SETTLE)
    void heldDeliveryIsKept(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        SubscribeOptions renewed = SubscribeOptions.builder()
                .manualSettle()
                .prefetch(1)
                .lease(RENEWED)
                .build();
        t.client().subscribe(queue, seen, renewed);
        t.newClient().subscribe(queue, seen, renewed);
        t.client().send(queue, "held");
        seen.await(1);

        // Whoever has it, the other has nothing to do but to take it.
        t.elapse(BEYOND_RENEWED);
        Delivery<String> held = seen.call(0).delivery();
        assertThat(seen.payloads()).containsExactly("held");
        assertThat(held.leaseLost()).isFalse();
        if (t.sharedByLanes()) {
            held.ack(); // what comes next may be behind it
        }
        t.client().send(queue, "fence");
        seen.await(2);
        assertThat(seen.payloads()).containsExactly("held", "fence");
        if (!t.sharedByLanes()) {
            assertThat(held.leaseLost()).isFalse();
            held.ack();
        }
        seen.call(1).delivery().ack();
    }

    @TckCase(
            id = "ACK-11",
            value = "a settle after the subscription is gone is refused as a lost lease and settles nothing",
            tier = Tier.T1,
            check = "is a settle tied to the session it belongs to, or only to a number that a new session uses again?",
            proves = SETTLE)
    void settleAfterTheEnd(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> gone = t.seen();
        SubscribeOptions two = MANUAL.toBuilder().concurrency(2).prefetch(2).build();
        Subscription first = t.client().subscribe(queue, gone, two);
        t.client().sendAll(queue, QueueCases.texts(2));
        gone.await(2);
        first.close(AT_ONCE);

        // The same two messages, in a new session of the same client, where their numbers are the same too.
        Seen<String> holder = t.seen();
        Subscription second = t.client().subscribe(queue, holder, two);
        holder.await(2);
        for (Seen.Call<String> call : gone.calls()) {
            Delivery<String> late = call.delivery();
            assertThat(late.leaseLost()).isTrue();
            t.refused(LeaseLostException.class, late::ack, call.id());
            t.refused(LeaseLostException.class, late::retry);
            t.refused(LeaseLostException.class, () -> late.deadLetter("late"));
            t.refused(LeaseLostException.class, late::discard);
        }
        assertThat(holder.calls())
                .allSatisfy(call -> assertThat(call.delivery().leaseLost()).isFalse());
        second.close(AT_ONCE);

        Seen<String> last = t.seen();
        t.client().subscribe(queue, last);
        last.await(2);
        t.fence(queue, last);
        assertThat(last.payloads()).containsExactlyInAnyOrder("m0", "m1", "fence");
        assertThat(t.client().deadLetters(queue).count()).isZero();
    }

    @TckCase(
            id = "ACK-12",
            value = "a handler that takes three leases keeps its message, and those that wait behind it keep theirs",
            tier = Tier.T1,
            check = "are leases renewed while the handler runs, and those of buffered deliveries too?",
            proves = SETTLE)
    void leaseIsRenewed(Tck t) {
        Queue<String> queue = t.queue();
        Held<String> slow = t.held();
        Subscription patient = t.client()
                .subscribeAsync(
                        queue,
                        slow,
                        SubscribeOptions.builder()
                                .concurrency(1)
                                .prefetch(4)
                                .lease(RENEWED)
                                .build());
        t.client().sendAll(queue, QueueCases.texts(4));
        slow.await(1);
        t.elapse(FILLED);
        Seen<String> other = t.seen();
        if (!t.sharedByLanes()) { // else it would get lanes, with what waits in them
            t.newClient()
                    .subscribe(
                            queue,
                            other,
                            SubscribeOptions.builder().lease(RENEWED).build());
        }
        t.elapse(BEYOND_RENEWED);
        if (!t.sharedByLanes()) {
            t.fence(queue, other);
            assertThat(other.payloads()).as("another consumer gets").containsExactly("fence");
        }
        assertThat(slow.call(0).delivery().leaseLost()).isFalse();

        for (int i = 0; i < 4; i++) {
            slow.await(i + 1).succeed();
        }
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(-1) == 0);
        patient.close(); // else the fence may be its own
        if (t.sharedByLanes()) {
            t.newClient().subscribe(queue, other);
        }
        t.fence(queue, other);
        assertThat(slow.attempts()).containsExactly(1, 1, 1, 1);
        assertThat(other.payloads()).containsOnly("fence").hasSize(t.sharedByLanes() ? 1 : 2);
    }

    @TckCase(
            id = "ACK-13",
            value = "a handler that takes longer than it may loses its message to another, whose outcome stands",
            tier = Tier.T1,
            check = "is the delivery taken from the late handler before the message is handed out again?",
            proves = {SETTLE, Feature.DEAD_LETTERS})
    void zombieSettlesNothing(Tck t) {
        Queue<String> queue = t.queue();
        Held<String> slow = t.held();
        SubscribeOptions brief = SubscribeOptions.builder()
                .prefetch(1)
                .lease(AMPLE)
                .maxProcessingTime(AMPLE)
                .retry(RetryPolicy.immediate(3))
                .build();
        Subscription late = t.newClient().subscribeAsync(queue, slow, brief);
        String id = t.client().send(queue, "x");
        slow.await(1);
        if (t.sharedByLanes()) { // it would keep its lanes through a pause
            t.until(
                    "it is taken from the late handler",
                    () -> slow.call(0).delivery().leaseLost());
            late.close(AT_ONCE);
        } else {
            late.pause();
        }
        Held<String> heir = t.held();
        t.client().subscribeAsync(queue, heir, MANUAL);
        assertThat(heir.await(1).id()).isEqualTo(id);
        assertThat(heir.call(0).delivery().redelivered()).isTrue();

        Delivery<String> zombie = slow.call(0).delivery();
        assertThat(zombie.leaseLost()).as("the delivery tells that it is lost").isTrue();
        t.refused(LeaseLostException.class, zombie::ack, id);
        slow.call(0).succeed();
        heir.call(0).delivery().deadLetter("the heir decides");
        t.until("the heir's outcome stands", () -> t.client().deadLetters(queue).count() == 1);
        Failure failure = t.client().deadLetters(queue).browse(1).get(0).failure();
        assertThat(failure.reason()).isEqualTo(Failure.Reason.REQUESTED);
        assertThat(failure.message()).isEqualTo("the heir decides");
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(-1) == 0);
        assertThat(slow.count() + heir.count()).isEqualTo(2);
    }

    @TckCase(
            id = "ACK-14",
            value = "a handler that has lost its message is interrupted",
            tier = Tier.T1,
            check = "is the thread of the handler interrupted when its time is up?",
            proves = SETTLE,
            realTime = true)
    void lateHandlerIsInterrupted(Tck t) {
        Queue<String> queue = t.queue();
        CountDownLatch never = t.latch();
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicBoolean lost = new AtomicBoolean();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.attempt() > 1) {
                return;
            }
            try {
                never.await();
            } catch (InterruptedException e) {
                lost.set(delivery.leaseLost());
                interrupted.set(true);
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .lease(RENEWED)
                                .maxProcessingTime(LEASE)
                                .retry(RetryPolicy.immediate(3))
                                .build());
        t.client().send(queue, "stuck");

        t.until("the handler is interrupted", interrupted::get);
        assertThat(lost).as("the delivery told that it was lost").isTrue();
        seen.awaitExactly(2);
        assertThat(seen.attempts()).as("its normal return was of no account").containsExactly(1, 2);
    }

    @TckCase(
            id = "FLW-04",
            value = "a pause longer than the lease loses nothing, repeats nothing, and keeps what was handed out",
            tier = Tier.T1,
            check = "do renewals and heartbeats go on while a subscription is paused?",
            proves = {SETTLE, LIFECYCLE})
    void pauseBeyondTheLease(Tck t) {
        Queue<String> queue = t.queue();
        Held<String> held = t.held();
        Subscription paused = t.client()
                .subscribeAsync(
                        queue,
                        held,
                        SubscribeOptions.builder()
                                .concurrency(2)
                                .prefetch(4)
                                .lease(RENEWED)
                                .build());
        t.client().sendAll(queue, QueueCases.texts(8));
        held.await(2);
        paused.pause();
        t.elapse(BEYOND_RENEWED);
        assertThat(held.count()).as("no handler call starts during the pause").isEqualTo(2);
        assertThat(Stream.of(held.call(0), held.call(1)))
                .noneMatch(call -> call.delivery().leaseLost());
        held.succeedAll();
        paused.resume();

        for (int i = 2; i < 8; i++) {
            held.await(i + 1).succeed();
        }
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(-1) == 0);
        Seen<String> other = t.seen();
        t.newClient().subscribe(queue, other);
        paused.close();
        t.fence(queue, other);
        assertThat(other.payloads()).containsExactly("fence");
        assertThat(held.ids()).hasSize(8).doesNotHaveDuplicates();
        assertThat(held.attempts()).isEqualTo(List.of(1, 1, 1, 1, 1, 1, 1, 1));
    }
}
