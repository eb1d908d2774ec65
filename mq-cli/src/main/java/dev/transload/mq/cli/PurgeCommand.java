package dev.transload.mq.cli;

import dev.transload.mq.DeadLetters;
import dev.transload.mq.client.MqClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mq dead-letters purge}: removes dead letters for good. */
@Command(
        name = "purge",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Removes dead letters for good. Without --yes it only says how many it would remove.", ""})
final class PurgeCommand implements Callable<Integer>, MqCommand.Verbose {

    private final Shell shell;

    @Mixin
    private final LetterOptions letters = new LetterOptions();

    @Option(names = "--yes", description = "Do it.")
    private boolean yes;

    PurgeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (MqClient mq = letters.connect(shell)) {
            DeadLetters dead = letters.of(mq);
            long count = dead.count();
            if (!yes) {
                long matching = !letters.restricted()
                        ? count
                        : dead.browse((int) Math.min(count, 100_000)).stream()
                                .filter(letters.which())
                                .count();
                shell.out()
                        .println("would remove " + matching + " of " + count + " from " + dead.name() + "; add --yes");
                return ExitCode.OK;
            }
            long removed = count == 0 ? 0 : dead.discard(letters.which());
            shell.out().println("removed " + removed + " of " + count + " from " + dead.name());
            return ExitCode.OK;
        }
    }

    @Override
    public boolean verbose() {
        return letters.connection().verbose();
    }
}
