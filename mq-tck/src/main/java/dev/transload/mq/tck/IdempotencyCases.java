package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.IDEMPOTENCY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Idempotent handling: a message that was handled is not handled again, and none is lost to it. */
@TckGroup("Idempotency")
final class IdempotencyCases {

    @TckCase(
            id = "IDM-03",
            value = "a duplicate of a handled message is acked without the handler",
            check = "is the store asked before the handler, and the duplicate acked?",
            proves = IDEMPOTENCY)
    void duplicateIsSkipped(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, by(store(t)));
        t.client().send(queue, "x", SendOptions.id("same"));
        t.client().send(queue, "x", SendOptions.id("same"));
        t.client().send(queue, "x", SendOptions.id("same"));
        t.fence(queue, seen);

        t.until("the duplicates are told", () -> t.history().duplicatesSkipped() == 2);
        assertThat(seen.payloads()).containsExactly("x", "fence");
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(0) == 0);
    }

    @TckCase(
            id = "IDM-04",
            value = "a failed attempt gives its claim up, so that the retry runs the handler",
            check = "is the claim given up before the retry is sent?",
            proves = IDEMPOTENCY)
    void failureReleasesClaim(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen(delivery -> {
            if (delivery.attempt() < 3) {
                throw new Boom("not yet");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        by(store(t)).toBuilder().retry(RetryPolicy.immediate(3)).build());
        t.client().send(queue, "x");

        seen.awaitExactly(3);
        assertThat(seen.attempts()).containsExactly(1, 2, 3);
        assertThat(t.history().duplicatesSkipped()).isZero();
    }

    @TckCase(
            id = "IDM-05",
            value = "a message claimed elsewhere is given back until the claim ends, which counts as nothing",
            check = "is a message in progress elsewhere given back without counting?",
            proves = IDEMPOTENCY)
    void claimedElsewhere(Tck t) {
        Queue<String> queue = t.queue();
        Duration claim = Duration.ofSeconds(2);
        Breakable store = new Breakable(store(t));
        store.rival.set(claim);
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, by(store));
        long before = t.millis();
        t.client().send(queue, "x");

        assertThat(seen.await(1).attempt()).isEqualTo(1);
        assertThat(seen.call(0).millis() - before).isGreaterThanOrEqualTo(claim.toMillis() - 5);
        assertThat(t.history().duplicatesSkipped()).isZero();
    }

    @TckCase(
            id = "IDM-08",
            value = "two groups never hide messages from each other, with one store for both",
            tier = Tier.T1,
            check = "is the name of the group a part of the key?",
            proves = {IDEMPOTENCY, Feature.TOPIC})
    void scopedByGroup(Tck t) {
        Topic<String> topic = t.topic();
        IdempotencyStore store = store(t);
        Seen<String> one = t.seen();
        Seen<String> two = t.seen();
        t.client().subscribe(topic.group("one"), one, by(store));
        t.client().subscribe(topic.group("two"), two, by(store));
        t.client().send(topic, "x", SendOptions.id("same"));
        t.client().send(topic, "x", SendOptions.id("same"));

        t.until("both duplicates are told", () -> t.history().duplicatesSkipped() == 2);
        assertThat(one.payloads()).containsExactly("x");
        assertThat(two.payloads()).containsExactly("x");
    }

    @TckCase(
            id = "IDM-11",
            value = "while the store is down the handler is not called and nothing is lost or counted",
            check = "is a handler called, or a message acked, although the store did not answer?",
            proves = IDEMPOTENCY)
    void storeDown(Tck t) {
        Queue<String> queue = t.queue();
        Breakable store = new Breakable(store(t));
        store.beginFails.set(true);
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, by(store));
        t.client().send(queue, "x");
        t.until("the store was asked", () -> store.begun.get() >= 2);
        assertThat(seen.count()).isZero();
        store.beginFails.set(false);

        assertThat(seen.await(1).attempt()).isEqualTo(1);
        t.fence(queue, seen);
        assertThat(seen.count()).isEqualTo(2);
    }

    @TckCase(
            id = "IDM-19",
            value = "if the store fails after the handler the message is acked, with an event",
            check = "is a handled message acked whatever the store says afterwards?",
            proves = IDEMPOTENCY)
    void storeDownAfterHandler(Tck t) {
        Queue<String> queue = t.queue();
        Breakable store = new Breakable(store(t));
        store.completeFails.set(true);
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen, by(store));
        t.client().send(queue, "x");
        seen.awaitExactly(1);

        t.until("the bypass is told", () -> t.history().bypassed() == 1);
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(0) == 0);
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("x", "fence");
    }

    @TckCase(
            id = "IDM-20",
            value = "a key from the payload tells duplicates that have ids of their own",
            check = "is the key taken from the decoded payload?",
            proves = IDEMPOTENCY)
    void keyOfPayload(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        t.client()
                .subscribe(
                        queue,
                        seen,
                        SubscribeOptions.builder()
                                .idempotency(Idempotency.<String>by(delivery -> delivery.payload(), store(t)))
                                .build());
        t.client().send(queue, "order-1");
        t.client().send(queue, "order-1");
        t.client().send(queue, "order-2");
        t.fence(queue, seen);

        t.until("the duplicate is told", () -> t.history().duplicatesSkipped() == 1);
        t.until("all are handled", () -> seen.count() == 3);
        assertThat(seen.payloads()).containsExactlyInAnyOrder("order-1", "order-2", "fence");
    }

    @TckCase(
            id = "IDM-21",
            value = "a redriven dead letter runs; forced, even if another copy was completed",
            check = "is the claim of a dead letter given up, and is force carried with the redrive?",
            proves = {IDEMPOTENCY, Feature.REDRIVE})
    void redriven(Tck t) {
        Queue<String> queue = t.queue();
        AtomicBoolean mended = new AtomicBoolean();
        Seen<String> seen = t.seen(delivery -> {
            if (!mended.get()) {
                throw new Boom("broken");
            }
        });
        t.client()
                .subscribe(
                        queue,
                        seen,
                        by(store(t)).toBuilder().retry(RetryPolicy.none()).build());
        t.client().send(queue, "x", SendOptions.id("a"));
        t.client().send(queue, "x", SendOptions.id("b"));
        var dead = t.client().deadLetters(queue);
        t.until("both are dead letters", () -> dead.count() == 2);
        mended.set(true);
        dead.redrive(Redrive.where(letter -> letter.id().equals("a")));
        seen.awaitExactly(3);
        assertThat(seen.ids().get(2)).isEqualTo("a");

        // Another copy of b was handled meanwhile.
        t.client().send(queue, "x", SendOptions.id("b"));
        seen.awaitExactly(4);
        dead.redrive(Redrive.all().force());
        seen.awaitExactly(5);
        assertThat(seen.ids().get(4)).isEqualTo("b");
    }

    @TckCase(
            id = "IDM-24",
            value = "of many copies that reach many consumers of one store at once, one is handled",
            tier = Tier.T1,
            check = "is a claim one atomic step, and is a claimed message given back rather than handled?",
            proves = IDEMPOTENCY)
    void manyCopiesAtOnce(Tck t) {
        Queue<String> queue = t.queue();
        IdempotencyStore store = store(t);
        // One that meets a claim waits for its lease to end.
        Idempotency<Object> brief = Idempotency.byMessageId(store).lease(Duration.ofSeconds(5));
        SubscribeOptions options = SubscribeOptions.builder()
                .idempotency(brief)
                .concurrency(8)
                .prefetch(8)
                .build();
        Seen<String> seen = t.seen();
        for (int i = 0; i < 4; i++) {
            t.newClient().subscribe(queue, seen, options);
        }
        List<Outbound<String>> copies = new ArrayList<>();
        for (int copy = 0; copy < 64; copy++) {
            for (int id = 0; id < 5; id++) {
                copies.add(new Outbound<>("x", SendOptions.id("id-" + id)));
            }
        }
        t.client().sendAll(queue, copies);

        t.until("the others are skipped", () -> t.history().duplicatesSkipped() == 5 * 63);
        assertThat(seen.ids()).containsExactlyInAnyOrder("id-0", "id-1", "id-2", "id-3", "id-4");
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(-1) == 0);
    }

    @TckCase(
            id = "IDM-25",
            value = "a handler whose claim ended cannot complete that of its heir, and its own message is not lost",
            tier = Tier.T1,
            check = "is a completion tied to the token of the claim?",
            proves = IDEMPOTENCY)
    void lateHandlerLeavesTheHeirAlone(Tck t) {
        Queue<String> queue = t.queue();
        Breakable store = new Breakable(store(t));
        store.renewFails.set(true);
        Held<String> held = t.held();
        Idempotency<Object> brief = Idempotency.byMessageId(store).lease(Duration.ofSeconds(5));
        SubscribeOptions options =
                SubscribeOptions.builder().concurrency(3).idempotency(brief).build();
        t.client().subscribeAsync(queue, held, options);
        t.client().send(queue, "x", SendOptions.id("same"));
        held.await(1);
        t.client().send(queue, "x", SendOptions.id("same"));
        assertThat(held.await(2).id()).as("taken over when the claim had ended").isEqualTo("same");

        held.call(0).succeed();
        t.until("the late end is told", () -> t.history().bypassed() == 1);
        assertThat(t.history().duplicatesSkipped()).isZero();
        store.renewFails.set(false);
        held.call(1).succeed();
        t.until("the queue is empty", () -> t.client().admin().depth(queue).orElse(-1) == 0);
        t.client().send(queue, "x", SendOptions.id("same"));
        t.until("what comes now is a duplicate", () -> t.history().duplicatesSkipped() == 1);
        assertThat(held.count()).isEqualTo(2);
    }

    private static IdempotencyStore store(Tck t) {
        return new InMemoryIdempotencyStore(t.clock());
    }

    private static SubscribeOptions by(IdempotencyStore store) {
        return SubscribeOptions.builder()
                .idempotency(Idempotency.byMessageId(store))
                .build();
    }

    /** A store that fails, or has given a key to another, when told to. */
    private static final class Breakable implements IdempotencyStore {
        private final IdempotencyStore store;
        private final AtomicBoolean beginFails = new AtomicBoolean();
        private final AtomicBoolean renewFails = new AtomicBoolean();
        private final AtomicBoolean completeFails = new AtomicBoolean();
        private final AtomicInteger begun = new AtomicInteger();

        /** For how long another process claims the first key that is asked for. */
        private final AtomicReference<@Nullable Duration> rival = new AtomicReference<>();

        Breakable(IdempotencyStore store) {
            this.store = store;
        }

        @Override
        public Claim begin(String key, String owner, Duration lease) {
            begun.incrementAndGet();
            failIf(beginFails);
            Duration first = rival.getAndSet(null);
            if (first != null) {
                store.begin(key, "another process", first);
            }
            return store.begin(key, owner, lease);
        }

        @Override
        public boolean renew(String key, String token, Duration lease) {
            failIf(renewFails);
            return store.renew(key, token, lease);
        }

        @Override
        public boolean complete(String key, String token, Duration retention) {
            failIf(completeFails);
            return store.complete(key, token, retention);
        }

        @Override
        public boolean abandon(String key, String token) {
            return store.abandon(key, token);
        }

        private static void failIf(AtomicBoolean broken) {
            if (broken.get()) {
                throw new IllegalStateException("the store is down");
            }
        }
    }
}
