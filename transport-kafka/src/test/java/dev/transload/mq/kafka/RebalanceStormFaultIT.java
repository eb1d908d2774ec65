package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import dev.transload.mq.tck.ForkedJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members of an ordered group come, go and die all the time. */
class RebalanceStormFaultIT {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int ROUNDS = 20;
    private static final int KEYS = 24;
    private static final int PER_ROUND = 4;
    private static final int MEMBERS = 3;

    private final List<ForkedJvm> running = new ArrayList<>();
    /** What those who are gone had said. */
    private final List<List<String>> said = new ArrayList<>();

    private final StormLedger ledger = new StormLedger();
    private int sent;

    @ParameterizedTest(name = "on Kafka {0} by the {1} protocol")
    @CsvSource({"4.4, consumer", "4.4, classic", "3.9, classic"})
    void noKeyHasAGapOrASecondOwner(String line, String protocol) {
        String uri = KafkaBroker.shared(KafkaVersion.of(line)).uri() + "?partitions=6&protocol=" + protocol;
        String name = "storm-" + UUID.randomUUID().toString().substring(0, 8);
        Queue<String> queue = Queue.of(name, String.class).ordered();
        Random random = new Random(line.hashCode() + protocol.hashCode());
        try (MqClient mq = MqClient.connect(uri)) {
            mq.admin().create(queue);
            for (int i = 0; i < MEMBERS; i++) {
                join(uri, name);
            }
            for (int round = 0; round < ROUNDS; round++) {
                send(mq, queue);
                ForkedJvm leaver = running.remove(random.nextInt(running.size()));
                if (random.nextBoolean()) {
                    leaver.kill();
                } else {
                    leaver.send("close");
                    leaver.awaitLine("closed", LONG);
                }
                gone(leaver);
                join(uri, name);
                send(mq, queue);
            }
            await("all is handled")
                    .atMost(LONG)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> {
                        List<List<String>> all = new ArrayList<>(said);
                        running.forEach(member -> all.add(member.lines()));
                        return StormLedger.handled(all) == (long) sent * KEYS;
                    });
        } finally {
            List.copyOf(running).forEach(member -> {
                member.kill();
                gone(member);
            });
        }
        assertThat(ledger.faults(sent)).isEmpty();
        assertThat(ledger.repeats())
                .as("messages handled again, of %d", sent * KEYS)
                .isLessThan((long) sent * KEYS / 2);
    }

    private void join(String uri, String name) {
        ForkedJvm member = ForkedJvm.start(StormMember.class, uri, name);
        member.awaitLine("subscribed", LONG);
        running.add(member);
    }

    private void gone(ForkedJvm member) {
        long now = System.nanoTime();
        member.close();
        said.add(member.lines());
        ledger.add(member.toString(), member.lines(), now);
    }

    private void send(MqClient mq, Queue<String> queue) {
        for (int i = 0; i < PER_ROUND; i++) {
            for (int key = 0; key < KEYS; key++) {
                mq.send(queue, Integer.toString(sent), SendOptions.key("key" + key));
            }
            sent++;
        }
    }
}
