package dev.transload.mq.cli;

import dev.transload.mq.Topology;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which broker a command talks to, and how much it tells about a failure. */
final class ConnectionOptions {

    @Option(
            names = "--uri",
            paramLabel = "URI",
            description = "The broker. If it is not given, the variable MQ_URI says which; MQ_USERNAME and MQ_PASSWORD"
                    + " can hold the login.")
    private @Nullable String uri;

    @Option(
            names = "--connect-timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "How long to try to connect (default: ${DEFAULT-VALUE}).",
            converter = TimeText.class)
    private Duration connectTimeout = Duration.ofSeconds(10);

    @Option(names = "--verbose", description = "Show what the client logs, and the stack trace of a failure.")
    private boolean verbose;

    boolean verbose() {
        return verbose;
    }

    /** Connects to the broker that was named. */
    MqClient connect(Shell shell, Topology topology) {
        String named = named(shell);
        if (named == null) {
            throw new IllegalArgumentException("which broker? Give --uri, or set MQ_URI");
        }
        return connect(shell, named, topology);
    }

    /** Connects to the broker that was named, or else to one in memory. */
    MqClient connectOrInMemory(Shell shell) {
        String named = named(shell);
        return named == null ? builder("inmemory:").connect() : connect(shell, named, Topology.CREATE);
    }

    private MqClient connect(Shell shell, String to, Topology topology) {
        MqClient.Builder builder = builder(to).topology(topology);
        String username = shell.environment().get("MQ_USERNAME");
        String password = shell.environment().get("MQ_PASSWORD");
        if (username != null && password != null) {
            builder.credentials(username, password);
        }
        return builder.connect();
    }

    private MqClient.Builder builder(String to) {
        return MqClient.builder(to).connectTimeout(connectTimeout);
    }

    private @Nullable String named(Shell shell) {
        if (uri != null) {
            return uri;
        }
        Map<String, String> environment = shell.environment();
        String variable = environment.get("MQ_URI");
        return variable == null || variable.isBlank() ? null : variable;
    }
}
