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
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Members of an ordered group come, go and die all the time. */
class RebalanceStormFaultIT {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int KEYS = 24;
    private static final int PER_ROUND = 4;
    /** All members of a classic group wait until one that was killed is missed. */
    private static final String SOON_MISSED = "&kafka.consumer.session.timeout.ms=4000";

    private static final int MORTALS = 2;

    /** Members that are to be killed. */
    private final List<ForkedJvm> mortals = new ArrayList<>();
    /** What those said who were killed. */
    private final List<List<String>> ofTheDead = new ArrayList<>();
    /** Members that leave in order, one after the other. */
    private final List<StormMember> orderly = new ArrayList<>();
    /** What they said. */
    private final List<ConcurrentLinkedQueue<String>> ofTheOrderly = new ArrayList<>();

    private final StormLedger ledger = new StormLedger();
    private int sent;

    @ParameterizedTest(name = "on Kafka {0} by the {1} protocol, {2} times")
    @CsvSource({"4.4, consumer, 20", "4.4, classic, 20", "3.9, classic, 6"})
    void noKeyHasAGapOrASecondOwner(String line, String protocol, int rounds) {
        String uri = KafkaBroker.shared(KafkaVersion.of(line)).uri() + "?partitions=6&protocol=" + protocol
                + (protocol.equals("classic") ? SOON_MISSED : "");
        Queue<String> queue = Queue.of("storm-" + UUID.randomUUID().toString().substring(0, 8), String.class)
                .ordered();
        Random random = new Random(line.hashCode() + protocol.hashCode());
        try (MqClient mq = MqClient.connect(uri)) {
            mq.admin().create(queue);
            for (int i = 0; i < MORTALS; i++) {
                mortals.add(ForkedJvm.start(StormMember.class, uri, queue.name()));
            }
            mortals.forEach(RebalanceStormFaultIT::awaitJoined);
            join(uri, queue);
            for (boolean dies : halfOf(rounds, random)) {
                send(mq, queue);
                if (dies) {
                    ForkedJvm heir = ForkedJvm.start(StormMember.class, uri, queue.name());
                    kill(mortals.remove(random.nextInt(mortals.size())));
                    mortals.add(heir);
                    awaitJoined(heir);
                } else {
                    orderly.remove(0).close();
                    join(uri, queue);
                }
                send(mq, queue);
            }
            await("all is handled")
                    .atMost(LONG)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> StormLedger.handled(said()) == (long) sent * KEYS);
        } finally {
            orderly.forEach(StormMember::close);
            List.copyOf(mortals).forEach(this::kill);
        }
        for (int i = 0; i < ofTheOrderly.size(); i++) {
            ledger.add("orderly-" + i, List.copyOf(ofTheOrderly.get(i)), System.nanoTime());
        }
        assertThat(ledger.faults(sent)).isEmpty();
        assertThat(ledger.repeats())
                .as("messages handled again, of %d", sent * KEYS)
                .isLessThan((long) sent * KEYS / 2);
    }

    private static List<Boolean> halfOf(int rounds, Random random) {
        List<Boolean> all = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            all.add(i % 2 == 0);
        }
        Collections.shuffle(all, random);
        return all;
    }

    private static void awaitJoined(ForkedJvm member) {
        member.awaitLine("subscribed", LONG);
    }

    private void join(String uri, Queue<String> queue) {
        ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
        ofTheOrderly.add(lines);
        orderly.add(StormMember.here(uri, queue.name(), lines));
    }

    private void kill(ForkedJvm member) {
        mortals.remove(member);
        member.kill();
        long now = System.nanoTime();
        member.close();
        ofTheDead.add(member.lines());
        ledger.add(member.toString(), member.lines(), now);
    }

    private List<List<String>> said() {
        List<List<String>> all = new ArrayList<>(ofTheDead);
        mortals.forEach(member -> all.add(member.lines()));
        ofTheOrderly.forEach(lines -> all.add(List.copyOf(lines)));
        return all;
    }

    private void send(MqClient mq, Queue<String> queue) {
        List<CompletableFuture<String>> all = new ArrayList<>();
        for (int i = 0; i < PER_ROUND; i++) {
            for (int key = 0; key < KEYS; key++) {
                all.add(mq.sendAsync(queue, Integer.toString(sent), SendOptions.key("key" + key)));
            }
            sent++;
        }
        assertThat(all).allSatisfy(send -> assertThat(send).succeedsWithin(LONG));
    }
}
