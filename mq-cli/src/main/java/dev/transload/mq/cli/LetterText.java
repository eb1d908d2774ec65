package dev.transload.mq.cli;

import dev.transload.mq.DeadLetter;
import dev.transload.mq.Failure;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Writes dead letters for people and for other programs. */
final class LetterText {

    private static final int MOST_OF_A_LINE = 100;

    private LetterText() {}

    /** Everything about a dead letter, over several lines. */
    static String all(DeadLetter letter) {
        Failure failure = letter.failure();
        StringBuilder text = new StringBuilder();
        line(text, "message", MessageText.envelope(letter.message()));
        line(text, "reason", failure.reason().name());
        line(text, "failure", failure.type() + (failure.message() == null ? "" : ": " + failure.message()));
        line(text, "source", failure.source() + (failure.group() == null ? "" : ", group " + failure.group()));
        line(text, "attempts", Integer.toString(failure.attempts()));
        line(text, "first failure", time(failure.firstFailure()));
        line(text, "last failure", time(failure.lastFailure()));
        line(text, "redriven", failure.redrives() == 0 ? "never" : failure.redrives() + " times");
        line(text, "payload", letter.message().body().length + " bytes");
        text.append(MessageText.body(letter.message().body())).append('\n');
        if (failure.stack() != null) {
            text.append('\n')
                    .append(MessageText.safe(failure.stack().stripTrailing()))
                    .append('\n');
        }
        return text.toString();
    }

    /** A dead letter as one line of JSON. */
    static String json(DeadLetter letter) {
        Failure failure = letter.failure();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("reason", failure.reason());
        fields.put("type", failure.type());
        fields.put("message", failure.message());
        fields.put("source", failure.source());
        fields.put("group", failure.group());
        fields.put("attempts", failure.attempts());
        fields.put("firstFailure", failure.firstFailure().toString());
        fields.put("lastFailure", failure.lastFailure().toString());
        fields.put("redrives", failure.redrives());
        String ofMessage = MessageText.json(letter.message(), null);
        return "{\"failure\":" + JsonMapper.shared().writeValueAsString(fields) + ",\"message\":" + ofMessage + "}";
    }

    /** A time to the second. */
    static String time(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** The first line of a text, shortened to fit a table. */
    static String firstLine(String text) {
        String line = MessageText.safe(text.lines().findFirst().orElse(""));
        return line.length() <= MOST_OF_A_LINE ? line : line.substring(0, MOST_OF_A_LINE - 1) + "…";
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format("%-14s %s%n", name, MessageText.safe(value)));
    }
}
