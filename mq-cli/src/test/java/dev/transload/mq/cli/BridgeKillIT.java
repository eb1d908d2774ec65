package dev.transload.mq.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Idempotency;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;
import dev.transload.mq.tck.JudgeHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code mq bridge} between two real brokers, under load, with its process killed in the middle: nothing is lost, keys
 * keep their order, and an idempotent consumer handles each message once. The kit's checker of histories is the judge.
 */
class BridgeKillIT {

    private static final int MESSAGES = 2000;
    private static final int KEYS = 20;
    private static final long KILL_AT = 400;

    /** Two brokers, started when they are asked for. */
    record Pair(String name, Supplier<String> from, Supplier<String> to) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static String rabbitMq() {
        return RabbitMqBroker.shared(RabbitMqVersion.newest()).uri().toString();
    }

    private static String kafka() {
        return KafkaBroker.shared(KafkaVersion.newest()).uri().toString();
    }

    private static String redis() {
        return RedisBroker.shared(RedisVersion.V8).uri().toString();
    }

    private static String sqs() {
        SqsBroker broker = SqsBroker.shared(SqsVersion.LOCALSTACK);
        return "sqs://" + SqsBroker.ACCESS_KEY + ":" + SqsBroker.SECRET_KEY + "@" + broker.host() + ":" + broker.port()
                + "?region=" + SqsBroker.REGION;
    }

    static List<Pair> pairs() {
        return List.of(
                new Pair("RabbitMQ to Kafka", BridgeKillIT::rabbitMq, BridgeKillIT::kafka),
                new Pair("Kafka to RabbitMQ", BridgeKillIT::kafka, BridgeKillIT::rabbitMq),
                new Pair("Redis to SQS", BridgeKillIT::redis, BridgeKillIT::sqs));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void losesNothingAndKeepsOrderThoughItIsKilled(Pair pair, @TempDir Path directory)
            throws IOException, InterruptedException {
        String from = pair.from().get();
        String to = pair.to().get();
        String name = "bridge-" + Long.toString(System.nanoTime(), 36);
        Queue<String> ledger = Queue.of(name, String.class).ordered();
        BridgeHistory history = new BridgeHistory(name);
        InMemoryIdempotencyStore store = new InMemoryIdempotencyStore();
        SubscribeOptions once = SubscribeOptions.builder()
                .concurrency(8)
                .idempotency(Idempotency.byMessageId(store))
                .listener(history)
                .build();
        try (MqClient old = MqClient.connect(from);
                MqClient other = MqClient.connect(to)) {
            old.admin().create(ledger);
            history.opened();
            other.subscribe(ledger, history::handle, once);
            Thread producer = new Thread(() -> send(old, ledger, history), "producer");
            producer.start();
            await("some messages to move").until(() -> old.admin().depth(ledger).orElse(0) > 0);

            Process first = bridge(from, to, name, directory.resolve("first.txt"));
            try {
                await("the bridge to be in the middle")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> history.handled() >= KILL_AT);
            } finally {
                history.note("the bridge is killed");
                first.destroyForcibly().waitFor();
            }
            assertThat(history.handled()).isLessThan(MESSAGES);

            Path said = directory.resolve("second.txt");
            Process second = bridge(from, to, name, said);
            try {
                history.note("the bridge is started again");
                producer.join();
                assertThat(second.waitFor(120, SECONDS)).as("the bridge ended").isTrue();
            } finally {
                second.destroyForcibly();
            }
            assertThat(second.exitValue()).as(Files.readString(said)).isZero();
            assertThat(Files.readString(said)).contains(name + " is empty: 0 waiting, 0 dead letters");
            await("all to be handled").atMost(Duration.ofSeconds(60)).until(() -> history.handled() >= MESSAGES);
            await("nothing left").until(() -> other.admin().depth(ledger).orElse(-1) == 0);
            history.depth(old.admin().depth(ledger).orElse(-1));

            Path file = directory.resolve("history.jsonl");
            history.write(file);
            assertThat(JudgeHistory.judge(file)).contains("sound").doesNotContain("not sound", "shows nothing");
            assertThat(history.handled()).as("handled once each").isEqualTo(MESSAGES);
            old.admin().delete(ledger);
            other.admin().delete(ledger);
        }
    }

    private static void send(MqClient mq, Queue<String> ledger, BridgeHistory history) {
        for (int i = 0; i < MESSAGES; i++) {
            String id = "m-" + i;
            String key = "k-" + i % KEYS;
            history.sending(id, key);
            mq.send(ledger, "entry " + i, SendOptions.id(id).key(key));
            history.confirmed(id, key);
        }
    }

    private static Process bridge(String from, String to, String queue, Path said) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MqCommand.class.getName(),
                        "bridge",
                        "--queue",
                        queue,
                        "--ordered",
                        "--until-empty",
                        "--quiet-for",
                        "1s")
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("MQ_FROM", from);
        builder.environment().put("MQ_TO", to);
        return builder.start();
    }
}
