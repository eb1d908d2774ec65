package dev.transload.mq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kit from the command line, on the broker in memory. */
class TckCommandTest {

    @TempDir
    private Path reports;

    @Test
    void aCaseThatHoldsEndsWithZeroAndACertificateThatVerifies() throws IOException {
        CliRun run = CliRun.of(
                "tck", "--uri", "inmemory:", "--case", "ack-04", "--seed", "5", "--reports", reports.toString());

        assertThat(run.out()).contains("inmemory: 1 cases passed", "seed 5");
        assertThat(run.exitCode()).isZero();
        Path json = reports.resolve("inmemory.json");
        assertThat(CliRun.of("tck", "--verify", json.toString()).out()).contains("complete and unchanged");

        Files.writeString(json, Files.readString(json).replaceFirst("\"seed\" : 5", "\"seed\" : 6"));
        CliRun edited = CliRun.of("tck", "--verify", json.toString());
        assertThat(edited.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(edited.out()).contains("changed after it was written");
    }

    @Test
    void whatFailsIsToldAndEndsWithOne() {
        CliRun run =
                CliRun.of("tck", "--provider", "com.acme.Missing", "--case", "ACK-04", "--reports", reports.toString());

        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(run.out()).contains("ACK-04 FAIL", "com.acme.Missing did not start", "level NONE");
    }

    @Test
    void aLineThatMakesNoSenseIsRefusedByName() {
        assertThat(CliRun.of("tck").err()).contains("either --provider or --uri");
        assertThat(CliRun.of("tck", "--uri", "inmemory:", "--case", "ACK-99").err())
                .contains("there is no case ACK-99");
        CliRun tiers = CliRun.of("tck", "--uri", "inmemory:", "--tiers", "T9");
        assertThat(tiers.err()).contains("mqtck.tiers");
        assertThat(tiers.exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
