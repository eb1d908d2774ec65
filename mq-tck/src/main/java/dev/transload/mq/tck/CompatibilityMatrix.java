package dev.transload.mq.tck;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes what certificates of the kit say into pages for people: {@code compatibility.md} and {@code compatibility.html},
 * which broker does what, and {@code tck.md}, the catalogue of rules. The Markdown has no times, seeds and versions
 * beyond the minor one, so it is the same after every run with the same results.
 *
 * <pre>{@code
 * java -cp … dev.transload.mq.tck.CompatibilityMatrix docs transport-rabbitmq/target/mq-tck
 * }</pre>
 *
 * <p>The first argument is the folder to write to; the others are certificates, or folders of them.
 */
public final class CompatibilityMatrix {

    private CompatibilityMatrix() {}

    /**
     * Writes the pages.
     *
     * @param arguments see {@link CompatibilityMatrix}
     * @throws IllegalArgumentException if there is no certificate, or one is flawed
     */
    public static void main(String... arguments) throws IOException {
        if (arguments.length < 2) {
            throw new IllegalArgumentException("usage: CompatibilityMatrix <folder> <certificate or folder>…");
        }
        List<String> sources = Arrays.asList(arguments).subList(1, arguments.length);
        Catalogue catalogue = Catalogue.load();
        List<Certificate> certificates = new ArrayList<>();
        for (String source : sources) {
            for (Path json : jsonIn(Path.of(source))) {
                certificates.add(sound(json, catalogue));
            }
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException("there is no certificate in " + String.join(", ", sources));
        }
        certificates.sort(Comparator.comparing(Certificate::provider));
        Path folder = Path.of(arguments[0]);
        Files.createDirectories(folder);
        write(folder.resolve("compatibility.md"), new MatrixMarkdown(certificates, catalogue).text());
        write(folder.resolve("compatibility.html"), new MatrixHtml(certificates).text());
        write(folder.resolve("tck.md"), new CatalogueMarkdown(catalogue).text());
    }

    private static Certificate sound(Path json, Catalogue catalogue) {
        Certificate certificate = Certificate.read(json);
        List<String> flaws = certificate.flaws(catalogue);
        if (!flaws.isEmpty()) {
            throw new IllegalArgumentException(json + ": " + String.join("; ", flaws));
        }
        return certificate;
    }

    private static List<Path> jsonIn(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }
}
