package dev.transload.mq.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.ParameterException;

/** The command {@code mq}: parses the line, runs a subcommand, and turns failures into one line and an exit code. */
@Command(
        name = "mq",
        version = "mq (Transload) 0.1.0-SNAPSHOT",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {"Sends, receives and looks after messages on any broker that Transload has a transport for.", ""
        },
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  mq demo                                   the whole tour, on a broker in memory",
            "  mq demo --uri amqp://guest:guest@localhost  the same tour on RabbitMQ",
            "  export MQ_URI=amqp://guest:guest@localhost  saves --uri, and keeps it out of the process list",
            "  mq explain                                what this broker can do, and how",
            "  mq send --queue hello 'Hello, world'",
            "  mq consume --queue hello --max 1",
            "  mq dead-letters list --queue hello",
            "  mq bridge --from amqp://… --to kafka://… --queue hello --until-empty   move to another broker",
            "  mq tck --uri inmemory: --tiers T0         the conformance kit, against any broker",
            "",
            "URIs: rabbitmq://user:password@host:5672/vhost, rabbitmqs://… for TLS (amqp:// and amqps:// as well);",
            "      kafka://host:9092,host:9092, kafkas://… for TLS;",
            "      redis://user:password@host:6379/0, rediss://… for TLS;",
            "      sqs://eu-central-1 for AWS, sqs://key:secret@host:4566?region=us-east-1 for an emulator;",
            "      inmemory: is a broker inside the process and ends with it",
            "",
            "Exit codes: 0 done · 1 what was asked for did not happen · 2 wrong command line, URI or name",
            "            3 no broker, or it refuses the login · 4 the broker refuses: it cannot do that, has no such",
            "            destination, or has it in another shape · 130 ended by Ctrl-C"
        })
final class MqCommand {

    private static final Pattern CREDENTIALS = Pattern.compile("://[^/\\s'\"]*@");

    private MqCommand() {}

    /** Runs one command line and ends the process with its exit code. */
    public static void main(String[] args) {
        boolean verbose = Arrays.asList(args).contains("--verbose");
        // Must be set before the first logger is made.
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", verbose ? "debug" : "off");
        System.setProperty("org.slf4j.simpleLogger.showShortLogName", "true");
        System.exit(run(Shell.ofProcess(), args));
    }

    /** Runs one command line and returns its exit code. */
    static int run(Shell shell, String... args) {
        CommandLine root = new CommandLine(new MqCommand())
                .addSubcommand(new DemoCommand(shell))
                .addSubcommand(new ExplainCommand(shell))
                .addSubcommand(new SendCommand(shell))
                .addSubcommand(new ConsumeCommand(shell))
                .addSubcommand(new CommandLine(new DeadLettersCommand())
                        .addSubcommand(new ListLettersCommand(shell))
                        .addSubcommand(new ShowLetterCommand(shell))
                        .addSubcommand(new RedriveCommand(shell))
                        .addSubcommand(new PurgeCommand(shell)))
                .addSubcommand(new BridgeCommand(shell))
                .addSubcommand(new TckCommand(shell));
        Ansi ansi = shell.colour() ? Ansi.ON : Ansi.OFF;
        ColorScheme colours = CommandLine.Help.defaultColorScheme(ansi);
        root.setColorScheme(colours)
                .setOut(writer(shell.out()))
                .setErr(writer(shell.err()))
                .setUsageHelpWidth(110)
                .setUsageHelpAutoWidth(false)
                .setAbbreviatedOptionsAllowed(false)
                .setExecutionStrategy(MqCommand::runLast)
                .setParameterExceptionHandler((e, given) -> wrongLine(shell, e))
                .setExecutionExceptionHandler((e, command, result) -> failed(shell, e, command));
        return root.execute(args);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    // A command group without a subcommand shows its help, which is what its caller lacks.
    private static int runLast(CommandLine.ParseResult parsed) {
        CommandLine.ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        CommandLine command = last.commandSpec().commandLine();
        boolean group = !command.getSubcommands().isEmpty();
        if (group && !last.isUsageHelpRequested() && !last.isVersionHelpRequested()) {
            command.usage(command.getOut());
            return ExitCode.USAGE;
        }
        return new CommandLine.RunLast().execute(parsed);
    }

    private static int wrongLine(Shell shell, ParameterException e) {
        shell.err().println("mq: " + oneLine(String.valueOf(e.getMessage())));
        shell.err().println("try: " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static int failed(Shell shell, Exception e, CommandLine command) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        shell.err().println("mq: " + oneLine(message));
        if (command.getCommand() instanceof Verbose verbose && verbose.verbose()) {
            e.printStackTrace(shell.err());
        }
        return ExitCode.of(e);
    }

    /** A failure's text on one line, without what stands before the {@code @} of a URI. */
    static String oneLine(String text) {
        return CREDENTIALS.matcher(text.strip().replaceAll("\\s*\\R\\s*", "; ")).replaceAll("://***@");
    }

    /** A command that can be asked to tell more about a failure. */
    interface Verbose {
        boolean verbose();
    }
}
