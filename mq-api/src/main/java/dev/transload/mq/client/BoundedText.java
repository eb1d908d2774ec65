package dev.transload.mq.client;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Text of at most so many bytes of UTF-8, taken from what users' code gives: exceptions that are huge, go round in
 * circles, or fail when they are asked.
 *
 * <p>Cut between code points. Control characters other than tab and newline, and lone surrogates, become U+FFFD, so
 * that every broker carries the text. Not thread-safe.
 */
final class BoundedText {

    private static final int MAX_CAUSES = 20;
    private static final int MAX_FRAMES = 200;
    private static final int MAX_HEADLINE = 300;
    private static final int MAX_TYPE = 255;
    private static final int REPLACEMENT = 0xFFFD;

    private final StringBuilder text = new StringBuilder();
    private int left;

    private BoundedText(int maxBytes) {
        this.left = maxBytes;
    }

    /** A text cut to so many bytes. */
    static String cut(String text, int maxBytes) {
        BoundedText bounded = new BoundedText(maxBytes);
        bounded.append(text);
        return bounded.text.toString();
    }

    /** A text cut to so many bytes, or null. */
    static @Nullable String cutOrNull(@Nullable String text, int maxBytes) {
        return text == null ? null : cut(text, maxBytes);
    }

    /** The text of an exception, or null if it has none or cannot say. */
    static @Nullable String message(Throwable failure, int maxBytes) {
        return cutOrNull(ask(failure::getMessage), maxBytes);
    }

    /** The simple name of an exception's class; for an anonymous one the last part of its name. */
    static String simpleType(Throwable failure) {
        String name = failure.getClass().getName();
        String simple = name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
        boolean anonymous = simple.isEmpty() || Character.isDigit(simple.charAt(0));
        return cut(anonymous ? name.substring(name.lastIndexOf('.') + 1) : simple, MAX_TYPE);
    }

    /** The full name of an exception's class. */
    static String type(Throwable failure) {
        return cut(failure.getClass().getName(), MAX_TYPE);
    }

    /** What an asynchronous handler failed with, out of the wrapping that futures put around it. */
    static Throwable unwrapped(Throwable failure) {
        Throwable inner = failure;
        for (int depth = 0; depth < MAX_CAUSES; depth++) {
            if (!(inner instanceof CompletionException) && !(inner instanceof ExecutionException)) {
                return inner;
            }
            Throwable cause = ask(inner::getCause);
            if (cause == null) {
                return inner;
            }
            inner = cause;
        }
        return inner;
    }

    /** A stack trace with its causes, in the form Java prints; the traces of the outer ones give way. */
    static String stack(Throwable failure, int maxBytes) {
        BoundedText bounded = new BoundedText(maxBytes);
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        StackTraceElement[] outer = {};
        Throwable next = failure;
        while (next != null && bounded.left > 0 && seen.size() < MAX_CAUSES && seen.add(next)) {
            bounded.append(seen.size() == 1 ? "" : "Caused by: ");
            Throwable cause = ask(next::getCause);
            // half of what is left stays for the causes: the last one tells the most
            outer = bounded.trace(next, outer, cause == null || cause == next ? 0 : bounded.left / 2);
            next = cause;
        }
        return bounded.text.toString();
    }

    private StackTraceElement[] trace(Throwable failure, StackTraceElement[] outer, int reserved) {
        append(type(failure));
        String message = message(failure, MAX_HEADLINE);
        append(message == null ? "\n" : ": " + message + "\n");
        StackTraceElement[] asked = ask(failure::getStackTrace);
        StackTraceElement[] frames = asked == null ? new StackTraceElement[0] : asked;
        int common = common(frames, outer);
        int most = Math.min(frames.length - common, MAX_FRAMES);
        int shown = 0;
        while (shown < most && left > reserved) {
            append("\tat " + frames[shown++] + "\n");
        }
        if (shown < frames.length) {
            append("\t... " + (frames.length - shown) + " more\n");
        }
        return frames;
    }

    /** Frames at the bottom that the exception shares with the one it caused. */
    private static int common(StackTraceElement[] frames, StackTraceElement[] outer) {
        int common = 0;
        while (common < frames.length
                && common < outer.length
                && frames[frames.length - 1 - common].equals(outer[outer.length - 1 - common])) {
            common++;
        }
        return common;
    }

    private void append(String more) {
        for (int i = 0; i < more.length() && left > 0; ) {
            int point = more.codePointAt(i);
            i += Character.charCount(point);
            int carried = carried(point);
            int bytes = carried < 0x80 ? 1 : carried < 0x800 ? 2 : carried < 0x10000 ? 3 : 4;
            if (bytes > left) {
                left = 0;
                return;
            }
            left -= bytes;
            text.appendCodePoint(carried);
        }
    }

    private static int carried(int point) {
        boolean control = (point < 0x20 && point != '\n' && point != '\t') || point == 0x7f;
        boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        return control || surrogate || point == 0xFFFE || point == 0xFFFF ? REPLACEMENT : point;
    }

    /** An exception's own answer, null if it fails even at that. */
    private static <T> @Nullable T ask(Callable<@Nullable T> question) {
        try {
            return question.call();
        } catch (Throwable t) { // also errors: a record must be made of whatever it is
            return null;
        }
    }
}
