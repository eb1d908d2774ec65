package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one run of the kit showed, for machines as JSON and for people as Markdown.
 *
 * @param provider name of the provider: broker and version
 * @param image where the broker came from
 * @param transport URI scheme
 * @param broker product and version, as the broker tells it
 * @param durability what a confirmed send survives there
 * @param java version of the JVM
 * @param started when the run began, ISO 8601
 * @param millis how long it took
 * @param timeScale factor on all waits
 * @param features what the product says of the broker
 * @param limits what the product says of its limits
 * @param cases every case and how it ended, by id
 */
record RunReport(
        String provider,
        String image,
        String transport,
        String broker,
        String durability,
        String java,
        String started,
        long millis,
        double timeScale,
        List<Explanation.Feature> features,
        List<Explanation.Limit> limits,
        List<CaseResult> cases) {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    RunReport {
        features = List.copyOf(features);
        limits = List.copyOf(limits);
        cases = List.copyOf(cases);
    }

    static RunReport of(
            String provider,
            String image,
            Instant started,
            long nanos,
            double timeScale,
            @Nullable Explanation explanation,
            Collection<CaseResult> cases) {
        Explanation e = explanation == null
                ? new Explanation("", "not reached", "", List.of(), List.of(), List.of())
                : explanation;
        return new RunReport(
                provider,
                image,
                e.transport(),
                e.broker(),
                e.durability(),
                Runtime.version().toString(),
                started.toString(),
                nanos / 1_000_000,
                timeScale,
                e.features(),
                e.limits(),
                List.copyOf(cases));
    }

    /** Reads what {@link #write} wrote. */
    static RunReport read(Path json) {
        return JSON.readValue(json.toFile(), RunReport.class);
    }

    /** Writes {@code <provider>.json} and {@code <provider>.md}. */
    void write(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(provider + ".json"), JSON.writeValueAsString(this) + "\n");
            Files.writeString(folder.resolve(provider + ".md"), markdown(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the report of " + provider, e);
        }
    }

    long count(CaseResult.Status status) {
        return cases.stream().filter(each -> each.status() == status).count();
    }

    private String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("# ").append(provider).append("\n\n");
        text.append(broker).append(image.isEmpty() ? "" : " from " + image).append(". ");
        text.append(count(CaseResult.Status.PASS) + count(CaseResult.Status.PASS_EMULATED))
                .append(" cases passed, ");
        text.append(count(CaseResult.Status.REFUSED)).append(" refusals verified, ");
        text.append(count(CaseResult.Status.UNTESTABLE)).append(" not testable here, ");
        text.append(cases.stream().filter(each -> each.status().failed()).count())
                .append(" failed, ");
        text.append(count(CaseResult.Status.INCONCLUSIVE)).append(" inconclusive, ");
        text.append(count(CaseResult.Status.NOT_RUN)).append(" not run, in ");
        text.append(millis / 1000).append(" s.\n\n| case | rule | result |\n|---|---|---|\n");
        for (CaseResult each : cases) {
            text.append("| ").append(each.id());
            text.append(" | ").append(Markdown.cell(each.rule()));
            text.append(" | ").append(each.status());
            text.append(each.why().isEmpty() ? "" : ": " + Markdown.cell(each.why()));
            text.append(" |\n");
        }
        return text.toString();
    }
}
