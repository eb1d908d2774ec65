package dev.transload.mq.cli;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.Failure;
import dev.transload.mq.client.MqClient;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mq dead-letters list}: one line for each dead letter, oldest first. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Lists dead letters, oldest first, and leaves them where they are.", ""})
final class ListLettersCommand implements Callable<Integer>, MqCommand.Verbose {

    private final Shell shell;

    @Mixin
    private final LetterOptions letters = new LetterOptions();

    @Option(
            names = "--max",
            paramLabel = "N",
            defaultValue = "100",
            description = "Look at no more than so many (default: ${DEFAULT-VALUE}).")
    private int max = 100;

    @Option(names = "--json", description = "Print each as one line of JSON, with its payload.")
    private boolean json;

    ListLettersCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (MqClient mq = letters.connect(shell)) {
            DeadLetters dead = letters.of(mq);
            long count = dead.count();
            List<DeadLetter> shown = count == 0
                    ? List.of()
                    : dead.browse(max).stream().filter(letters.which()).toList();
            if (json) {
                shown.forEach(letter -> shell.out().println(LetterText.json(letter)));
                return ExitCode.OK;
            }
            if (!shown.isEmpty()) {
                shell.out().println(row("ID", "REASON", "TYPE", "ATTEMPTS", "LAST FAILURE", "MESSAGE"));
                shown.forEach(letter -> shell.out().println(row(letter)));
            }
            shell.err().println(shown.size() + " shown of " + count + " in " + dead.name());
            return ExitCode.OK;
        }
    }

    private static String row(DeadLetter letter) {
        Failure failure = letter.failure();
        String message = failure.message() == null ? "" : failure.message();
        return row(
                MessageText.safe(letter.id()),
                failure.reason().name(),
                MessageText.safe(failure.type()),
                Integer.toString(failure.attempts()),
                LetterText.time(failure.lastFailure()),
                LetterText.firstLine(message));
    }

    private static String row(String id, String reason, String type, String attempts, String last, String message) {
        return String.format(
                        Locale.ROOT, "%-36s  %-18s  %-24s  %8s  %-20s  %s", id, reason, type, attempts, last, message)
                .stripTrailing();
    }

    @Override
    public boolean verbose() {
        return letters.connection().verbose();
    }
}
