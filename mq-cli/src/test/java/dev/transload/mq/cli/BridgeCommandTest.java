package dev.transload.mq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.client.MqClient;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code mq bridge} between two brokers in memory. */
class BridgeCommandTest {

    private static final Queue<String> WORK = Queue.of("work", String.class);

    @Test
    void movesUntilNothingIsLeftAndProvesIt() {
        try (MqClient old = MqClient.connect("inmemory:bridge-from");
                MqClient other = MqClient.connect("inmemory:bridge-to")) {
            for (int i = 0; i < 1500; i++) {
                old.send(WORK, "message " + i, SendOptions.id("m-" + i));
            }

            CliRun run = CliRun.of(
                    Map.of("MQ_FROM", "inmemory:bridge-from", "MQ_TO", "inmemory:bridge-to"),
                    "",
                    "bridge",
                    "--queue",
                    "work",
                    "--until-empty",
                    "--quiet-for",
                    "300ms");

            assertThat(run.err()).isEmpty();
            assertThat(run.lines())
                    .endsWith(
                            "work is empty: 0 waiting, 0 dead letters, 0 in flight here",
                            "1,500 moved in all, each confirmed before it was taken off");
            assertThat(run.exitCode()).isZero();
            assertThat(old.admin().depth(WORK)).hasValue(0);
            assertThat(other.admin().depth(WORK)).hasValue(1500);
        }
    }

    @Test
    void whatIsNotThereIsNotMade() {
        CliRun run = CliRun.of(
                "bridge", "--from", "inmemory:none", "--to", "inmemory:other", "--queue", "not-there", "--until-empty");

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("not-there");
    }

    @Test
    void aMessageThatWillNeverFitEndsItWithItsName() {
        Queue<byte[]> scans = Queue.of("scans", byte[].class);
        try (MqClient old = MqClient.connect("inmemory:bridge-scans")) {
            old.send(scans, new byte[2 << 20], SendOptions.id("big"));

            CliRun run = CliRun.of(
                    "bridge",
                    "--from",
                    "inmemory:bridge-scans",
                    "--to",
                    "inmemory:bridge-narrow?profile=kafka",
                    "--queue",
                    "scans",
                    "--until-empty");

            assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(run.err()).startsWith("mq: ").contains("big");
            assertThat(run.out()).contains("stopped: 0 moved, 1 left");
            assertThat(old.admin().depth(scans)).hasValue(1);
        }
    }
}
