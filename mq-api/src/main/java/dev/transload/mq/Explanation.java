package dev.transload.mq;

import java.util.List;

/**
 * What the connected broker can do, as data; {@link #toString()} is the table for people.
 *
 * @param transport URI scheme
 * @param broker product and version, as the broker tells it
 * @param durability what a confirmed send survives on this broker
 * @param warnings what is weak about it, empty if nothing
 * @param features the rows of the table
 * @param limits sizes and durations, by name
 */
public record Explanation(
        String transport,
        String broker,
        String durability,
        List<String> warnings,
        List<Feature> features,
        List<Limit> limits) {

    public Explanation {
        warnings = List.copyOf(warnings);
        features = List.copyOf(features);
        limits = List.copyOf(limits);
    }

    /**
     * One feature.
     *
     * @param name what the application asks for, such as {@code delay}
     * @param support by whom it is done
     * @param how in a sentence, with its limits, or why it is refused
     */
    public record Feature(String name, Support support, String how) {}

    /**
     * One limit.
     *
     * @param name what is limited
     * @param value for people, with its unit
     */
    public record Limit(String name, String value) {}

    /** By whom a feature is done. */
    public enum Support {
        /** By the broker. */
        NATIVE,
        /** By Transload on top of what the broker does. */
        EMULATED,
        /** By nobody: asking for it fails at once. */
        REFUSED
    }

    /** The feature of that name. */
    public Feature feature(String name) {
        return features.stream()
                .filter(feature -> feature.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no feature is named " + Names.quoted(name)));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        text.append(transport).append(" · ").append(broker).append('\n');
        text.append("a confirmed send: ").append(durability).append('\n');
        warnings.forEach(warning -> text.append("warning: ").append(warning).append('\n'));
        text.append('\n');
        features.forEach(f -> text.append(String.format("%-18s %-9s %s%n", f.name(), f.support(), f.how())));
        text.append('\n');
        limits.forEach(l -> text.append(String.format("%-28s %s%n", l.name(), l.value())));
        return text.toString();
    }
}
