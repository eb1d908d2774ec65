package dev.transload.mq.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What surrounds one run of the command line: its streams, its environment, and whether a person watches.
 *
 * @param in standard input
 * @param out standard output, UTF-8
 * @param err standard error, UTF-8
 * @param environment environment variables
 * @param colour whether output may carry colours
 * @param paced whether the demonstration waits between lines for a reader
 */
record Shell(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        boolean colour,
        boolean paced) {

    /** The shell of this process; {@code bin/mq} sets the property {@code mq.terminal} if output goes to a terminal. */
    static Shell ofProcess() {
        boolean terminal = Boolean.getBoolean("mq.terminal");
        Map<String, String> environment = System.getenv();
        boolean colour = terminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
        return new Shell(System.in, utf8(FileDescriptor.out), utf8(FileDescriptor.err), environment, colour, terminal);
    }

    private static PrintStream utf8(FileDescriptor to) {
        return new PrintStream(new FileOutputStream(to), true, StandardCharsets.UTF_8);
    }
}
