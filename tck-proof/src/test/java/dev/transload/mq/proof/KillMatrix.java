package dev.transload.mq.proof;

import dev.transload.mq.tck.KitCases;
import dev.transload.mq.tck.KitCases.KitCase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Which cases kill which mutants, as it is kept in {@code docs/tck-kills.json} and shown in {@code docs/tck-kills.md}.
 * Immutable.
 *
 * @param must for each mutant the cases that must kill it; others may, too, and are not kept
 */
record KillMatrix(Map<String, Set<String>> must) {

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** What the code says. */
    static KillMatrix of(Collection<Mutant> mutants) {
        Map<String, Set<String>> must = new LinkedHashMap<>();
        mutants.forEach(mutant -> must.put(mutant.id(), new TreeSet<>(mutant.killedBy())));
        return new KillMatrix(must);
    }

    /** What a case must kill in the other matrix and need not in this, as {@code case: mutants}. */
    List<String> lessThan(KillMatrix other) {
        List<String> lost = new ArrayList<>();
        other.must().forEach((mutant, cases) -> {
            Set<String> gone = new TreeSet<>(cases);
            gone.removeAll(must.getOrDefault(mutant, Set.of()));
            gone.retainAll(KitCases.byId().keySet());
            gone.forEach(caseId -> lost.add(caseId + " need no longer kill " + mutant));
        });
        return lost;
    }

    static KillMatrix read(Path file) {
        Map<String, Set<String>> must = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (JsonNode row : JSON.readTree(file.toFile()).get("mutants")) {
                must.put(row.get("id").asString(), texts(row.get("mustBeKilledBy")));
            }
        }
        return new KillMatrix(must);
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new TreeSet<>();
        array.forEach(text -> texts.add(text.asString()));
        return texts;
    }

    String json() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Mutant mutant : Mutants.list()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("id", mutant.id());
            row.put("what", mutant.what());
            row.put("layer", mutant.layer().name());
            row.put("seen", mutant.seen());
            row.put("mustBeKilledBy", must.getOrDefault(mutant.id(), Set.of()));
            rows.add(row);
        }
        return JSON.writeValueAsString(Map.of("mutants", rows)) + "\n";
    }

    String markdown() {
        Map<String, Set<String>> byCase = new TreeMap<>();
        KitCases.byId().keySet().forEach(id -> byCase.put(id, new TreeSet<>()));
        must.forEach((mutant, cases) ->
                cases.forEach(id -> byCase.getOrDefault(id, new TreeSet<>()).add(mutant)));
        StringBuilder text = new StringBuilder();
        text.append("# What the kit catches\n\n");
        text.append(
                "Transports and engines that are broken on purpose, and the cases that notice. Written by the tests of");
        text.append(" `tck-proof`; the cases named are run against the mutant in every build and must fail.\n\n");
        text.append("| mutant | what is wrong | where | seen in the wild | killed by |\n|---|---|---|---|---|\n");
        for (Mutant mutant : Mutants.list()) {
            text.append("| `").append(mutant.id()).append("` | ").append(mutant.what());
            text.append(" | ").append(mutant.layer().name().toLowerCase(java.util.Locale.ROOT));
            text.append(" | ").append(mutant.seen());
            text.append(" | ")
                    .append(String.join(", ", must.getOrDefault(mutant.id(), Set.of())))
                    .append(" |\n");
        }
        text.append("\n## By case\n\n| case | mutants it kills |\n|---|---|\n");
        byCase.values().removeIf(Set::isEmpty);
        byCase.forEach((id, mutants) -> text.append("| ")
                .append(id)
                .append(" | ")
                .append(String.join(", ", mutants))
                .append(" |\n"));
        text.append("\nProven on a wire that stands for the process, the disk and the link of a real broker: ")
                .append(wired())
                .append(".\n");
        text.append("\nNot provable in memory: ").append(Unproven.all()).append("\n");
        return text.toString();
    }

    private static String wired() {
        return KitCases.byId().values().stream()
                .filter(kitCase -> Stage.of(kitCase).wired())
                .map(KitCase::id)
                .collect(Collectors.joining(", "));
    }

    void write(Path json, Path markdown) {
        try {
            Files.writeString(json, json());
            Files.writeString(markdown, markdown());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the kill matrix", e);
        }
    }
}
