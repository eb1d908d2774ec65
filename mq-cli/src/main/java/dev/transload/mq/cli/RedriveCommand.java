package dev.transload.mq.cli;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.Redrive;
import dev.transload.mq.RedriveReport;
import dev.transload.mq.client.MqClient;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mq dead-letters redrive}: sends dead letters back to where they failed. */
@Command(
        name = "redrive",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends dead letters back to the queue or group that failed, with their attempts reset. Looks at no more"
                    + " than there are at the start.",
            ""
        })
final class RedriveCommand implements Callable<Integer>, MqCommand.Verbose {

    private final Shell shell;

    @Mixin
    private final LetterOptions letters = new LetterOptions();

    @Option(names = "--rate", paramLabel = "N", description = "At most so many a second.")
    private @Nullable Integer rate;

    @Option(names = "--max", paramLabel = "N", description = "At most so many in all.")
    private @Nullable Long max;

    @Option(names = "--dry-run", description = "Only count what would be redriven.")
    private boolean dryRun;

    @Option(names = "--force", description = "Handle them even if the idempotency store knows another copy as done.")
    private boolean force;

    RedriveCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Redrive redrive = Redrive.where(letters.which());
        redrive = rate == null ? redrive : redrive.rate(rate);
        redrive = max == null ? redrive : redrive.max(max);
        redrive = dryRun ? redrive.dryRun() : redrive;
        redrive = force ? redrive.force() : redrive;
        try (MqClient mq = letters.connect(shell)) {
            DeadLetters dead = letters.of(mq);
            RedriveReport report = dead.count() == 0 ? new RedriveReport(0, 0, 0) : dead.redrive(redrive);
            shell.out()
                    .println((dryRun ? "would redrive " : "redriven ") + report.redriven() + " of " + report.examined()
                            + " from " + dead.name() + ", kept " + report.kept());
            return ExitCode.OK;
        }
    }

    @Override
    public boolean verbose() {
        return letters.connection().verbose();
    }
}
