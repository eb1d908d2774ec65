package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Merges reports of the kit into one table: what works on which broker, who does it, and which cases prove it.
 *
 * <pre>{@code
 * java -cp … dev.transload.mq.tck.CompatibilityMatrix docs/compatibility.md transport-rabbitmq/target/mq-tck
 * }</pre>
 *
 * <p>The first argument is the Markdown file to write; the others are reports, or folders of them.
 */
public final class CompatibilityMatrix {

    private final List<RunReport> reports;

    private CompatibilityMatrix(List<RunReport> reports) {
        this.reports = reports;
    }

    /**
     * Writes the table.
     *
     * @param arguments see {@link CompatibilityMatrix}
     * @throws IllegalArgumentException if there is no report, or one is of an older kit and lacks cases
     */
    public static void main(String... arguments) throws IOException {
        if (arguments.length < 2) {
            throw new IllegalArgumentException("usage: CompatibilityMatrix <file.md> <report.json or folder>…");
        }
        List<RunReport> reports = new ArrayList<>();
        for (String argument : Arrays.asList(arguments).subList(1, arguments.length)) {
            for (Path json : jsonIn(Path.of(argument))) {
                reports.add(RunReport.read(json));
            }
        }
        if (reports.isEmpty()) {
            throw new IllegalArgumentException("there is no report in "
                    + String.join(", ", Arrays.asList(arguments).subList(1, arguments.length)));
        }
        reports.sort(Comparator.comparing(RunReport::provider));
        Path file = Path.of(arguments[0]).toAbsolutePath();
        Path folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, new CompatibilityMatrix(reports).markdown());
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

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("# Compatibility\n\nWritten by the technology compatibility kit from its own runs.\n\n");
        text.append("- **native**: the broker does it; **emulated**: Transload does it on top of what the broker has;")
                .append(" **by Transload**: the same code on every broker.\n");
        text.append("- **refused**: the broker cannot; asking for it fails at once, which the kit checked.\n");
        text.append("- ✔ every case that proves the feature passed; ✘ one failed; – the refusal was verified.\n\n");
        features(text);
        brokers(text);
        cases(text);
        return text.toString();
    }

    private void features(StringBuilder text) {
        header(text, "feature");
        for (Feature feature : Feature.values()) {
            text.append("| ").append(feature.title());
            for (RunReport report : reports) {
                text.append(" | ").append(support(report, feature));
            }
            text.append(" |\n");
        }
    }

    private static String support(RunReport report, Feature feature) {
        List<CaseResult> proofs = report.cases().stream()
                .filter(each -> each.proves().contains(feature.name()))
                .filter(each -> each.status() != CaseResult.Status.NOT_RUN)
                .toList();
        String who = report.features().stream()
                .filter(row -> row.name().equals(feature.explained()))
                .map(row -> word(row.support()))
                .findFirst()
                .orElse("by Transload");
        if (proofs.isEmpty()) {
            return who + " ○";
        }
        if (proofs.stream()
                .anyMatch(each -> each.status().failed() || each.status() == CaseResult.Status.INCONCLUSIVE)) {
            return who + " ✘";
        }
        return who + (who.equals("refused") ? " –" : " ✔");
    }

    private static String word(Explanation.Support support) {
        return switch (support) {
            case NATIVE -> "native";
            case EMULATED -> "emulated";
            case REFUSED -> "refused";
        };
    }

    private void brokers(StringBuilder text) {
        text.append("\n## Brokers\n\n| run | broker | a confirmed send | cases");
        for (CaseResult.Status status : CaseResult.Status.values()) {
            text.append(" | ").append(status);
        }
        text.append(" |\n|---|---|---|---")
                .append("|---".repeat(CaseResult.Status.values().length))
                .append("|\n");
        for (RunReport report : reports) {
            text.append("| ").append(report.provider());
            text.append(" | ").append(Markdown.cell(report.broker()));
            text.append(" | ").append(Markdown.cell(report.durability()));
            text.append(" | ").append(report.cases().size());
            for (CaseResult.Status status : CaseResult.Status.values()) {
                text.append(" | ").append(report.count(status));
            }
            text.append(" |\n");
        }
    }

    private void cases(StringBuilder text) {
        Map<String, Map<String, CaseResult>> byGroup = new LinkedHashMap<>();
        for (RunReport report : reports) {
            for (CaseResult each : report.cases()) {
                byGroup.computeIfAbsent(each.group(), group -> new LinkedHashMap<>())
                        .putIfAbsent(each.id(), each);
            }
        }
        byGroup.forEach((group, cases) -> {
            text.append("\n## ").append(group).append("\n\n");
            header(text, "case | rule");
            cases.values().stream().sorted(Comparator.comparing(CaseResult::id)).forEach(each -> {
                text.append("| ").append(each.id()).append(" | ").append(Markdown.cell(each.rule()));
                for (RunReport report : reports) {
                    text.append(" | ").append(mark(report, each.id()));
                }
                text.append(" |\n");
            });
        });
    }

    private void header(StringBuilder text, String first) {
        text.append("| ").append(first).append(" | ");
        text.append(reports.stream().map(RunReport::provider).collect(Collectors.joining(" | ")));
        text.append(" |\n|---");
        if (first.contains("|")) {
            text.append("|---");
        }
        text.append("|---".repeat(reports.size())).append("|\n");
    }

    private static String mark(RunReport report, String id) {
        return report.cases().stream()
                .filter(each -> each.id().equals(id))
                .map(each -> each.status().mark())
                .findFirst()
                .orElse("○");
    }
}
