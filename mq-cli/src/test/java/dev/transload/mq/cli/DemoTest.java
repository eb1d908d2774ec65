package dev.transload.mq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The demonstration in memory, line by line. */
class DemoTest {

    /** What the demonstration tells everywhere; the file {@code demo.txt} beside the tests. */
    static List<String> expectedStory() {
        try (InputStream file = Objects.requireNonNull(DemoTest.class.getResourceAsStream("/demo.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theStoriesAreToldAsTheyAreWritten() {
        CliRun run = CliRun.of("demo", "--uri", "inmemory:demo-as-written");

        assertThat(run.err()).isEmpty();
        assertThat(run.story()).containsExactlyElementsOf(expectedStory());
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void aRunLeavesNothingBehindForTheNext() {
        CliRun first = CliRun.of("demo", "--uri", "inmemory:demo-twice");
        CliRun second = CliRun.of("demo", "--uri", "inmemory:demo-twice");

        assertThat(first.exitCode()).isZero();
        assertThat(second.story()).isEqualTo(first.story());
    }

    @Test
    void aStoryThatTheBrokerRefusesIsNamedAndFailsTheRun() {
        CliRun run = CliRun.of("demo", "--uri", "inmemory:demo-refused?profile=sqs-standard");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).contains("✗ refused:").contains("did not go as told:");
    }
}
