package dev.transload.mq;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Why a message is among the dead letters. Bounded: texts are cut so that the record always fits beside the message.
 *
 * @param reason what kind of end it was
 * @param type simple class name of the exception, or the reason's name where there was none
 * @param message its text, cut to 1,024 bytes, or null
 * @param stack its stack trace, cut to 8,192 bytes, or null
 * @param source queue or topic the message was sent to
 * @param group group that failed, or null for a queue
 * @param attempts handler calls, suspected crashes included
 * @param firstFailure when it failed first
 * @param lastFailure when it failed last
 * @param redrives how often it was redriven before
 */
public record Failure(
        Reason reason,
        String type,
        @Nullable String message,
        @Nullable String stack,
        String source,
        @Nullable String group,
        int attempts,
        Instant firstFailure,
        Instant lastFailure,
        int redrives) {

    /** What kind of end it was. */
    public enum Reason {
        /** The handler failed on every attempt. */
        ATTEMPTS_EXHAUSTED,
        /** The policy says that such a failure is never tried again. */
        NOT_RETRYABLE,
        /** The handler asked for it. */
        REQUESTED,
        /** The payload could not be decoded. */
        UNDECODABLE,
        /** The time to live was over. */
        EXPIRED,
        /** Consumers kept dying while they had it, at last while they had it alone. */
        CRASHED,
        /** The broker's own backstop set it aside; nothing more is known. */
        BROKER
    }
}
