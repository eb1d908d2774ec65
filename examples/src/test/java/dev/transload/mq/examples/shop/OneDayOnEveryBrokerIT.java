package dev.transload.mq.examples.shop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Explanation.Support;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The shop is one program: on each broker, a dependency and a URI apart, it observes the same.
 *
 * <p>Each run is a process of its own whose class path has one transport. What it prints must be {@code one-day.txt}, but
 * for what the broker declares that it refuses.
 */
class OneDayOnEveryBrokerIT {

    private static final long MOST_SECONDS = 120;

    /** Another broker is a line here. */
    static List<Site> sites() {
        return List.of(
                new Site("transport-inmemory", () -> "inmemory:"),
                new Site(
                        "transport-rabbitmq",
                        () -> RabbitMqBroker.shared(RabbitMqVersion.newest())
                                .uri()
                                .toString()),
                new Site(
                        "transport-kafka",
                        () -> KafkaBroker.shared(KafkaVersion.newest()).uri().toString()),
                new Site(
                        "transport-redis",
                        () -> RedisBroker.shared(RedisVersion.V8).uri().toString()),
                new Site("transport-sqs", () -> sqs(SqsBroker.shared(SqsVersion.LOCALSTACK))));
    }

    private static String sqs(SqsBroker broker) {
        return "sqs://" + SqsBroker.ACCESS_KEY + ":" + SqsBroker.SECRET_KEY + "@" + broker.host() + ":" + broker.port()
                + "?region=" + SqsBroker.REGION + "&maxMessageBytes=262144";
    }

    @ParameterizedTest
    @MethodSource("sites")
    void observesTheSame(Site site, @TempDir Path directory) throws IOException, InterruptedException {
        String uri = site.uri().get();
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");

        Process shop = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        site.classPath(),
                        ShopProgram.class.getName(),
                        uri)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        try {
            assertThat(shop.waitFor(MOST_SECONDS, SECONDS))
                    .as("the shop closed")
                    .isTrue();
        } finally {
            shop.destroyForcibly();
        }

        assertThat(shop.exitValue()).as(Files.readString(err)).isZero();
        assertThat(Files.readAllLines(out)).containsExactlyElementsOf(expected(uri));
    }

    private static List<String> expected(String uri) throws IOException {
        List<String> day = Files.readAllLines(Path.of("src", "test", "resources", "one-day.txt"));
        try (MqClient mq = MqClient.connect(uri)) {
            boolean replays = mq.explain().feature("replay").support() != Support.REFUSED;
            return day.stream()
                    .filter(line -> !line.startsWith("replay | ") || line.endsWith("[refused]") != replays)
                    .toList();
        }
    }

    /** A transport, by its module, and a broker for it. */
    record Site(String module, Supplier<String> uri) {

        /** The class path of this test without all other transports. */
        String classPath() {
            return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> !entry.contains(File.separator + "transport-")
                            || entry.contains(File.separator + module + File.separator))
                    .collect(Collectors.joining(File.pathSeparator));
        }

        @Override
        public String toString() {
            return module;
        }
    }
}
