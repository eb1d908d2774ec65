package dev.transload.mq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Queue;
import dev.transload.mq.client.MqClient;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Sending, consuming and dead letters, on a broker in memory. */
class MessagesTest {

    private String uri = "";
    private MqClient keeper;

    @BeforeEach
    void connect(TestInfo test) {
        uri = "inmemory:cli-" + Integer.toHexString(test.getDisplayName().hashCode());
        keeper = MqClient.connect(uri);
    }

    @AfterEach
    void disconnect() {
        keeper.close();
    }

    @Test
    void whatIsSentIsConsumedWithItsEnvelope() {
        CliRun sent = run(
                "send",
                "--queue",
                "hello",
                "--id",
                "m-1",
                "--key",
                "k",
                "--type",
                "greeting",
                "--header",
                "tenant=blue",
                "--content-type",
                "text/plain",
                "Hello, wörld");
        CliRun got = run("consume", "--queue", "hello", "--max", "1");

        assertThat(sent.out()).isEqualTo("m-1\n");
        assertThat(got.exitCode()).isZero();
        assertThat(got.lines().get(0))
                .startsWith("id=m-1 key=k type=greeting content-type=text/plain sent=")
                .endsWith(" header.tenant=blue attempt=1");
        assertThat(got.lines().get(1)).isEqualTo("Hello, wörld");
    }

    @Test
    void linesAndStandardInputAreSentToo() {
        CliRun lines = CliRun.of(Map.of("MQ_URI", uri), "one\ntwo\n", "send", "--queue", "numbers", "--lines");
        CliRun whole = CliRun.of(Map.of("MQ_URI", uri), "three\nfour", "send", "--queue", "numbers");
        CliRun got = run("consume", "--queue", "numbers", "--max", "3", "--payload-only");

        assertThat(lines.lines()).hasSize(2);
        assertThat(whole.lines()).hasSize(1);
        assertThat(got.out()).isEqualTo("one\ntwo\nthree\nfour\n");
    }

    @Test
    void noMoreIsTakenThanAsked() {
        for (int i = 0; i < 5; i++) {
            run("send", "--queue", "few", Integer.toString(i));
        }
        CliRun got = run("consume", "--queue", "few", "--max", "2", "--payload-only");

        assertThat(got.lines()).containsExactly("0", "1");
        assertThat(keeper.admin().depth(Queue.of("few", byte[].class))).hasValue(3);
    }

    @Test
    void consumingEndsWhenNothingComes() {
        CliRun got = run("consume", "--queue", "empty", "--timeout", "50ms");

        assertThat(got.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(got.out()).isEmpty();
    }

    @Test
    void bytesThatAreNoTextAreShownAsSuch() {
        keeper.send(Queue.of("raw", byte[].class), new byte[] {(byte) 0xff, 0, 1});
        keeper.send(Queue.of("raw", byte[].class), "\u001b[31mred".getBytes(StandardCharsets.UTF_8));
        CliRun got = run("consume", "--queue", "raw", "--max", "2", "--payload-only");

        assertThat(got.lines()).containsExactly("(3 bytes) ff0001", "\\u001b[31mred");
    }

    @Test
    void jsonIsOneLineForOtherPrograms() {
        run("send", "--queue", "data", "--id", "m-2", "line 1\nline 2");
        CliRun got = run("consume", "--queue", "data", "--max", "1", "--json");

        assertThat(got.lines()).hasSize(1);
        assertThat(got.out()).contains("\"id\":\"m-2\"").contains("\"payload\":\"line 1\\nline 2\"");
    }

    @Test
    void failedMessagesAreListedShownRedrivenAndPurged() {
        run("send", "--queue", "work", "--id", "m-3", "--header", "tenant=blue", "the payload");
        CliRun failed = run("consume", "--queue", "work", "--fail", "--attempts", "1", "--max", "1");
        assertThat(failed.exitCode()).isZero();

        CliRun list = run("dead-letters", "list", "--queue", "work");
        assertThat(list.lines()).hasSize(2);
        assertThat(list.lines().get(1)).startsWith("m-3").contains("ATTEMPTS_EXHAUSTED", "FailedOnRequest");
        assertThat(list.err()).isEqualTo("1 shown of 1 in work.dlq\n");

        CliRun show = run("dead-letters", "show", "--queue", "work", "m-3");
        assertThat(show.out()).contains("id=m-3", "header.tenant=blue", "the payload", "mq consume --fail", "work");

        CliRun dry = run("dead-letters", "redrive", "--queue", "work", "--where", "type=FailedOnRequest", "--dry-run");
        assertThat(dry.out()).isEqualTo("would redrive 1 of 1 from work.dlq, kept 0\n");

        CliRun other = run("dead-letters", "redrive", "--queue", "work", "--where", "header.tenant=red");
        assertThat(other.out()).isEqualTo("redriven 0 of 1 from work.dlq, kept 1\n");

        CliRun redrive = run("dead-letters", "redrive", "--queue", "work", "--where", "id=m-3", "--rate", "10");
        assertThat(redrive.out()).isEqualTo("redriven 1 of 1 from work.dlq, kept 0\n");

        CliRun again = run("consume", "--queue", "work", "--fail", "--attempts", "1", "--max", "1");
        assertThat(again.out()).contains("id=m-3", "attempt=1");

        CliRun asked = run("dead-letters", "purge", "--queue", "work");
        assertThat(asked.out()).isEqualTo("would remove 1 of 1 from work.dlq; add --yes\n");
        CliRun purged =
                run("dead-letters", "purge", "--queue", "work", "--where", "reason=ATTEMPTS_EXHAUSTED", "--yes");
        assertThat(purged.out()).isEqualTo("removed 1 of 1 from work.dlq\n");
    }

    @Test
    void aDeadLetterThatIsNotThereIsNotShown() {
        CliRun show = run("dead-letters", "show", "--queue", "nothing-here");

        assertThat(show.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(show.err()).isEqualTo("mq: no such dead letter in nothing-here.dlq\n");
    }

    @Test
    void groupsOfATopicHaveDeadLettersOfTheirOwn() {
        run("consume", "--topic", "orders", "--group", "billing", "--timeout", "50ms");
        run("send", "--topic", "orders", "an order");
        run("consume", "--topic", "orders", "--group", "billing", "--fail", "--attempts", "1", "--max", "1");

        CliRun list = run("dead-letters", "list", "--topic", "orders", "--group", "billing", "--json");
        assertThat(list.out()).contains("\"group\":\"billing\"").contains("\"payload\":\"an order\"");
    }

    @Test
    void nothingIsMadeIfToldSo() {
        CliRun run = run("send", "--no-create", "--queue", "not-there", "x");

        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("not-there");
    }

    private CliRun run(String... args) {
        return CliRun.of(Map.of("MQ_URI", uri), "", args);
    }
}
