package dev.transload.mq.cli;

import dev.transload.mq.Source;
import dev.transload.mq.Topology;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mq bridge}: moves queues or groups from one broker to another while applications run. */
@Command(
        name = "bridge",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Moves what is at a queue or a group, dead letters included, to the same name at another broker, while"
                    + " applications send and receive on both sides.",
            "",
            "A message is taken off only when the other broker has it: none is lost, and after a kill some are there"
                    + " twice, with one id. Keys of an --ordered queue keep their order. Ends with Ctrl-C, or"
                    + " --until-empty.",
            ""
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  mq bridge --from amqp://old --to kafka://new --queue email-queue --until-empty",
            "  mq bridge --from amqp://old --to kafka://new --queue ledger --queue invoices --ordered",
            "  mq bridge --from amqp://old --to kafka://new --topic orders --group billing --ordered",
            "  MQ_FROM=amqp://… MQ_TO=kafka://… mq bridge --queue email-queue   keeps logins out of the process list",
            "",
            "Exit code 1: the other broker will never take a message; it and what follows it stay where they are."
        })
final class BridgeCommand implements Callable<Integer>, MqCommand.Verbose {

    private final Shell shell;

    @Option(names = "--from", paramLabel = "URI", description = "The broker to empty; or the variable MQ_FROM.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "URI", description = "The broker to fill; or the variable MQ_TO.")
    private @Nullable String to;

    @Option(names = "--queue", paramLabel = "NAME", description = "A work queue; may be given several times.")
    private List<String> queues = new ArrayList<>();

    @Option(names = "--topic", paramLabel = "NAME", description = "A topic; give the --group too.")
    private @Nullable String topic;

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = "A group of the topic; may be given several times. It must exist at both brokers.")
    private List<String> groups = new ArrayList<>();

    @Mixin
    private final ShapeOptions shape = new ShapeOptions();

    @Option(
            names = "--until-empty",
            description = "End when nothing is left, having looked again after the last consumer was closed.")
    private boolean untilEmpty;

    @Option(
            names = "--quiet-for",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "With --until-empty: how long nothing may come before it is empty (default:"
                    + " ${DEFAULT-VALUE}).",
            converter = TimeText.class)
    private Duration quiet = Duration.ofSeconds(2);

    @Option(
            names = "--progress",
            paramLabel = "TIME",
            defaultValue = "1s",
            description = "How often to tell how far it is (default: ${DEFAULT-VALUE}).",
            converter = TimeText.class)
    private Duration progress = Duration.ofSeconds(1);

    @Option(names = "--verbose", description = "Show what the clients log, and the stack trace of a failure.")
    private boolean verbose;

    BridgeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<Source<byte[]>> sources = sources();
        String source = named(from, "--from", "MQ_FROM");
        String target = named(to, "--to", "MQ_TO");
        try (MqClient old = MqClient.builder(source).topology(Topology.ASSERT).connect();
                MqClient other = MqClient.connect(target)) {
            Crossing crossing = new Crossing(shell, old, other, sources, quiet, progress);
            try (OnInterrupt stop = new OnInterrupt(crossing::stop)) {
                crossing.run(untilEmpty);
            }
            return ExitCode.OK;
        }
    }

    private List<Source<byte[]>> sources() {
        if (queues.isEmpty() == (topic == null)) {
            throw new IllegalArgumentException("give either --queue or --topic");
        }
        if (topic == null && !groups.isEmpty()) {
            throw new IllegalArgumentException("a queue has no groups: give --topic with --group");
        }
        if (topic != null && groups.isEmpty()) {
            throw new IllegalArgumentException("which group of the topic? Give --group");
        }
        List<Source<byte[]>> sources = new ArrayList<>();
        queues.forEach(name -> sources.add(shape.queue(name)));
        groups.forEach(name -> sources.add(shape.topic(String.valueOf(topic)).group(name)));
        return sources;
    }

    private String named(@Nullable String given, String option, String variable) {
        String uri = given == null ? shell.environment().get(variable) : given;
        if (uri == null || uri.isBlank()) {
            throw new IllegalArgumentException("which broker? Give " + option + ", or set " + variable);
        }
        return uri;
    }

    @Override
    public boolean verbose() {
        return verbose;
    }
}
