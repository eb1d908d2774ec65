package dev.transload.mq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Help, wrong lines and exit codes. */
class MqCommandTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "demo --help",
                "explain --help",
                "send --help",
                "consume --help",
                "dead-letters --help",
                "dead-letters list --help",
                "dead-letters show --help",
                "dead-letters redrive --help",
                "dead-letters purge --help",
                "bridge --help",
                "tck --help"
            })
    void everyCommandExplainsItself(String line) {
        CliRun run = CliRun.of(line.split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: mq").contains("--help");
        assertThat(run.lines()).allMatch(text -> text.length() <= 120);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dead-letters"})
    void aGroupWithoutACommandShowsItsCommands(String line) {
        CliRun run = line.isEmpty() ? CliRun.of() : CliRun.of(line);

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.out()).contains("Commands:");
    }

    @Test
    void helpListsTheExitCodes() {
        assertThat(CliRun.of("--help").out())
                .contains("Exit codes: 0 done · 1")
                .contains("3 no broker")
                .contains("4 the");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "demoo | Unmatched argument",
                "send --nonsense | --nonsense",
                "send --uri inmemory: hi | either --queue or --topic",
                "send --uri inmemory: --queue a --topic b hi | either --queue or --topic",
                "send --uri inmemory: --queue Not.Portable hi | Not.Portable",
                "send --uri inmemory: --queue a --delay soon hi | is not a time",
                "send --uri inmemory: --queue a --priority 99 hi | priority must be 0 to 9, was 99",
                "send --uri inmemory: --queue a --header mq-x=1 hi | mq-x",
                "send --queue a hi | which broker? Give --uri, or set MQ_URI",
                "consume --uri inmemory: --queue a --group g | a queue has no groups",
                "consume --uri inmemory: --queue a --max 0 | --max must be at least 1, was 0",
                "consume --uri inmemory: --queue a --json --payload-only | either --json or --payload-only",
                "dead-letters list --uri inmemory: --topic t | which group",
                "dead-letters list --uri inmemory: --queue q --where colour=red | there is no such field",
                "bridge --from inmemory:a --queue q | which broker? Give --to, or set MQ_TO",
                "bridge --to inmemory:a --queue q | which broker? Give --from, or set MQ_FROM",
                "bridge --from inmemory:a --to inmemory:b | give either --queue or --topic",
                "bridge --from inmemory:a --to inmemory:b --topic t | which group",
                "bridge --from inmemory:a --to inmemory:b --queue q --group g | a queue has no groups",
                "explain --uri pigeon:post | pigeon",
                "explain --uri inmemory:?feather=1 | feather",
                "explain --uri nothing | must start with a scheme",
            })
    void aWrongLineIsOneLineAndSaysWhatIsWrong(String line, String what) {
        CliRun run = CliRun.of(line.split(" "));

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).startsWith("mq: ").contains(what).doesNotContain("\tat ");
        assertThat(run.err().lines()).hasSizeLessThanOrEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aBrokerThatCannotBeReachedHasItsOwnExitCodeAndKeepsItsSecret() {
        CliRun run = CliRun.of("explain", "--uri", "amqp://guest:s3cret@127.0.0.1:1", "--connect-timeout", "2s");

        assertThat(run.exitCode()).isEqualTo(ExitCode.NO_BROKER);
        assertThat(run.err()).startsWith("mq: ").contains("127.0.0.1:1").doesNotContain("s3cret");
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void verboseShowsTheStackTraceAndStillKeepsTheSecret() {
        CliRun run = CliRun.of(
                "explain", "--uri", "amqp://guest:s3cret@127.0.0.1:1", "--connect-timeout", "2s", "--verbose");

        assertThat(run.err()).contains("\tat ").doesNotContain("s3cret");
    }

    @Test
    void aUriInTheWrongPlaceIsNotRepeatedWithItsPassword() {
        CliRun run = CliRun.of("demo", "amqp://guest:s3cret@localhost");

        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("amqp://***@localhost").doesNotContain("s3cret");
    }

    @Test
    void theEnvironmentCanNameTheBroker() {
        CliRun run = CliRun.of(Map.of("MQ_URI", "inmemory:?profile=kafka"), "", "explain");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("inmemory");
    }

    @Test
    void whatABrokerRefusesHasItsOwnExitCode() {
        CliRun run = CliRun.of(
                "send",
                "--uri",
                "inmemory:refuses?profile=sqs-standard",
                "--queue",
                "steps",
                "--ordered",
                "--key",
                "k",
                "x");

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
    }
}
