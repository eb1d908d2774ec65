package dev.transload.mq.client;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/**
 * Writes a place on an envelope, so that a relay finds it, and reads it back. Fields are joined by blanks; names are
 * escaped as in a URI's query, since those of the broker's own may have any character.
 */
final class PlaceText {

    private static final int FIELDS = 9;
    /** Stands for a field that is absent; an escaped name never reads so. */
    private static final String NONE = "~";

    private PlaceText() {}

    static String write(Place place) {
        Shape shape = place.shape();
        Duration retained = shape.retained();
        return String.join(
                " ",
                place.role().name(),
                place.portable() ? "portable" : "own",
                shape.ordered() ? "ordered" : "plain",
                Integer.toString(shape.partitions()),
                Integer.toString(shape.priorities()),
                retained == null ? NONE : retained.toString(),
                place.group() == null ? NONE : escaped(place.group()),
                place.topic() == null ? NONE : escaped(place.topic()),
                escaped(place.name()));
    }

    /** The place, or null if the text is not one. */
    static @Nullable Place read(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String[] parts = text.split(" ", -1);
        if (parts.length != FIELDS) {
            return null;
        }
        try {
            Shape shape = new Shape(
                    parts[2].equals("ordered"),
                    Integer.parseInt(parts[3]),
                    Integer.parseInt(parts[4]),
                    parts[5].equals(NONE) ? null : Duration.parse(parts[5]));
            return new Place(
                    Place.Role.valueOf(parts[0]),
                    unescaped(parts[8]),
                    parts[7].equals(NONE) ? null : unescaped(parts[7]),
                    parts[6].equals(NONE) ? null : unescaped(parts[6]),
                    shape,
                    parts[1].equals("portable"));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            return null;
        }
    }

    private static String escaped(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    private static String unescaped(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
