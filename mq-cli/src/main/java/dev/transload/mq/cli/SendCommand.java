package dev.transload.mq.cli;

import dev.transload.mq.Destination;
import dev.transload.mq.Outbound;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SendResult;
import dev.transload.mq.Topology;
import dev.transload.mq.client.MqClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mq send}: sends one message, or one for each line of standard input, and prints the ids. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Sends a message and prints its id once the broker has it.", ""},
        footerHeading = "%nExamples:%n",
        footer = {
            "  mq send --queue email-queue --content-type application/json '{\"to\":\"user@example.com\"}'",
            "  mq send --topic orders --ordered --key order-123 --header tenant=blue < order.json",
            "  mq send --queue reminders --delay 5m 'call back'",
            "  seq 100 | mq send --queue numbers --lines"
        })
final class SendCommand implements Callable<Integer>, MqCommand.Verbose {

    private static final int BATCH = 500;

    private final Shell shell;

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final PlaceOptions place = new PlaceOptions();

    @Option(names = "--key", paramLabel = "KEY", description = "What the message is about; the unit of order.")
    private @Nullable String key;

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header; may be given several times.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = "--delay",
            paramLabel = "TIME",
            description = "Nobody receives it before: 500ms, 5s, 2m, 1h, 7d.",
            converter = TimeText.class)
    private @Nullable Duration delay;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "It expires unless it is handled within that time.",
            converter = TimeText.class)
    private @Nullable Duration ttl;

    @Option(
            names = "--priority",
            paramLabel = "LEVEL",
            description = "0 is the lowest; the destination needs --priorities.")
    private @Nullable Integer priority;

    @Option(names = "--id", paramLabel = "ID", description = "Its id; a UUID is made unless given.")
    private @Nullable String id;

    @Option(names = "--type", paramLabel = "TYPE", description = "What kind of thing the payload is.")
    private @Nullable String type;

    @Option(names = "--content-type", paramLabel = "TYPE", description = "Media type, such as application/json.")
    private @Nullable String contentType;

    @Option(names = "--correlation-id", paramLabel = "ID", description = "What it answers or belongs to.")
    private @Nullable String correlationId;

    @Option(names = "--lines", description = "Send each line of standard input as a message of its own.")
    private boolean lines;

    @Option(names = "--no-create", description = "Fail if the destination does not exist, instead of making it.")
    private boolean noCreate;

    @Parameters(arity = "0..1", paramLabel = "PAYLOAD", description = "The text to send; standard input unless given.")
    private @Nullable String payload;

    SendCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (lines && (payload != null || id != null)) {
            throw new IllegalArgumentException("--lines takes its payloads from standard input and makes the ids");
        }
        Destination<byte[]> destination = place.destination();
        SendOptions options = options();
        try (MqClient mq = connection.connect(shell, noCreate ? Topology.ASSERT : Topology.CREATE)) {
            if (lines) {
                return sendLines(mq, destination, options);
            }
            shell.out().println(mq.send(destination, body(), options));
            return ExitCode.OK;
        }
    }

    private int sendLines(MqClient mq, Destination<byte[]> destination, SendOptions options) {
        List<String> all = new String(input(), StandardCharsets.UTF_8).lines().toList();
        for (int from = 0; from < all.size(); from += BATCH) {
            List<Outbound<byte[]>> batch = all.subList(from, Math.min(all.size(), from + BATCH)).stream()
                    .map(line -> new Outbound<>(line.getBytes(StandardCharsets.UTF_8), options))
                    .toList();
            for (SendResult result : mq.sendAll(destination, batch)) {
                if (result.error() != null) {
                    throw result.error();
                }
                shell.out().println(result.id());
            }
        }
        return ExitCode.OK;
    }

    private SendOptions options() {
        SendOptions.Settings options = SendOptions.none().headers(headers);
        options = key == null ? options : options.key(key);
        options = delay == null ? options : options.delay(delay);
        options = ttl == null ? options : options.ttl(ttl);
        options = priority == null ? options : options.priority(priority);
        options = id == null ? options : options.id(id);
        options = type == null ? options : options.type(type);
        options = contentType == null ? options : options.contentType(contentType);
        return correlationId == null ? options : options.correlationId(correlationId);
    }

    private byte[] body() {
        return payload == null ? input() : payload.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] input() {
        try {
            return shell.in().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("standard input cannot be read", e);
        }
    }

    @Override
    public boolean verbose() {
        return connection.verbose();
    }
}
