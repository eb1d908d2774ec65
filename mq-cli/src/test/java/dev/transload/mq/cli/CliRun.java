package dev.transload.mq.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * One run of the command line in this process.
 *
 * @param exitCode what the process would have ended with
 * @param out what it printed
 * @param err what it complained about
 */
record CliRun(int exitCode, String out, String err) {

    /** Runs with these arguments, nothing on standard input and nothing in the environment. */
    static CliRun of(String... args) {
        return of(Map.of(), "", args);
    }

    static CliRun of(Map<String, String> environment, String in, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Shell shell = new Shell(
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                false,
                false);
        int exitCode = MqCommand.run(shell, args);
        return new CliRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    List<String> lines() {
        return out.lines().toList();
    }

    /** The lines of a demonstration without what differs from run to run and from broker to broker. */
    List<String> story() {
        return lines().stream().map(CliRun::comparable).toList();
    }

    private static String comparable(String line) {
        if (line.startsWith("Transload on ")) {
            return "Transload on …";
        }
        return line.replaceAll("end in -[0-9a-z]{6}", "end in -…")
                .replaceAll("\\d+ ms", "… ms")
                .replaceAll("does \\d+ by itself, Transload adds \\d+, refused are \\d+", "does …");
    }
}
