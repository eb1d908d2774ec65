package dev.transload.mq.tck;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Every rule the kit knows and what became of it, as {@code catalogue.txt} has it. Immutable. */
final class Catalogue {

    static final String RESOURCE = "catalogue.txt";

    private final String text;
    private final Map<String, Entry> entries;

    private Catalogue(String text, Map<String, Entry> entries) {
        this.text = text;
        this.entries = entries;
    }

    /** What became of a rule. */
    enum Fate {
        /** A case of this kit shows it. */
        CASE("case"),
        /** Cases of other ids show it. */
        COVERED("covered"),
        /** A test of {@link IdempotencyStoreTck} shows it, for each store. */
        STORE_KIT("store kit"),
        /** It is about the kit, and a test of the kit shows it. */
        SELF_TEST("self-test"),
        /** A test of another module shows it. */
        ELSEWHERE("elsewhere"),
        /** Nothing shows it yet. */
        PLANNED("planned"),
        /** The API has no such thing. */
        NOT_APPLICABLE("n/a");

        private final String word;

        Fate(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        private static Fate of(String word) {
            return Arrays.stream(values())
                    .filter(fate -> fate.word.equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no rule can be '" + word + "'"));
        }
    }

    /**
     * One rule.
     *
     * @param id never used for another rule
     * @param group heading it stands under
     * @param priority 0 first, 1 next, 2 later
     * @param need {@code R} where every transport must, else a {@link Feature} or a durability
     * @param tier {@code T0} to {@code T3}
     * @param fate what became of it
     * @param detail where it is shown, or why not; empty where a case shows it
     * @param rule what must hold
     */
    record Entry(
            String id, String group, int priority, String need, String tier, Fate fate, String detail, String rule) {

        /** The line in the catalogue. */
        String line() {
            String middle = detail.isEmpty() ? " | | " : " | " + detail + " | ";
            return id + " | " + priority + " | " + need + " | " + tier + " | " + fate.word() + middle + rule;
        }
    }

    /** The catalogue of this kit. */
    static Catalogue load() {
        try (InputStream resource = Catalogue.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(RESOURCE + " is missing beside " + Catalogue.class.getName());
            }
            return parse(new String(resource.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }

    static Catalogue parse(String text) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        String group = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("## ")) {
                group = line.substring(line.indexOf(' ', 3) + 1);
            } else if (!line.startsWith("#") && !line.isBlank()) {
                Entry entry = entry(line, group);
                if (entries.put(entry.id(), entry) != null) {
                    throw new IllegalStateException("the catalogue has " + entry.id() + " twice");
                }
            }
        }
        return new Catalogue(text, entries);
    }

    private static Entry entry(String line, String group) {
        String[] parts = line.split(" *\\| *", -1);
        if (parts.length != 7) {
            throw new IllegalStateException("a line of the catalogue has 7 parts, not " + parts.length + ": " + line);
        }
        return new Entry(
                parts[0], group, Integer.parseInt(parts[1]), parts[2], parts[3], Fate.of(parts[4]), parts[5], parts[6]);
    }

    /** All rules, in the order of the catalogue. */
    List<Entry> entries() {
        return new ArrayList<>(entries.values());
    }

    boolean has(String id) {
        return entries.containsKey(id);
    }

    /** The rule of that id. */
    Entry get(String id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            throw new IllegalArgumentException("the catalogue has no " + id);
        }
        return entry;
    }

    /** The file as it was read. */
    String text() {
        return text;
    }
}
