package dev.transload.mq.cli;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.DeadLetters;
import dev.transload.mq.Topology;
import dev.transload.mq.client.MqClient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which dead letters a command is about. */
final class LetterOptions {

    private static final String FIELDS = "id, key, reason, type, message, source, group, attempts or header.NAME";

    @Mixin
    private final ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private final PlaceOptions place = new PlaceOptions();

    @Option(names = "--group", paramLabel = "NAME", description = "The group of the topic.")
    private @Nullable String group;

    @Option(
            names = "--where",
            paramLabel = "FIELD=VALUE",
            description = "Only those whose field has exactly this value; may be given several times, and all must"
                    + " hold. Fields: " + FIELDS + ".")
    private Map<String, String> where = new LinkedHashMap<>();

    ConnectionOptions connection() {
        return connection;
    }

    /** Connects; nothing is made at the broker by looking after dead letters. */
    MqClient connect(Shell shell) {
        place.source(group);
        which();
        return connection.connect(shell, Topology.ASSERT);
    }

    DeadLetters of(MqClient mq) {
        return place.deadLetters(mq, group);
    }

    boolean restricted() {
        return !where.isEmpty();
    }

    /** Those that match all of {@code --where}. */
    Predicate<DeadLetter> which() {
        Predicate<DeadLetter> all = letter -> true;
        for (Map.Entry<String, String> condition : where.entrySet()) {
            String field = condition.getKey();
            if (!isField(field)) {
                throw new IllegalArgumentException(
                        "--where " + field + ": there is no such field; known are " + FIELDS);
            }
            all = all.and(letter -> condition.getValue().equals(value(letter, field)));
        }
        return all;
    }

    private static boolean isField(String field) {
        return switch (field) {
            case "id", "key", "reason", "type", "message", "source", "group", "attempts" -> true;
            default -> field.startsWith("header.") && field.length() > "header.".length();
        };
    }

    private static @Nullable String value(DeadLetter letter, String field) {
        return switch (field) {
            case "id" -> letter.id();
            case "key" -> letter.message().key();
            case "reason" -> letter.failure().reason().name();
            case "type" -> letter.failure().type();
            case "message" -> letter.failure().message();
            case "source" -> letter.failure().source();
            case "group" -> letter.failure().group();
            case "attempts" -> Integer.toString(letter.failure().attempts());
            default -> letter.message().headers().get(field.substring("header.".length()));
        };
    }
}
