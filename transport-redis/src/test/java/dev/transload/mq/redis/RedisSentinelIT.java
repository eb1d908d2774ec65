package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Delivery;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisSentinels;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.tck.BrokerControl;
import dev.transload.mq.tck.Fault;
import dev.transload.mq.tck.Link;
import dev.transload.mq.tck.MqTck;
import dev.transload.mq.tck.MqTckProvider;
import dev.transload.mq.tck.TckBroker;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A primary that dies, and a replica that sentinels put in its place: what is lost is what the durability says. */
class RedisSentinelIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int SOME = 100;

    private static RedisSentinels pair;

    @BeforeAll
    static void start() {
        pair = RedisSentinels.start(RedisVersion.newest());
    }

    @AfterAll
    static void end() {
        pair.close();
    }

    @BeforeEach
    void whole() {
        pair.awaitWhole();
    }

    private static String uri(String options) {
        return pair.uri() + "?sentinel=" + RedisSentinels.MASTER_NAME + "&timeout=2s&maxReconnectDelay=500ms" + options;
    }

    @Test
    void theHistoryCheckerFindsNothingLostAndNoOrderBrokenIfSendsWaitForTheReplica() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();

        boolean passed = MqTck.of(Provider.class.getName())
                .with("mqtck.tiers", "T2")
                .with("mqtck.certificate", "true")
                .with("mqtck.reports", "target/sentinel")
                .cases("FLT-02")
                .run(new PrintStream(said, true, StandardCharsets.UTF_8));

        assertThat(passed).as(said.toString(StandardCharsets.UTF_8)).isTrue();
    }

    @Test
    void whatTheReplicaHadNotGotIsLostAndNoMoreIfSendsDoNotWaitForIt() {
        Queue<String> plain = Queue.of("careless", String.class);
        Queue<String> ordered = Queue.of("careless-in-order", String.class).ordered();
        RedisBroker failing = pair.primary();
        RedisBroker replica = pair.replica();
        try (MqClient mq = MqClient.builder(uri("")).sendTimeout(SOON).connect()) {
            assertThat(mq.explain().toString()).contains("a failover may lose the last of it");
            send(mq, plain, ordered, 0);
            assertThat(failing.command("WAIT", "1", "5000")).isEqualTo("1");
            // A password that the primary does not know keeps the replica from coming back to it.
            replica.command("CONFIG", "SET", "masterauth", "wrong");
            failing.command("CLIENT", "KILL", "TYPE", "replica");
            await("the replica is cut off")
                    .atMost(SOON)
                    .until(() -> replica.command("INFO", "replication").contains("master_link_status:down"));
            send(mq, plain, ordered, SOME);

            failing.kill();
            pair.awaitFailoverFrom(failing);
            send(mq, plain, ordered, 2 * SOME);

            assertThat(handled(mq, plain)).isEqualTo(allButTheMiddle());
            assertThat(handled(mq, ordered)).isEqualTo(allButTheMiddle());
        } finally {
            replica.command("CONFIG", "SET", "masterauth", "");
            replica.command("CONFIG", "REWRITE"); // as the sentinels had it do when it took over
            failing.start();
        }
    }

    private static void send(MqClient mq, Queue<String> plain, Queue<String> ordered, int from) {
        for (int i = from; i < from + SOME; i++) {
            mq.send(plain, String.valueOf(i));
            mq.send(ordered, String.valueOf(i), SendOptions.key("one"));
        }
    }

    /** What is handled until the last of all comes, in order. */
    private static List<Integer> handled(MqClient mq, Queue<String> queue) {
        ConcurrentLinkedQueue<Integer> seen = new ConcurrentLinkedQueue<>();
        mq.subscribe(queue, (Delivery<String> delivery) -> seen.add(Integer.valueOf(delivery.payload())));
        await("the last is handled").atMost(SOON).until(() -> seen.contains(3 * SOME - 1));
        return new ArrayList<>(seen);
    }

    private static List<Integer> allButTheMiddle() {
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < SOME; i++) {
            all.add(i);
        }
        for (int i = 2 * SOME; i < 3 * SOME; i++) {
            all.add(i);
        }
        return all;
    }

    /** Has the kit kill the primary, and find the replica in its place. */
    public static final class Provider implements MqTckProvider {

        @Override
        public String name() {
            return "redis-sentinel";
        }

        @Override
        public TckBroker broker() {
            return new FailingOver();
        }

        @Override
        public Optional<BrokerControl> control() {
            return Optional.of(new FailingOver());
        }
    }

    private static final class FailingOver implements BrokerControl {

        private final RedisBroker failing = pair.primary();

        @Override
        public Set<Fault> supported() {
            return Set.of(Fault.KILL);
        }

        @Override
        public String uri() {
            return RedisSentinelIT.uri("&waitReplicas=1&waitTimeout=200ms");
        }

        @Override
        public Link link() {
            throw new UnsupportedOperationException("clients go where the sentinels say");
        }

        @Override
        public boolean answers() {
            try {
                return pair.primary().command("ROLE").startsWith("master");
            } catch (IllegalStateException gone) {
                return false;
            }
        }

        @Override
        public void kill() {
            failing.kill();
        }

        /** The other has to be primary first; this one is its replica then, without which no send is confirmed. */
        @Override
        public void start() {
            pair.awaitFailoverFrom(failing);
            failing.start();
            pair.awaitWhole();
        }
    }
}
