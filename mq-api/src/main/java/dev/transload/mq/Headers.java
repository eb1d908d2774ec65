package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.regex.Pattern;

/** The grammar of headers that an application may set. */
final class Headers {

    /** Token characters of RFC 9110 5.6.2, and ':' and '/'. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~:/-]{1,255}");

    private static final Pattern RESERVED =
            Pattern.compile("mq-.*|x-death|x-(first|last)-death-.*|x-delivery-count|x-acquired-count|x-opt-.*|cc|bcc"
                    + "|x-delay|x-match|kafka_.*|jmsx.*|awstraceheader");

    private Headers() {}

    /** Checks one header, or says which rule it breaks; the value itself is never in the text. */
    static void check(String name, String value) {
        requireNonNull(name, "header name");
        requireNonNull(value, "header value");
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "header name must be 1 to 255 letters, digits or characters of !#$%&'*+.^_`|~:/-, was "
                            + Names.quoted(name.length() > 60 ? name.substring(0, 60) + "…" : name));
        }
        if (RESERVED.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
            throw new IllegalArgumentException("header name is reserved, by Transload or a broker: " + name);
        }
        int bad = firstLoneSurrogate(value);
        if (bad >= 0) {
            throw new IllegalArgumentException("value of header " + name + " has a lone surrogate at " + bad);
        }
    }

    /** Index of the first character that UTF-8 cannot carry, or -1. */
    static int firstLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    return i;
                }
            }
        }
        return -1;
    }
}
