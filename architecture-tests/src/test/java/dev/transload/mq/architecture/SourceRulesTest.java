package dev.transload.mq.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules that only the sources can show, tests included. */
class SourceRulesTest {
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);

    @Test
    void onlyTheDemonstrationSleeps() throws IOException {
        assertThat(filesWith(Pattern.compile("\\bThread\\.sleep\\(|\\bTimeUnit\\.\\w+\\.sleep\\(")))
                .as("sources that sleep: wait for what happens, or take a scheduler")
                .allMatch(file -> file.startsWith("mq-cli/src/main"));
    }

    @Test
    void noLockIsVisibleFromOutside() throws IOException {
        assertThat(filesWith(Pattern.compile("\\bsynchronized\\b"))).isEmpty();
    }

    @Test
    void noTestIsDisabled() throws IOException {
        assertThat(filesWith(Pattern.compile("@Disabled"))).isEmpty();
    }

    @Test
    void noMockReplacesATypeOfOurs() throws IOException {
        assertThat(filesWith(Pattern.compile("org\\.mockito"))).isEmpty();
    }

    private static List<Path> filesWith(Pattern pattern) throws IOException {
        return sources()
                .filter(file -> pattern.matcher(COMMENT.matcher(text(file)).replaceAll(""))
                        .find())
                .toList();
    }

    private static String text(Path file) {
        try {
            return Files.readString(Codebase.root().resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All Java files of all modules, relative to the top folder. */
    private static Stream<Path> sources() throws IOException {
        Path root = Codebase.root();
        try (Stream<Path> modules = Files.list(root)) {
            return modules
                    .map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .flatMap(SourceRulesTest::walk)
                    .map(root::relativize)
                    .filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("SourceRulesTest.java"))
                    .toList()
                    .stream();
        }
    }

    private static Stream<Path> walk(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
