package dev.transload.mq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The demonstration on Kafka tells what it tells in memory. */
class DemoOnKafkaIT {

    @ParameterizedTest
    @MethodSource("versions")
    void theStoriesAreTheSame(KafkaVersion version) {
        CliRun run =
                CliRun.of("demo", "--uri", KafkaBroker.shared(version).uri().toString());

        assertThat(run.story()).containsExactlyElementsOf(DemoTest.expectedStory());
        assertThat(run.out()).contains("Kafka " + version.line());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    static List<KafkaVersion> versions() {
        return KafkaVersion.underTest();
    }
}
