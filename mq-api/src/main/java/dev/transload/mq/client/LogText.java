package dev.transload.mq.client;

import org.jspecify.annotations.Nullable;

/**
 * What others wrote, such as the id of a foreign message or the exception of an application's code, as a log line shows
 * it: on one line, bounded, and whatever the exception does when it is asked.
 */
final class LogText {

    private static final int MOST = 500;

    private LogText() {}

    /** Type and text of an exception. */
    static String of(Throwable failure) {
        String message = BoundedText.message(failure, MOST);
        return BoundedText.type(failure) + (message == null ? "" : ": " + of(message));
    }

    /** A text with every character escaped that could end or colour a line. */
    static String of(@Nullable String text) {
        String cut = BoundedText.cut(String.valueOf(text), MOST);
        StringBuilder line = new StringBuilder(cut.length());
        for (int i = 0; i < cut.length(); i++) {
            char c = cut.charAt(i);
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                line.append(String.format("\\u%04X", (int) c));
            } else {
                line.append(c);
            }
        }
        return line.toString();
    }
}
