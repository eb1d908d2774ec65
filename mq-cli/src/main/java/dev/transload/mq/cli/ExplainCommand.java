package dev.transload.mq.cli;

import dev.transload.mq.Explanation;
import dev.transload.mq.client.MqClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** {@code mq explain}: the table of what the connected broker can do. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what the connected broker can do, and how: NATIVE by the broker, EMULATED by Transload on top of it,"
                    + " or REFUSED, which then fails at once instead of being ignored.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mq explain --uri amqp://guest:guest@localhost",
            "  mq explain --uri 'inmemory:?profile=sqs-fifo'    what would be different on SQS FIFO",
            "  mq explain --json | jq '.features[] | select(.support == \"REFUSED\")'"
        })
final class ExplainCommand implements Callable<Integer>, MqCommand.Verbose {

    private final Shell shell;

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--json", description = "Print it as JSON.")
    private boolean json;

    ExplainCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (MqClient mq = connection.connectOrInMemory(shell)) {
            Explanation explanation = mq.explain();
            shell.out()
                    .println(
                            json
                                    ? JsonMapper.shared().writeValueAsString(explanation)
                                    : explanation.toString().stripTrailing());
            return ExitCode.OK;
        }
    }

    @Override
    public boolean verbose() {
        return connection.verbose();
    }
}
