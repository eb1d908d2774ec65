package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.Delivery;
import dev.transload.mq.Failure;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import dev.transload.mq.tck.ForkedJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Consumers die with what they hold; what the kit asks of every transport in this apart. */
class ProcessCrashFaultIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int HELD = 20;

    /** By the protocol that lets a member say how soon it is missed. */
    private static final String OPTIONS = "?partitions=2&protocol=classic&kafka.consumer.session.timeout.ms=4000";

    private final Queue<String> queue =
            Queue.of("crash-" + UUID.randomUUID().toString().substring(0, 8), String.class);
    private String uri;
    private MqClient mq;

    @BeforeEach
    void connect() {
        uri = KafkaBroker.shared(KafkaVersion.newest()).uri() + OPTIONS;
        mq = MqClient.connect(uri);
    }

    @AfterEach
    void close() {
        mq.close();
    }

    @Test
    void onlyWhatHadBegunInAKilledProcessCountsAsACrash() {
        List<String> sent = send(HELD);
        List<String> held;
        try (ForkedJvm victim = consumer("hold", 3)) {
            held = victim.awaitLines(line -> line.startsWith("holds "), 3, LONG).stream()
                    .map(line -> line.substring("holds ".length()))
                    .toList();
            awaitCommit();
            victim.kill();
        }

        List<Delivery<String>> seen = new CopyOnWriteArrayList<>();
        mq.subscribe(queue, seen::add);
        await("the other consumer gets all").atMost(LONG).until(() -> seen.size() == HELD);

        assertThat(seen).extracting(Delivery::id).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(seen)
                .allSatisfy(delivery -> assertThat(delivery.attempt())
                        .as("attempt of %s, %s", delivery.id(), held.contains(delivery.id()) ? "held" : "only fetched")
                        .isEqualTo(held.contains(delivery.id()) ? 2 : 1));
        assertThat(mq.deadLetters(queue).count()).isZero();
    }

    @Test
    void whatWasHandledBeforeACrashComesBackOnlyIfItsCommitWasStillOnItsWay() {
        int all = 500;
        send(all);
        List<String> handled;
        try (ForkedJvm victim = consumer("handle", 4)) {
            victim.awaitLines(line -> line.startsWith("handled "), all, LONG);
            awaitCommit();
            victim.kill();
            handled = victim.lines();
        }
        assertThat(handled).isNotEmpty();

        List<Delivery<String>> seen = new CopyOnWriteArrayList<>();
        mq.subscribe(queue, seen::add);
        String fence = mq.send(queue, "fence");
        await("what comes after").atMost(LONG).until(() -> seen.stream().anyMatch(d -> d.id().equals(fence)));
        assertThat(seen).extracting(Delivery::payload).containsExactly("fence");
    }

    @Test
    void aMessageThatKillsEveryProcessBesideOthersConvictsNoneOfThem() {
        mq.send(queue, CrashingConsumer.KILLER, SendOptions.id("killer-id"));
        List<String> neighbours = send(20);
        DeadLetters dead = mq.deadLetters(queue);
        List<String> said = new ArrayList<>();

        int processes = 0;
        boolean over = false;
        while (!over) {
            assertThat(++processes)
                    .as("processes needed, so far: %s", said)
                    .isLessThanOrEqualTo(CrashingConsumer.MAX_ATTEMPTS + 2);
            try (ForkedJvm process = consumer("handle", 4)) {
                await("the process is killed by its message, or all is done")
                        .atMost(LONG)
                        .until(() -> !process.alive()
                                || (dead.count() == 1
                                        && handled(said, process.lines()).containsAll(neighbours)));
                over = process.alive();
                process.kill();
                said.addAll(process.lines());
            }
        }

        assertThat(handled(said, List.of())).containsExactlyInAnyOrderElementsOf(new HashSet<>(neighbours));
        assertThat(said.stream().filter("killed by killer-id"::equals).count())
                .as("runs of the killer")
                .isBetween((long) CrashingConsumer.MAX_ATTEMPTS, CrashingConsumer.MAX_ATTEMPTS + 1L);
        assertThat(dead.browse(10)).singleElement().satisfies(letter -> {
            assertThat(letter.id()).isEqualTo("killer-id");
            assertThat(letter.failure().reason()).isEqualTo(Failure.Reason.CRASHED);
            assertThat(letter.failure().source()).isEqualTo(queue.name());
        });
    }

    // Each once: just before the process was halted, an ack may still have been on its way.
    private static Set<String> handled(List<String> before, List<String> now) {
        Set<String> all = new HashSet<>();
        for (List<String> lines : List.of(before, now)) {
            lines.stream()
                    .filter(line -> line.startsWith("handled "))
                    .forEach(line -> all.add(line.substring("handled ".length())));
        }
        return all;
    }

    @Test
    void aFrozenProcessLosesItsPartitionsAndKnowsWhenItGoesOn() {
        mq.send(queue, "slow", SendOptions.id("slow-id").key("k"));
        try (ForkedJvm frozen = consumer("hold", 1)) {
            frozen.awaitLine("holds slow-id", LONG);
            awaitCommit();
            frozen.suspend();

            List<Delivery<String>> seen = new CopyOnWriteArrayList<>();
            mq.subscribe(queue, seen::add, SubscribeOptions.defaults());
            await("its message reaches another").atMost(LONG).until(() -> seen.size() == 1);

            frozen.resume();
            frozen.awaitLine("interrupted slow-id", LONG);
            assertThat(seen.get(0).id()).isEqualTo("slow-id");
            assertThat(seen.get(0).attempt()).isEqualTo(2);
        }
    }

    // What has begun, or ended, is not known to anyone else before.
    private static void awaitCommit() {
        await("a commit").pollDelay(Duration.ofMillis(500)).until(() -> true);
    }

    private List<String> send(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> mq.send(queue, "m" + i, SendOptions.key("key" + i % 7)))
                .toList();
    }

    private ForkedJvm consumer(String what, int handlers) {
        return ForkedJvm.start(CrashingConsumer.class, what, uri, queue.name(), Integer.toString(handlers));
    }
}
