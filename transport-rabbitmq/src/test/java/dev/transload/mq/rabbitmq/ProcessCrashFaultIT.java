package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.Delivery;
import dev.transload.mq.Failure;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.tck.ForkedJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Consumers die with what they hold. */
@ParameterizedClass
@MethodSource("dev.transload.mq.fixtures.RabbitMqVersion#underTest")
@ExtendWith(FaultBrokers.class)
class ProcessCrashFaultIT {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int HELD = 100;

    @Parameter
    RabbitMqVersion version;

    private final Queue<String> queue = Queue.of(Spi.unique("crash"), String.class);
    private String uri;
    private MqClient mq;

    @BeforeEach
    void connect() {
        uri = FaultBrokers.of(version).uri().toString();
        mq = MqClient.connect(uri);
    }

    @AfterEach
    void close() {
        mq.close();
    }

    @Test
    void allThatAKilledProcessHeldReachesAnotherConsumerAsSuspectedCrashes() {
        List<String> sent = send(queue, HELD);
        try (ForkedJvm victim = consumer("hold", queue, HELD)) {
            victim.awaitLines(line -> line.startsWith("holds "), HELD, LONG);
            victim.kill();
        }

        Map<String, List<Delivery<String>>> seen = new ConcurrentHashMap<>();
        mq.subscribe(
                queue,
                delivery -> seen.computeIfAbsent(delivery.id(), id -> new ArrayList<>())
                        .add(delivery),
                SubscribeOptions.builder().concurrency(8).build());

        await("the other consumer gets all").atMost(LONG).until(() -> seen.size() == HELD);
        await("all is settled")
                .atMost(LONG)
                .untilAsserted(() -> assertThat(FaultBrokers.unsettled(version, queue.name()))
                        .isZero());
        assertThat(seen.keySet()).containsExactlyInAnyOrderElementsOf(sent);
        assertThat(seen.values())
                .allSatisfy(calls -> assertThat(calls).singleElement().satisfies(delivery -> {
                    assertThat(delivery.redelivered()).isTrue();
                    assertThat(delivery.attempt()).isEqualTo(2);
                }));
        assertThat(mq.deadLetters(queue).count()).isZero();
    }

    @Test
    void aMessageThatKillsEveryProcessIsSetAsideAndItsNeighboursAreHandled() {
        mq.send(queue, CrashingConsumer.KILLER, SendOptions.none().settings().id("killer-id"));
        List<String> neighbours = send(queue, 20);
        DeadLetters dead = mq.deadLetters(queue);
        List<String> said = new ArrayList<>();

        int processes = 0;
        boolean over = false;
        while (!over) {
            assertThat(++processes)
                    .as("processes needed, so far: %s", said)
                    .isLessThanOrEqualTo(CrashingConsumer.MAX_ATTEMPTS + 2);
            try (ForkedJvm process = consumer("handle", queue, 1)) {
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

        // Handled just before the process was halted, a neighbour may come again: its ack was still on its way.
        assertThat(Set.copyOf(handled(said, List.of()))).containsExactlyInAnyOrderElementsOf(neighbours);
        assertThat(said.stream().filter("killed by killer-id"::equals).count())
                .as("runs of the killer")
                .isBetween((long) CrashingConsumer.MAX_ATTEMPTS, CrashingConsumer.MAX_ATTEMPTS + 1L);
        assertThat(dead.browse(10)).singleElement().satisfies(letter -> {
            assertThat(letter.id()).isEqualTo("killer-id");
            assertThat(letter.failure().reason()).isEqualTo(Failure.Reason.CRASHED);
            assertThat(letter.failure().source()).isEqualTo(queue.name());
        });
    }

    private static List<String> handled(List<String> before, List<String> now) {
        List<String> all = new ArrayList<>(before);
        all.addAll(now);
        return all.stream()
                .filter(line -> line.startsWith("handled "))
                .map(line -> line.substring("handled ".length()))
                .collect(Collectors.toList());
    }

    private List<String> send(Queue<String> to, int count) {
        return IntStream.range(0, count).mapToObj(i -> mq.send(to, "m" + i)).toList();
    }

    private ForkedJvm consumer(String what, Queue<String> from, int handlers) {
        return ForkedJvm.start(
                CrashingConsumer.class,
                what,
                uri,
                from.name(),
                Boolean.toString(from.shape().ordered()),
                Integer.toString(handlers));
    }
}
