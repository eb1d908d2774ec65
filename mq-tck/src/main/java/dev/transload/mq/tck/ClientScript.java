package dev.transload.mq.tck;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A line that a {@link ScriptedClient} reads or says: a word, and named values in any characters. Immutable.
 *
 * <p>As text: {@code called id=7f attempt=1}.
 *
 * @param verb what is to be done, or what happened
 * @param values by name
 */
record ClientScript(String verb, Map<String, String> values) {

    ClientScript {
        values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    static ClientScript of(String verb) {
        return new ClientScript(verb, Map.of());
    }

    /** The same line with one value more. */
    ClientScript with(String name, Object value) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(name, value.toString());
        return new ClientScript(verb, more);
    }

    static ClientScript parse(String line) {
        String[] parts = line.split(" ", -1);
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not a line of a client: " + line);
            }
            values.put(parts[i].substring(0, equals), decoded(parts[i].substring(equals + 1)));
        }
        return new ClientScript(parts[0], values);
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(verb + " needs " + name + ", there are " + values.keySet());
        }
        return value;
    }

    String text(String name, String unlessGiven) {
        return values.getOrDefault(name, unlessGiven);
    }

    int number(String name, int unlessGiven) {
        String value = values.get(name);
        return value == null ? unlessGiven : Integer.parseInt(value);
    }

    long millis(String name, long unlessGiven) {
        String value = values.get(name);
        return value == null ? unlessGiven : Long.parseLong(value);
    }

    boolean is(String name) {
        return Boolean.parseBoolean(text(name, "false"));
    }

    @Override
    public String toString() {
        return verb
                + values.entrySet().stream()
                        .map(each -> " " + each.getKey() + "=" + encoded(each.getValue()))
                        .collect(Collectors.joining());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
