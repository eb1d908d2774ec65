package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.REDRIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Group;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RedriveReport;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Looking at dead letters, sending them back, throwing them away. */
@TckGroup("Redrive")
final class RedriveCases {

    private static final SubscribeOptions ONCE =
            SubscribeOptions.builder().retry(RetryPolicy.none()).build();

    @TckCase(
            id = "RDV-01",
            value = "a redrive returns every dead letter to its queue once, with fresh attempts",
            tier = Tier.T1,
            check = "is a letter acked when its new copy is stored, and its count of attempts gone?",
            proves = REDRIVE)
    void redriveAll(Tck t) {
        Queue<String> queue = t.queue();
        AtomicBoolean mended = new AtomicBoolean();
        Seen<String> seen = failingUntil(t, mended);
        t.client().subscribe(queue, seen, ONCE);
        t.client().sendAll(queue, QueueCases.texts(30));
        DeadLetters dead = t.client().deadLetters(queue);
        t.until("all are dead letters", () -> dead.count() == 30);
        mended.set(true);
        RedriveReport report = dead.redrive(Redrive.all());

        assertThat(report).isEqualTo(new RedriveReport(30, 30, 0));
        seen.awaitExactly(60);
        assertThat(seen.attempts()).containsOnly(1);
        assertThat(seen.ids().subList(30, 60))
                .containsExactlyInAnyOrderElementsOf(seen.ids().subList(0, 30));
        assertThat(dead.count()).isZero();
    }

    @TckCase(
            id = "RDV-02",
            value = "a redrive of some moves those and no others",
            tier = Tier.T1,
            check = "is what does not match given back, and kept in its place?",
            proves = REDRIVE)
    void redriveSome(Tck t) {
        Queue<String> queue = t.queue();
        AtomicBoolean mended = new AtomicBoolean();
        Seen<String> seen = failingUntil(t, mended);
        t.client().subscribe(queue, seen, ONCE);
        for (int i = 0; i < 10; i++) {
            t.client().send(queue, "m" + i, SendOptions.id("m" + i));
        }
        DeadLetters dead = t.client().deadLetters(queue);
        t.until("all are dead letters", () -> dead.count() == 10);
        mended.set(true);

        RedriveReport some = dead.redrive(Redrive.where(letter -> letter.id().compareTo("m5") >= 0));
        assertThat(some).isEqualTo(new RedriveReport(10, 5, 5));
        seen.awaitExactly(15);
        assertThat(seen.ids().subList(10, 15)).containsExactlyInAnyOrder("m5", "m6", "m7", "m8", "m9");
        assertThat(dead.browse(10)).extracting(DeadLetter::id).containsExactlyInAnyOrder("m0", "m1", "m2", "m3", "m4");

        RedriveReport two = dead.redrive(Redrive.all().max(2));
        assertThat(two.redriven()).isEqualTo(2);
        seen.awaitExactly(17);
        assertThat(dead.count()).isEqualTo(3);
    }

    @TckCase(
            id = "RDV-04",
            value = "a redriven message keeps its id, payload, key and headers, and sheds the failure",
            check = "are the failure record and the attempts taken off the message?",
            proves = REDRIVE)
    void redrivenIsTheOriginal(Tck t) {
        Queue<byte[]> queue = t.queue(byte[].class);
        AtomicBoolean mended = new AtomicBoolean();
        Seen<byte[]> seen = t.seen(delivery -> {
            if (!mended.get()) {
                throw new Boom("broken");
            }
        });
        t.client().subscribe(queue, seen, ONCE);
        byte[] body = {9, 0, -1};
        String id = t.client()
                .send(queue, body, SendOptions.key("k").header("h", "v").type("t"));
        DeadLetters dead = t.client().deadLetters(queue);
        t.until("it is a dead letter", () -> dead.count() == 1);
        mended.set(true);
        dead.redrive(Redrive.all());

        Seen.Call<byte[]> again = seen.await(2);
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.payload()).isEqualTo(body);
        assertThat(again.key()).isEqualTo("k");
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.message().headers()).isEqualTo(Map.of("h", "v"));
        assertThat(again.message().type()).isEqualTo("t");
        assertThat(again.message().annotations().keySet()).noneMatch(name -> name.startsWith("mq-failure"));
    }

    @TckCase(
            id = "RDV-05",
            value = "a redriven message that fails again comes back with its redrives counted",
            check = "is the number of redrives written on the message?",
            proves = REDRIVE)
    void redrivesAreCounted(Tck t) {
        Queue<String> queue = t.queue();
        Seen<String> seen = failingUntil(t, new AtomicBoolean());
        t.client().subscribe(queue, seen, ONCE);
        t.client().send(queue, "x");
        DeadLetters dead = t.client().deadLetters(queue);
        for (int redrives = 0; redrives < 3; redrives++) {
            t.until("it is a dead letter", () -> dead.count() == 1);
            assertThat(dead.browse(1).get(0).failure().redrives()).isEqualTo(redrives);
            assertThat(dead.redrive(Redrive.all()).redriven()).isEqualTo(1);
            seen.await(redrives + 2);
        }
        t.until("it is a dead letter", () -> dead.count() == 1);
        assertThat(dead.browse(1).get(0).failure().redrives()).isEqualTo(3);
    }

    @TckCase(
            id = "RDV-10",
            value = "a dry run counts and moves nothing; browsing consumes nothing",
            check = "does looking at dead letters take them?",
            proves = REDRIVE)
    void dryRunAndBrowse(Tck t) {
        Queue<String> queue = t.queue();
        t.client().subscribe(queue, failingUntil(t, new AtomicBoolean()), ONCE);
        t.client().sendAll(queue, QueueCases.texts(6));
        DeadLetters dead = t.client().deadLetters(queue);
        t.until("all are dead letters", () -> dead.count() == 6);

        assertThat(dead.redrive(Redrive.all().dryRun()).redriven()).isEqualTo(6);
        assertThat(dead.browse(4)).hasSize(4);
        assertThat(dead.browse(100)).hasSize(6);
        t.until("all are still there", () -> dead.count() == 6);
    }

    @TckCase(
            id = "RDV-11",
            value = "dead letters can be thrown away, those that match or all",
            check = "is only what matches acked, and all else given back?",
            proves = REDRIVE)
    void discardAndPurge(Tck t) {
        Queue<String> queue = t.queue();
        t.client().subscribe(queue, failingUntil(t, new AtomicBoolean()), ONCE);
        for (int i = 0; i < 6; i++) {
            t.client().send(queue, "m" + i, SendOptions.id("m" + i));
        }
        DeadLetters dead = t.client().deadLetters(queue);
        t.until("all are dead letters", () -> dead.count() == 6);

        assertThat(dead.discard(
                        letter -> letter.id().equals("m2") || letter.id().equals("m3")))
                .isEqualTo(2);
        t.until("two are gone", () -> dead.count() == 4);
        assertThat(dead.browse(10)).extracting(DeadLetter::id).containsExactlyInAnyOrder("m0", "m1", "m4", "m5");
        dead.purge();
        t.until("all are gone", () -> dead.count() == 0);
        assertThat(dead.browse(10)).isEmpty();
    }

    @TckCase(
            id = "RDV-08",
            value = "a redrive to a queue that is gone fails and names it, and the dead letters stay",
            tier = Tier.T1,
            check = "are letters acked before their new copy is stored, or is the queue made again unasked?",
            proves = REDRIVE)
    void homeIsGone(Tck t) {
        Queue<String> queue = t.queue();
        String name = t.name().replace('.', '-');
        t.remove(Queue.named(name, String.class));
        Subscription subscription = t.client()
                .subscribe(
                        queue,
                        failingUntil(t, new AtomicBoolean()),
                        ONCE.toBuilder().deadLetterQueue(name).build());
        t.client().sendAll(queue, QueueCases.texts(5));
        DeadLetters dead = t.client().deadLetters(queue, name);
        t.until("all are dead letters", () -> dead.count() == 5);
        subscription.close();
        t.client().admin().delete(queue);
        t.until("the queue is gone", () -> !t.client().admin().exists(queue));

        Throwable failure = catchThrowable(() -> dead.redrive(Redrive.all()));
        assertThat(failure).isInstanceOf(DestinationNotFoundException.class).hasMessageContaining(queue.name());
        t.until("all are still there", () -> dead.count() == 5);
        assertThat(dead.browse(10)).hasSize(5);
        assertThat(t.client().admin().exists(queue)).as("made again unasked").isFalse();
    }

    @TckCase(
            id = "RDV-12",
            value = "a redrive of a group's dead letters reaches that group alone",
            check = "is a group's letter sent to its topic instead of its own place?",
            proves = {REDRIVE, Feature.TOPIC})
    void redriveOfGroup(Tck t) {
        Topic<String> topic = t.topic();
        Group<String> fails = topic.group("fails");
        AtomicBoolean mended = new AtomicBoolean();
        Seen<String> failing = failingUntil(t, mended);
        Seen<String> good = t.seen();
        t.client().subscribe(fails, failing, ONCE);
        t.client().subscribe(topic.group("good"), good);
        t.client().send(topic, "x");
        DeadLetters dead = t.client().deadLetters(fails);
        t.until("it is a dead letter", () -> dead.count() == 1);
        mended.set(true);
        dead.redrive(Redrive.all());
        failing.awaitExactly(2);
        String fence = t.client().send(topic, "fence");
        t.until("the fence is handled", () -> good.ids().contains(fence));

        assertThat(good.payloads()).containsExactly("x", "fence");
    }

    @TckCase(
            id = "ENV-10",
            value =
                    "the id stays the same on redelivery, among the dead letters, after a redrive and in every group's copy",
            tier = Tier.T1,
            check = "is a message given a new id where it is sent again as a copy?",
            proves = {REDRIVE, Feature.TOPIC, Feature.ENVELOPE})
    void idNeverChanges(Tck t) {
        Topic<String> topic = t.topic();
        Group<String> fails = topic.group("fails");
        AtomicBoolean mended = new AtomicBoolean();
        Seen<String> failing = failingUntil(t, mended);
        Seen<String> good = t.seen();
        t.client()
                .subscribe(
                        fails,
                        failing,
                        SubscribeOptions.builder()
                                .retry(RetryPolicy.immediate(2))
                                .build());
        t.client().subscribe(topic.group("good"), good);
        String made = t.client().send(topic, "made");
        String given = t.client().send(topic, "given", SendOptions.id("given/\u00FC 1"));
        assertThat(given).isEqualTo("given/\u00FC 1");
        DeadLetters dead = t.client().deadLetters(fails);
        t.until("both are dead letters", () -> dead.count() == 2);
        assertThat(dead.browse(10)).extracting(DeadLetter::id).containsExactlyInAnyOrder(made, given);
        mended.set(true);
        dead.redrive(Redrive.all());

        failing.awaitExactly(6);
        good.awaitExactly(2);
        assertThat(failing.ids().stream().filter(made::equals)).hasSize(3);
        assertThat(failing.ids().stream().filter(given::equals)).hasSize(3);
        assertThat(good.ids()).containsExactlyInAnyOrder(made, given);
    }

    private static Seen<String> failingUntil(Tck t, AtomicBoolean mended) {
        return t.seen(delivery -> {
            if (!mended.get()) {
                throw new Boom("broken");
            }
        });
    }
}
