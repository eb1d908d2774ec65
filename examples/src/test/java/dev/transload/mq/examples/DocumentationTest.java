package dev.transload.mq.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The documentation quotes code that is compiled and run, and links to files that are there. */
class DocumentationTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

    @ParameterizedTest
    @MethodSource("guides")
    void everyJavaBlockIsInTheExamples(Path page) {
        List<String> examples = sources().map(DocumentationTest::words).toList();
        List<String> quotes = JAVA.matcher(text(page))
                .results()
                .map(block -> words(block.group(1)))
                .toList();

        assertThat(quotes).allMatch(quote -> examples.stream().anyMatch(source -> source.contains(quote)));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsSomewhere(Path page) {
        List<Path> targets = LINK.matcher(text(page))
                .results()
                .map((MatchResult link) -> page.resolveSibling(link.group(1)).normalize())
                .toList();

        assertThat(targets).allMatch(Files::exists);
    }

    /** The pages whose code users copy. */
    static List<Path> guides() throws IOException {
        return pages().stream()
                .filter(page -> page.endsWith("README.md")
                        || page.endsWith("writing-a-transport.md")
                        || page.getFileName().toString().startsWith("guide-"))
                .toList();
    }

    static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(pages::add);
        }
        return pages;
    }

    private static Stream<Path> sources() {
        try (Stream<Path> files = Files.walk(ROOT.resolve("examples/src"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A text whose blanks and line ends are all one blank each. */
    private static String words(Path file) {
        return words(text(file));
    }

    private static String words(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
