package dev.transload.mq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The demonstration on Redis tells what it tells in memory. */
class DemoOnRedisIT {

    @ParameterizedTest
    @MethodSource("versions")
    void theStoriesAreTheSame(RedisVersion version) {
        CliRun run =
                CliRun.of("demo", "--uri", RedisBroker.shared(version).uri().toString());

        assertThat(run.story()).containsExactlyElementsOf(DemoTest.expectedStory());
        assertThat(run.out()).contains(version.isValkey() ? "Valkey 9" : "Redis " + version.line());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    static List<RedisVersion> versions() {
        return RedisVersion.underTest();
    }
}
