package dev.transload.mq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The demonstration on RabbitMQ tells what it tells in memory. */
class DemoOnRabbitMqIT {

    @ParameterizedTest
    @MethodSource("versions")
    void theStoriesAreTheSame(RabbitMqVersion version) {
        RabbitMqBroker broker = RabbitMqBroker.shared(version);

        CliRun run = CliRun.of("demo", "--uri", broker.uri().toString());

        assertThat(run.story()).containsExactlyElementsOf(DemoTest.expectedStory());
        assertThat(run.out()).contains("RabbitMQ " + broker.version());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    static List<RabbitMqVersion> versions() {
        return RabbitMqVersion.underTest();
    }
}
