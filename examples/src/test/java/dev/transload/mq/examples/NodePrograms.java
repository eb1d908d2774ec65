package dev.transload.mq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The programs of one folder of {@code interop}, with what they import, ready to run with Node.js. */
final class NodePrograms {

    private static final long INSTALL_SECONDS = 180;
    private static final long RUN_SECONDS = 60;

    private final Path folder;

    private NodePrograms(Path folder) {
        this.folder = folder;
    }

    /** Copies a folder of {@code interop} and installs what its lock file names, from npm's cache where it can. */
    static NodePrograms of(String name) {
        Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
        Path source = module.resolveSibling("interop").resolve(name);
        Path copy = module.resolve("target").resolve("interop").resolve(name);
        try {
            Files.createDirectories(copy);
            try (Stream<Path> files = Files.list(source)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, copy.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Running npm =
                start(copy, List.of("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"));
        npm.awaitEnd(INSTALL_SECONDS);
        return new NodePrograms(copy);
    }

    /** Runs a program to its end and returns the lines it printed. */
    List<String> run(String program, String... arguments) {
        return start(program, arguments).awaitEnd(RUN_SECONDS);
    }

    /** Starts a program. */
    Running start(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of("node", program));
        command.addAll(List.of(arguments));
        return start(folder, command);
    }

    private static Running start(Path folder, List<String> command) {
        try {
            Path errors = Files.createTempFile(folder, "stderr", ".txt");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(errors.toFile())
                    .start();
            return new Running(String.join(" ", command), process, errors);
        } catch (IOException e) {
            throw new IllegalStateException(
                    command.get(0) + " cannot be run; these tests need Node.js 18 or newer with npm, see bin/verify",
                    e);
        }
    }

    /** A program that was started. */
    static final class Running {
        private final String command;
        private final Process process;
        private final Path errors;
        private final BufferedReader output;

        private Running(String command, Process process, Path errors) {
            this.command = command;
            this.process = process;
            this.errors = errors;
            this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        /** Waits for its next line. */
        String awaitLine() {
            try {
                String line = output.readLine();
                assertThat(line)
                        .as("a line of %s, which said: %s", command, said())
                        .isNotNull();
                return line;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Waits for its end, which must be a good one, and returns the lines that were not read yet. */
        List<String> awaitEnd(long seconds) {
            try {
                assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
                        .as("end of %s within %s s; it said: %s", command, seconds, said())
                        .isTrue();
                assertThat(process.exitValue())
                        .as("exit code of %s, which said: %s", command, said())
                        .isZero();
                return output.lines().toList();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for " + command, e);
            } finally {
                process.destroyForcibly();
            }
        }

        List<String> awaitEnd() {
            return awaitEnd(RUN_SECONDS);
        }

        private String said() {
            try {
                return Files.readString(errors);
            } catch (IOException e) {
                return e.toString();
            }
        }
    }
}
