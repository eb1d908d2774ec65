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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The programs of one folder of {@code interop}, with what they import, ready to run. */
final class InteropPrograms {

    private static final long INSTALL_SECONDS = 180;
    private static final long RUN_SECONDS = 60;

    private final Path folder;
    private final String interpreter;
    private final Map<String, String> environment;

    private InteropPrograms(Path folder, String interpreter, Map<String, String> environment) {
        this.folder = folder;
        this.interpreter = interpreter;
        this.environment = environment;
    }

    /** Those for Node.js; installs what the lock file names, from npm's cache where it can. */
    static InteropPrograms node(String name) {
        Path copy = copy(name);
        install(copy, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error");
        return new InteropPrograms(copy, "node", Map.of());
    }

    /**
     * Those for Python; installs what {@code requirements.txt} names into an environment of their own.
     *
     * @param environment variables that the programs see beside those of this process
     */
    static InteropPrograms python(String name, Map<String, String> environment) {
        Path copy = copy(name);
        String python = copy.resolve("venv").resolve("bin").resolve("python").toString();
        install(copy, "python3", "-m", "venv", "venv");
        install(
                copy,
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--require-hashes",
                "-r",
                "requirements.txt");
        return new InteropPrograms(copy, python, environment);
    }

    private static Path copy(String name) {
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
        return copy;
    }

    private static void install(Path folder, String... command) {
        start(folder, Map.of(), List.of(command)).awaitEnd(INSTALL_SECONDS);
    }

    /** Runs a program to its end and returns the lines it printed. */
    List<String> run(String program, String... arguments) {
        return start(program, arguments).awaitEnd(RUN_SECONDS);
    }

    /** Starts a program. */
    Running start(String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(interpreter, program));
        command.addAll(List.of(arguments));
        return start(folder, environment, command);
    }

    private static Running start(Path folder, Map<String, String> environment, List<String> command) {
        try {
            Path errors = Files.createTempFile(folder, "stderr", ".txt");
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors.toFile());
            builder.environment().putAll(environment);
            return new Running(String.join(" ", command), builder.start(), errors);
        } catch (IOException e) {
            throw new IllegalStateException(
                    command.get(0)
                            + " cannot be run; these tests need Node.js 18 or newer with npm, and Python 3.10 or newer with venv, see"
                            + " bin/verify",
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
