package dev.transload.mq.tck;

import dev.transload.mq.Explanation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one run of the kit showed of one broker: every rule of the catalogue once, and all that is needed to judge and to
 * repeat it. Written as JSON, beside a page for people.
 *
 * @param kit version of the kit
 * @param catalogue digest of its catalogue
 * @param provider name of the provider: broker and version
 * @param transport URI scheme
 * @param code digest of the transport's classes, empty if they could not be found
 * @param broker what it ran against
 * @param run how it ran
 * @param level what is reached, with why no more
 * @param features what the product says of the broker
 * @param limits what the product says of its limits
 * @param cases every rule and what became of it, in the order of the catalogue
 * @param digest of all of the above; shows edits by accident, and is no signature
 */
record Certificate(
        String kit,
        String catalogue,
        String provider,
        String transport,
        String code,
        Broker broker,
        Run run,
        Level level,
        List<Explanation.Feature> features,
        List<Explanation.Limit> limits,
        List<CaseResult> cases,
        String digest) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    Certificate {
        features = List.copyOf(features);
        limits = List.copyOf(limits);
        cases = List.copyOf(cases);
    }

    /**
     * What a run was made against.
     *
     * @param product name and version, as the broker tells it
     * @param image where it came from
     * @param kind real or not
     * @param durability what a confirmed send survives there
     * @param warnings what is weak about it
     */
    record Broker(String product, String image, BrokerKind kind, String durability, List<String> warnings) {

        Broker {
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * How a run went.
     *
     * @param started when, ISO 8601
     * @param millis how long it took
     * @param java version of the JVM
     * @param system operating system and processors
     * @param timeScale factor on all waits
     * @param seed of what was drawn at random
     * @param tiers that were asked for
     * @param strict whether what shows nothing failed the run
     */
    record Run(
            String started,
            long millis,
            String java,
            String system,
            double timeScale,
            long seed,
            List<String> tiers,
            boolean strict) {

        Run {
            tiers = List.copyOf(tiers);
        }
    }

    /** The certificate with its digest. */
    Certificate sealed() {
        return withDigest(Digests.sha256(JSON.writeValueAsString(withDigest(""))));
    }

    private Certificate withDigest(String text) {
        return new Certificate(
                kit, catalogue, provider, transport, code, broker, run, level, features, limits, cases, text);
    }

    /**
     * Completes the results to one row for each rule of the catalogue, in its order. Results of cases that the catalogue
     * lacks come last.
     */
    static List<CaseResult> rows(Catalogue catalogue, Collection<CaseResult> results) {
        Map<String, CaseResult> left =
                new HashMap<>(results.stream().collect(Collectors.toMap(CaseResult::id, each -> each)));
        Map<String, CaseResult> all = Map.copyOf(left);
        List<CaseResult> rows = new ArrayList<>();
        for (Catalogue.Entry entry : catalogue.entries()) {
            CaseResult result = left.remove(entry.id());
            rows.add(result != null ? result : CaseResult.without(entry, all));
        }
        left.values().stream()
                .sorted(java.util.Comparator.comparing(CaseResult::id))
                .forEach(rows::add);
        return rows;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Certificate read(Path json) {
        try {
            return JSON.readValue(json.toFile(), Certificate.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(json + " is no certificate of this kit: " + e.getOriginalMessage(), e);
        }
    }

    /** Writes {@code <provider>.json} and {@code <provider>.md}. */
    void write(Path folder) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(provider + ".json"), JSON.writeValueAsString(this) + "\n");
            Files.writeString(folder.resolve(provider + ".md"), CertificatePage.of(this), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the certificate of " + provider, e);
        }
    }

    /** What is wrong with the certificate itself, whatever it says of the broker; empty if nothing. */
    List<String> flaws(Catalogue known) {
        List<String> flaws = new ArrayList<>();
        if (!sealed().digest().equals(digest)) {
            flaws.add("it was changed after it was written: the digest is not that of its text");
        }
        if (!catalogue.equals(Digests.sha256(known.text()))) {
            flaws.add("it was written by another version of the kit (" + kit + "), with another catalogue");
        }
        Map<String, Long> times = cases.stream().collect(Collectors.groupingBy(CaseResult::id, Collectors.counting()));
        for (Catalogue.Entry entry : known.entries()) {
            long count = times.getOrDefault(entry.id(), 0L);
            if (count != 1) {
                flaws.add(entry.id() + " must be in it once, is in it " + count + " times");
            }
        }
        times.keySet().stream()
                .filter(id -> !known.has(id))
                .sorted()
                .forEach(id -> flaws.add(id + " is no rule of the catalogue"));
        if (!Level.of(broker.kind(), cases).equals(level)) {
            flaws.add("the level is not what its rows say");
        }
        return flaws;
    }

    long count(CaseResult.Status... statuses) {
        List<CaseResult.Status> wanted = List.of(statuses);
        return cases.stream().filter(each -> wanted.contains(each.status())).count();
    }

    /** Rows of a feature that were run or refused. */
    List<CaseResult> proofs(Feature feature) {
        return cases.stream()
                .filter(each -> each.proves().contains(feature.name()))
                .toList();
    }
}
