package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Incoming;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong with a message before this delivery, by two numbers that are never mixed: failures are known,
 * crashes are suspected.
 *
 * @param failures handler calls that failed, as written with the message
 * @param crashes deliveries that ended without an outcome, as the broker counts them; an upper bound on most
 */
record Attempts(int failures, int crashes) {

    /** Nothing went wrong yet. */
    static final Attempts NONE = new Attempts(0, 0);

    /**
     * Reads both numbers. What does not read as a number of attempts counts as absent: anyone may write on an envelope.
     */
    static Attempts of(Message message, Incoming incoming) {
        int noted = bounded(incoming.notedFailures());
        int failures = Math.max(written(message.annotations().get(Annotations.ATTEMPT)), noted);
        int crashes = bounded((long) incoming.brokerCount() - 1 - noted);
        return failures == 0 && crashes == 0 ? NONE : new Attempts(failures, crashes);
    }

    /** Failures before the handling whose number an annotation gives. */
    private static int written(@Nullable String attempt) {
        if (attempt == null || attempt.isEmpty() || attempt.length() > 4) {
            return 0;
        }
        int number = 0;
        for (int i = 0; i < attempt.length(); i++) {
            char c = attempt.charAt(i);
            if (c < '0' || c > '9') {
                return 0;
            }
            number = number * 10 + (c - '0');
        }
        return number < 1 || number > RetryPolicy.MAX_ATTEMPTS + 1 ? 0 : number - 1;
    }

    private static int bounded(long count) {
        return (int) Math.min(Math.max(0, count), RetryPolicy.MAX_ATTEMPTS);
    }

    /** Number of this handling, from 1. */
    int attempt() {
        return 1 + failures + crashes;
    }

    /** Whether the message is tried again if this handling fails too. */
    boolean mayRetry(int maxAttempts) {
        return failures + 1 < maxAttempts;
    }

    /** Whether the message must be run alone, since it may have killed as many processes as it has attempts. */
    boolean suspect(int maxAttempts) {
        return crashes >= maxAttempts;
    }

    /** The same with one more failure. */
    Attempts failed() {
        return new Attempts(Math.min(failures + 1, RetryPolicy.MAX_ATTEMPTS), crashes);
    }
}
