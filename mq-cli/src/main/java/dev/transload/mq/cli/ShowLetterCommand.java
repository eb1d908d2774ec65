package dev.transload.mq.cli;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.client.MqClient;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mq dead-letters show}: everything about one dead letter. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Shows one dead letter with its payload, headers and failure, and leaves it where it is. Exit code 1 if"
                    + " there is none.",
            ""
        })
final class ShowLetterCommand implements Callable<Integer>, MqCommand.Verbose {

    private final Shell shell;

    @Mixin
    private final LetterOptions letters = new LetterOptions();

    @Option(names = "--json", description = "Print it as one line of JSON.")
    private boolean json;

    @Option(
            names = "--max",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Look at no more than so many (default: ${DEFAULT-VALUE}).")
    private int max = 1000;

    @Parameters(arity = "0..1", paramLabel = "ID", description = "Id of the message; the oldest one unless given.")
    private @Nullable String id;

    ShowLetterCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (MqClient mq = letters.connect(shell)) {
            DeadLetters dead = letters.of(mq);
            Optional<DeadLetter> found = dead.count() == 0
                    ? Optional.empty()
                    : dead.browse(max).stream()
                            .filter(letters.which())
                            .filter(letter -> id == null || letter.id().equals(id))
                            .findFirst();
            if (found.isEmpty()) {
                shell.err().println("mq: no such dead letter in " + dead.name());
                return ExitCode.FAILED;
            }
            shell.out().println((json ? LetterText.json(found.get()) : LetterText.all(found.get())).stripTrailing());
            return ExitCode.OK;
        }
    }

    @Override
    public boolean verbose() {
        return letters.connection().verbose();
    }
}
