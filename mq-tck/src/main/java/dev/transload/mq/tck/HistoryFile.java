package dev.transload.mq.tck;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A history and what it was held against, as lines of JSON: first the case, then each judge, then each event. What does
 * not apply is left out.
 *
 * @param name of the case or whatever made it
 * @param seed of the run, as text
 * @param judges what it is held against
 * @param events in their order
 */
record HistoryFile(String name, String seed, List<Judge> judges, List<HistoryEvent> events) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    HistoryFile {
        judges = List.copyOf(judges);
        events = List.copyOf(events);
    }

    /** Writes it, and the folders above it. */
    void write(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
                ObjectNode head = JSON.createObjectNode();
                head.put("history", name);
                head.put("seed", seed);
                line(out, JSON.writeValueAsString(head));
                for (Judge judge : judges) {
                    ObjectNode node = JSON.createObjectNode();
                    node.set("judge", JSON.valueToTree(judge));
                    line(out, JSON.writeValueAsString(node));
                }
                for (HistoryEvent event : events) {
                    line(out, JSON.writeValueAsString(node(event)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the history " + file, e);
        }
    }

    private static void line(BufferedWriter out, String text) throws IOException {
        out.write(text);
        out.write('\n');
    }

    /** Reads what {@link #write} wrote. */
    static HistoryFile read(Path file) {
        String name = "";
        String seed = "";
        List<Judge> judges = new ArrayList<>();
        List<HistoryEvent> events = new ArrayList<>();
        try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
            for (String line : (Iterable<String>) lines.filter(text -> !text.isBlank())::iterator) {
                JsonNode node = JSON.readTree(line);
                if (node.has("history")) {
                    name = text(node, "history");
                    seed = text(node, "seed");
                } else if (node.has("judge")) {
                    judges.add(JSON.treeToValue(node.get("judge"), Judge.class));
                } else {
                    events.add(event(node));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the history " + file, e);
        }
        return new HistoryFile(name, seed, judges, events);
    }

    private static ObjectNode node(HistoryEvent e) {
        ObjectNode node = JSON.createObjectNode();
        node.put("t", e.at());
        node.put("e", e.kind().name());
        put(node, "id", e.id());
        put(node, "key", e.key());
        put(node, "place", e.place());
        put(node, "who", e.who());
        put(node, "call", e.call());
        put(node, "attempt", e.attempt());
        if (e.redelivered()) {
            node.put("redelivered", true);
        }
        put(node, "digest", e.digest());
        put(node, "nanos", e.nanos());
        put(node, "why", e.why());
        return node;
    }

    private static HistoryEvent event(JsonNode node) {
        return new HistoryEvent(
                number(node, "t"),
                Kind.valueOf(text(node, "e")),
                text(node, "id"),
                text(node, "key"),
                text(node, "place"),
                text(node, "who"),
                number(node, "call"),
                (int) number(node, "attempt"),
                node.has("redelivered") && node.get("redelivered").asBoolean(),
                text(node, "digest"),
                number(node, "nanos"),
                text(node, "why"));
    }

    private static void put(ObjectNode node, String name, String value) {
        if (!value.isEmpty()) {
            node.put(name, value);
        }
    }

    private static void put(ObjectNode node, String name, long value) {
        if (value != 0) {
            node.put(name, value);
        }
    }

    private static String text(JsonNode node, String name) {
        JsonNode value = node.get(name);
        return value == null ? "" : value.asString();
    }

    private static long number(JsonNode node, String name) {
        JsonNode value = node.get(name);
        return value == null ? 0 : value.asLong();
    }
}
