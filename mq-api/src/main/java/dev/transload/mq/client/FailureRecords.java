package dev.transload.mq.client;

import dev.transload.mq.Failure;
import dev.transload.mq.Failure.Reason;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Writes why a message failed on its envelope and reads it back. Pure.
 *
 * <p>A record never has more than 16 KiB, names included; transports take that off their limits.
 */
final class FailureRecords {

    static final int MAX_MESSAGE = 1024;
    static final int MAX_STACK = 8192;

    private static final int MAX_NAME = 512;
    private static final int MAX_COUNT = 1_000_000;

    private static final String REASON = Annotations.FAILURE_PREFIX + "reason";
    private static final String TYPE = Annotations.FAILURE_PREFIX + "type";
    private static final String MESSAGE = Annotations.FAILURE_PREFIX + "message";
    private static final String STACK = Annotations.FAILURE_PREFIX + "stack";
    private static final String SOURCE = Annotations.FAILURE_PREFIX + "source";
    private static final String GROUP = Annotations.FAILURE_PREFIX + "group";
    private static final String ATTEMPTS = Annotations.FAILURE_PREFIX + "attempts";
    private static final String FIRST = Annotations.FAILURE_PREFIX + "first";
    private static final String LAST = Annotations.FAILURE_PREFIX + "last";

    private FailureRecords() {}

    /**
     * Describes a failure by its exception, without the wrapping that futures put around it; never throws.
     *
     * @param cause null where no exception is the cause, such as for an expired message
     */
    static Failure of(
            @Nullable Throwable cause,
            Reason reason,
            String source,
            @Nullable String group,
            int attempts,
            long firstFailureMillis,
            long nowMillis,
            int redrives) {
        Throwable failure = cause == null ? null : BoundedText.unwrapped(cause);
        return new Failure(
                reason,
                failure == null ? reason.name() : BoundedText.simpleType(failure),
                failure == null ? null : BoundedText.message(failure, MAX_MESSAGE),
                failure == null ? null : BoundedText.stack(failure, MAX_STACK),
                BoundedText.cut(source, MAX_NAME),
                BoundedText.cutOrNull(group, MAX_NAME),
                attempts,
                Instant.ofEpochMilli(firstFailureMillis),
                Instant.ofEpochMilli(nowMillis),
                redrives);
    }

    /** Describes a failure by a text, such as the one a handler gives when it dead-letters by hand. */
    static Failure because(
            String text,
            Reason reason,
            String source,
            @Nullable String group,
            int attempts,
            long firstFailureMillis,
            long nowMillis,
            int redrives) {
        Failure failure = of(null, reason, source, group, attempts, firstFailureMillis, nowMillis, redrives);
        return new Failure(
                failure.reason(),
                failure.type(),
                BoundedText.cut(text, MAX_MESSAGE),
                null,
                failure.source(),
                failure.group(),
                failure.attempts(),
                failure.firstFailure(),
                failure.lastFailure(),
                failure.redrives());
    }

    /** How often a message was redriven. */
    static int redrives(Message message) {
        return count(message.annotations().get(Annotations.REDRIVES), 0);
    }

    /** When a message failed first, or the time given if it has not failed before. */
    static long firstFailure(Message message, long nowMillis) {
        return millis(message.annotations().get(Annotations.FIRST_FAILURE), nowMillis);
    }

    /**
     * The message as it goes among the dead letters: bytes, headers, id, key and type as they are, the failure on the
     * envelope; without time to live, reply address and what belongs to a handling.
     *
     * @param destination queue or topic the message was sent to
     * @param nowMillis when it is set aside, which its failure may precede
     */
    static Message deadLetter(Message original, Failure failure, String destination, long nowMillis) {
        Message.Builder letter = original.toBuilder().ttl(0).replyTo(null);
        withoutRecord(original, letter);
        letter.removeAnnotation(Annotations.FORCE);
        letter.annotation(Annotations.DESTINATION, BoundedText.cut(destination, MAX_NAME));
        letter.annotation(REASON, failure.reason().name());
        letter.annotation(TYPE, BoundedText.cut(failure.type(), MAX_NAME));
        write(letter, MESSAGE, failure.message(), MAX_MESSAGE);
        write(letter, STACK, failure.stack(), MAX_STACK);
        letter.annotation(SOURCE, BoundedText.cut(failure.source(), MAX_NAME));
        write(letter, GROUP, failure.group(), MAX_NAME);
        letter.annotation(ATTEMPTS, Integer.toString(failure.attempts()));
        letter.annotation(FIRST, Long.toString(failure.firstFailure().toEpochMilli()));
        letter.annotation(LAST, Long.toString(failure.lastFailure().toEpochMilli()));
        if (failure.redrives() > 0) {
            letter.annotation(Annotations.REDRIVES, Integer.toString(failure.redrives()));
        }
        if (original.timestamp() == 0) {
            letter.timestamp(nowMillis);
        }
        return letter.build();
    }

    private static void write(Message.Builder letter, String name, @Nullable String value, int maxBytes) {
        if (value != null) {
            letter.annotation(name, BoundedText.cut(value, maxBytes));
        }
    }

    private static void withoutRecord(Message message, Message.Builder builder) {
        for (String name : message.annotations().keySet()) {
            if (name.startsWith(Annotations.FAILURE_PREFIX)) {
                builder.removeAnnotation(name);
            }
        }
        builder.removeAnnotation(Annotations.ATTEMPT)
                .removeAnnotation(Annotations.CRASHES)
                .removeAnnotation(Annotations.FIRST_FAILURE)
                .removeAnnotation(Annotations.DELAY)
                .removeAnnotation(Annotations.DELAY_SINCE)
                .removeAnnotation(Annotations.DELAY_TOTAL)
                .removeAnnotation(Annotations.TO);
    }

    /**
     * Reads why a message is among the dead letters. A letter without a record, such as one that the broker set aside,
     * has the reason {@link Reason#BROKER}; what is missing or makes no sense has a neutral value. Never throws.
     */
    static Failure read(Message letter) {
        return read(letter, "", null);
    }

    /**
     * The same, with the queue or topic and the group that a letter without a record comes from.
     */
    static Failure read(Message letter, String source, @Nullable String group) {
        Reason reason = reason(letter.annotations().get(REASON));
        String sent = letter.annotations().getOrDefault(Annotations.DESTINATION, source);
        boolean recorded = letter.annotations().containsKey(SOURCE);
        long last = millis(letter.annotations().get(LAST), letter.timestamp());
        return new Failure(
                reason,
                text(letter, TYPE, reason.name(), MAX_NAME),
                BoundedText.cutOrNull(letter.annotations().get(MESSAGE), MAX_MESSAGE),
                BoundedText.cutOrNull(letter.annotations().get(STACK), MAX_STACK),
                text(letter, SOURCE, sent, MAX_NAME),
                BoundedText.cutOrNull(recorded ? letter.annotations().get(GROUP) : group, MAX_NAME),
                count(letter.annotations().get(ATTEMPTS), 0),
                Instant.ofEpochMilli(millis(letter.annotations().get(FIRST), last)),
                Instant.ofEpochMilli(last),
                redrives(letter));
    }

    /**
     * A dead letter as it goes home: attempts from the start, no time to live, one more redrive.
     *
     * @param force whether it is handled even if the idempotency store knows it as done
     */
    static Message redriven(Message dead, boolean force) {
        Message.Builder message = dead.toBuilder().ttl(0);
        withoutRecord(dead, message);
        message.annotation(Annotations.REDRIVES, Integer.toString(Math.min(redrives(dead) + 1, MAX_COUNT)));
        if (force) {
            message.annotation(Annotations.FORCE, "true");
        } else {
            message.removeAnnotation(Annotations.FORCE);
        }
        return message.build();
    }

    private static String text(Message letter, String name, String unlessThere, int maxBytes) {
        return BoundedText.cut(letter.annotations().getOrDefault(name, unlessThere), maxBytes);
    }

    private static Reason reason(@Nullable String name) {
        for (Reason reason : Reason.values()) {
            if (reason.name().equals(name)) {
                return reason;
            }
        }
        return Reason.BROKER;
    }

    private static int count(@Nullable String text, int unlessThere) {
        long number = number(text);
        return number < 0 ? unlessThere : (int) Math.min(number, MAX_COUNT);
    }

    private static long millis(@Nullable String text, long unlessThere) {
        long number = number(text);
        return number < 0 ? unlessThere : number;
    }

    /** A whole number of at most 18 digits, or -1. */
    private static long number(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 18) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }
}
