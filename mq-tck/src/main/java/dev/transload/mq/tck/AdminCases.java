package dev.transload.mq.tck;

import static dev.transload.mq.tck.Feature.ADMIN;
import static dev.transload.mq.tck.Feature.SECURITY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Explanation;
import dev.transload.mq.Group;
import dev.transload.mq.Health;
import dev.transload.mq.Idempotency;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.MqAdmin;
import dev.transload.mq.Queue;
import dev.transload.mq.Redrive;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.Topic;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** Looking after destinations, what the product says of itself, and bad input. */
@TckGroup("Administration and bad input")
final class AdminCases {

    private static final String CANARY = "canary-Zq7%40x";
    private static final String CANARY_DECODED = "canary-Zq7@x";

    @TckCase(
            id = "ADM-01",
            value = "a destination exists from when it is made to when it is deleted",
            check = "does deleting a place also make the client forget that it was declared?",
            proves = ADMIN)
    void exists(Tck t) {
        MqAdmin admin = t.client().admin();
        Queue<String> queue = t.queue();
        assertThat(admin.exists(queue)).isFalse();
        assertThat(admin.depth(queue)).isEmpty();
        admin.create(queue);
        assertThat(admin.exists(queue)).isTrue();
        assertThat(admin.depth(queue)).hasValue(0);
        admin.delete(queue);
        t.until("it is gone", () -> !admin.exists(queue));
        admin.delete(queue);
        Seen<String> seen = t.seen();
        t.client().send(queue, "made again");
        assertThat(admin.exists(queue)).isTrue();
        t.client().subscribe(queue, seen);
        assertThat(seen.await(1).payload()).isEqualTo("made again");
    }

    @TckCase(
            id = "ADM-02",
            value = "the depth counts what waits, and falls to nothing",
            check = "does the depth leave out what is prefetched, or lag behind the broker?",
            proves = ADMIN)
    void depth(Tck t) {
        MqAdmin admin = t.client().admin();
        Queue<String> queue = t.queue();
        t.client().sendAll(queue, QueueCases.texts(25));
        t.until("the depth is 25", () -> admin.depth(queue).orElse(-1) == 25);

        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        seen.awaitExactly(25);
        t.until("the depth is 0", () -> admin.depth(queue).orElse(-1) == 0);
    }

    @TckCase(
            id = "ADM-03",
            value = "a purge removes what waits; the dead letters are counted and left alone",
            check = "does a purge reach beyond the place it names?",
            proves = ADMIN)
    void purge(Tck t) {
        MqAdmin admin = t.client().admin();
        Queue<String> queue = t.queue();
        Subscription failing = t.client()
                .subscribe(
                        queue,
                        t.seen(delivery -> {
                            throw new Boom("always");
                        }),
                        SubscribeOptions.builder().retry(RetryPolicy.none()).build());
        t.client().sendAll(queue, QueueCases.texts(3));
        t.until("all are dead letters", () -> admin.deadLetterDepth(queue) == 3);
        failing.close();
        t.client().sendAll(queue, QueueCases.texts(7));
        admin.purge(queue);

        t.until("the queue is empty", () -> admin.depth(queue).orElse(-1) == 0);
        assertThat(admin.deadLetterDepth(queue)).isEqualTo(3);
        Seen<String> seen = t.seen();
        t.client().subscribe(queue, seen);
        t.fence(queue, seen);
        assertThat(seen.payloads()).containsExactly("fence");
    }

    @TckCase(
            id = "ADM-04",
            value = "a group can be measured, and deleted with what it holds",
            check = "is the group known to the broker under the name that admin asks for?",
            proves = {ADMIN, Feature.TOPIC})
    void groups(Tck t) {
        MqAdmin admin = t.client().admin();
        Topic<String> topic = t.topic();
        Group<String> group = topic.group("g");
        t.client().subscribe(group, t.seen()).close();
        t.client().sendAll(topic, QueueCases.texts(4));
        t.until("the group's depth is 4", () -> admin.depth(group).orElse(-1) == 4);
        admin.delete(group);
        t.until("the group is gone", () -> admin.depth(group).isEmpty());

        Seen<String> seen = t.seen();
        t.client().subscribe(group, seen);
        String fence = t.client().send(topic, "fence");
        assertThat(seen.await(1).id()).isEqualTo(fence);
    }

    @TckCase(
            id = "OBS-11",
            value = "the product explains every feature, the same each time, and prints as a table",
            check = "does a capability depend on when it is asked for?",
            proves = ADMIN)
    void explains(Tck t) {
        Explanation first = t.client().explain();
        Explanation second = t.client().explain();
        assertThat(second).isEqualTo(first);
        assertThat(first.broker()).isNotBlank();
        assertThat(first.durability()).isNotBlank();
        for (Feature feature : List.of(
                Feature.QUEUE,
                Feature.TOPIC,
                Feature.EPHEMERAL,
                Feature.ORDERED,
                Feature.RETRY,
                Feature.DEAD_LETTERS,
                Feature.REDRIVE,
                Feature.DELAY,
                Feature.TTL,
                Feature.PRIORITY,
                Feature.REQUEST_REPLY,
                Feature.IDEMPOTENCY,
                Feature.REPLAY,
                Feature.PATTERN,
                Feature.HEADER_FILTER)) {
            assertThat(first.feature(feature.explained()).how())
                    .as(feature.explained())
                    .isNotBlank();
            assertThat(first.toString()).contains(feature.explained());
        }
        assertThat(new HashSet<>(
                        first.features().stream().map(Explanation.Feature::name).toList()))
                .hasSameSizeAs(first.features());
        t.evidence();
    }

    @TckCase(
            id = "OBS-04",
            value = "health is up while connected and idle or busy, and down after close",
            check = "is health judged from what was seen last, and does close end it?",
            proves = ADMIN)
    void health(Tck t) {
        MqClient mq = t.newClient();
        Queue<String> queue = t.queue();
        Seen<String> seen = t.seen();
        Subscription subscription = mq.subscribe(queue, seen);
        mq.send(queue, "x");
        seen.awaitExactly(1);
        assertThat(mq.health().status()).isEqualTo(Health.Status.UP);
        assertThat(subscription.health().status()).isEqualTo(Health.Status.UP);
        mq.close();
        assertThat(mq.health().status()).isEqualTo(Health.Status.DOWN);
    }

    @TckCase(
            id = "SEC-01",
            value = "a password in the URI appears in no text of the client, its failures and its log",
            check = "does an exception or a log line quote the URI it was given?",
            proves = SECURITY)
    @ResourceLock(Resources.SYSTEM_OUT)
    @ResourceLock(Resources.SYSTEM_ERR)
    void noSecret(Tck t) {
        String uri = t.broker().uri();
        String rest = uri.contains("@") ? uri.substring(uri.indexOf('@') + 1) : uri.replaceFirst("^[a-z]+:(//)?", "");
        String scheme = uri.substring(0, uri.indexOf(':'));
        List<String> withSecret = List.of(
                scheme + "://user:" + CANARY + "@" + rest,
                scheme + "://user:" + CANARY + "@" + rest + "?no-such-option=1",
                scheme + "://user:" + CANARY + "@127.0.0.1:1",
                scheme + "://user:" + CANARY + "@[not-a-host",
                "nobroker://user:" + CANARY + "@localhost");
        try (LogTap log = new LogTap()) {
            withSecret.forEach(secret -> {
                connectWith(secret);
                t.evidence();
            });
            assertThat(log.lines()).noneMatch(line -> line.contains(CANARY) || line.contains(CANARY_DECODED));
        }
    }

    private static void connectWith(String secret) {
        Throwable failure = Assertions.catchThrowable(() -> {
            try (MqClient mq = MqClient.builder(secret)
                    .connectTimeout(Duration.ofSeconds(3))
                    .connect()) {
                assertThat(mq.toString()).doesNotContain(CANARY, CANARY_DECODED);
                assertThat(mq.explain().toString()).doesNotContain(CANARY, CANARY_DECODED);
            }
        });
        for (Throwable f = failure; f != null; f = f.getCause()) {
            assertThat(f.toString()).doesNotContain(CANARY, CANARY_DECODED);
            Arrays.stream(f.getSuppressed())
                    .forEach(s -> assertThat(s.toString()).doesNotContain(CANARY, CANARY_DECODED));
        }
    }

    @TckCase(
            id = "SEC-14",
            value = "bad URIs are refused: the unknown scheme names those found, the unknown option itself",
            check = "are scheme and options checked before anything connects?",
            proves = SECURITY)
    void badUris(Tck t) {
        t.refused(IllegalArgumentException.class, () -> MqClient.connect("nobroker://localhost"), "nobroker");
        t.refused(IllegalArgumentException.class, () -> MqClient.connect(""), "uri");
        t.refused(IllegalArgumentException.class, () -> MqClient.connect("no scheme"));
        t.refused(NullPointerException.class, () -> MqClient.connect(Nulls.<String>of()), "uri");
        String separator = t.broker().uri().contains("?") ? "&" : "?";
        t.refused(
                IllegalArgumentException.class,
                () -> MqClient.connect(t.broker().uri() + separator + "no-such-option=1"),
                "no-such-option");
    }

    @TckCase(
            id = "SEC-15",
            value = "options that make no sense are refused by name when they are set",
            check = "is a value checked where it is set?",
            proves = SECURITY)
    void badOptions(Tck t) {
        SubscribeOptions.Builder options = SubscribeOptions.builder();
        t.refused(IllegalArgumentException.class, () -> options.concurrency(0), "concurrency", "0");
        t.refused(IllegalArgumentException.class, () -> options.concurrency(10_001), "concurrency");
        t.refused(IllegalArgumentException.class, () -> options.prefetch(0), "prefetch");
        t.refused(IllegalArgumentException.class, () -> options.lease(Duration.ZERO), "lease");
        t.refused(IllegalArgumentException.class, () -> options.maxProcessingTime(Duration.ofDays(1)), "maxProcessing");
        t.refused(NullPointerException.class, () -> options.retry(Nulls.of()), "retry");
        t.refused(NullPointerException.class, () -> options.idempotency(Nulls.of()), "idempotency");
        t.refused(NullPointerException.class, () -> options.orderPolicy(Nulls.of()), "orderPolicy");
        t.refused(NullPointerException.class, () -> options.expiryPolicy(Nulls.of()), "expiryPolicy");
        t.refused(NullPointerException.class, () -> options.listener(Nulls.of()), "listener");
        t.refused(IllegalArgumentException.class, () -> options.deadLetterQueue("a\nb"), "name");
        t.refused(
                IllegalArgumentException.class,
                () -> SubscribeOptions.builder().concurrency(5).prefetch(4).build(),
                "prefetch",
                "5");
        t.refused(
                IllegalArgumentException.class,
                () -> Idempotency.byMessageId(new InMemoryIdempotencyStore()).lease(Duration.ofMillis(1)),
                "lease");
        t.refused(IllegalArgumentException.class, () -> Redrive.all().rate(0), "rate");
        t.refused(IllegalArgumentException.class, () -> Redrive.all().max(0), "max");
        MqClient.Builder client = MqClient.builder(t.broker().uri());
        t.refused(IllegalArgumentException.class, () -> client.clientId("a b\n"), "clientId");
        t.refused(IllegalArgumentException.class, () -> client.sendTimeout(Duration.ZERO), "sendTimeout");
        t.refused(IllegalArgumentException.class, () -> client.maxOutstandingSends(0), "maxOutstandingSends");
    }

    @TckCase(
            id = "SEC-16",
            value = "a subscription without source, handler or options is refused by name",
            check = "is an argument checked before anything is declared?",
            proves = SECURITY)
    void badSubscriptions(Tck t) {
        MqClient mq = t.client();
        Queue<String> queue = Queue.of(t.name(), String.class);
        t.refused(NullPointerException.class, () -> mq.subscribe(Nulls.<Queue<String>>of(), d -> {}), "source");
        t.refused(
                NullPointerException.class,
                () -> mq.subscribe(queue, Nulls.<dev.transload.mq.MessageHandler<String>>of()),
                "handler");
        t.refused(NullPointerException.class, () -> mq.subscribe(queue, d -> {}, Nulls.of()), "options");
        t.refused(NullPointerException.class, () -> mq.deadLetters(Nulls.<Queue<String>>of()), "queue");
        t.refused(NullPointerException.class, () -> mq.close(Nulls.of()), "deadline");
        t.refused(IllegalArgumentException.class, () -> mq.close(Duration.ofSeconds(-1)), "deadline");
        t.refused(NullPointerException.class, () -> mq.admin().exists(Nulls.of()), "destination");
        t.refused(
                IllegalArgumentException.class,
                () -> mq.subscribe(
                        queue,
                        d -> {},
                        SubscribeOptions.builder().deadLetterQueue(queue.name()).build()),
                "deadLetterQueue");
        assertThat(mq.admin().exists(queue)).as("nothing was made").isFalse();
    }
}
