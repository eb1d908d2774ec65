package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.util.Set;
import java.util.regex.Pattern;

/** The grammar of portable names, and the check that every other name passes. */
final class Names {

    static final int MAX_LENGTH = 48;

    private static final Pattern PORTABLE = Pattern.compile("[a-z0-9]+([.-][a-z0-9]+)*");
    private static final Pattern TOPIC_PATTERN =
            Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*(\\.([a-z0-9]+(-[a-z0-9]+)*|\\*))*(\\.#)?");
    private static final Set<String> TAKEN = Set.of("dlq", "suspects", "delays");
    private static final int MAX_NATIVE_LENGTH = 255;

    private Names() {}

    /** Returns a portable name or says which rule it breaks. */
    static String portable(String what, String name) {
        requireNonNull(name, what);
        checkLength(what, name, MAX_LENGTH);
        if (!PORTABLE.matcher(name).matches()) {
            throw new IllegalArgumentException(what
                    + " must be lower-case letters and digits in segments joined by single '.' or '-', was "
                    + quoted(name) + "; an existing broker name is given with named(…)");
        }
        String last = name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('-')) + 1);
        if (TAKEN.contains(last)) {
            throw new IllegalArgumentException(
                    what + " must not end in the segment '" + last + "', which is derived, was " + quoted(name));
        }
        return name;
    }

    /** Returns a topic pattern or says which rule it breaks. */
    static String topicPattern(String pattern) {
        requireNonNull(pattern, "pattern");
        checkLength("pattern", pattern, MAX_LENGTH);
        if (!TOPIC_PATTERN.matcher(pattern).matches()) {
            throw new IllegalArgumentException(
                    "pattern must start with a literal segment, then segments, '*' for one segment, '#' last for any"
                            + " number, was " + quoted(pattern));
        }
        return pattern;
    }

    /** Returns a name made by others, kept as it is, or says which rule it breaks. */
    static String existing(String name) {
        requireNonNull(name, "name");
        checkLength("name", name, MAX_NATIVE_LENGTH);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < 0x20 || c == 0x7f || Character.isSurrogate(c)) {
                throw new IllegalArgumentException(
                        "name must have no control characters, had U+" + String.format("%04X", (int) c) + " at " + i);
            }
        }
        return name;
    }

    private static void checkLength(String what, String name, int max) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(what + " must not be blank");
        }
        if (name.length() > max) {
            throw new IllegalArgumentException(
                    what + " must have at most " + max + " characters, had " + name.length());
        }
    }

    /** Makes a wrong name fit to be printed. */
    static String quoted(String name) {
        StringBuilder text = new StringBuilder("'");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c < 0x20 || c == 0x7f || (c >= 0x80 && c < 0xa0)) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('\'').toString();
    }
}
