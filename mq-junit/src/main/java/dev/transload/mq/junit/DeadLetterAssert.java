package dev.transload.mq.junit;

import dev.transload.mq.Failure;
import dev.transload.mq.Message;
import dev.transload.mq.inmemory.InMemoryBroker.SetAside;
import java.util.Objects;

/** Assertions about one dead letter. Immutable. */
public final class DeadLetterAssert {

    private final String place;
    private final SetAside letter;

    DeadLetterAssert(String place, SetAside letter) {
        this.place = place;
        this.letter = letter;
    }

    /** It was set aside for this reason. */
    public DeadLetterAssert hasReason(Failure.Reason reason) {
        return require("reason", reason.name(), letter.reason());
    }

    /** The last failure was an exception of this simple name, such as {@code SmtpException}. */
    public DeadLetterAssert becauseOf(String exceptionType) {
        return require("exception", exceptionType, letter.failureType());
    }

    /** The last failure was an exception of this class. */
    public DeadLetterAssert becauseOf(Class<? extends Throwable> exceptionType) {
        return becauseOf(exceptionType.getSimpleName());
    }

    /** The exception had this text. */
    public DeadLetterAssert withMessage(String text) {
        return require("exception text", text, letter.failureMessage());
    }

    /** Its handler was called so many times. */
    public DeadLetterAssert afterAttempts(int attempts) {
        return require(
                "attempts",
                Integer.toString(attempts),
                letter.failure("attempts").orElse("0"));
    }

    /** It is the message of that id. */
    public DeadLetterAssert hasId(String id) {
        return require("id", id, letter.message().id());
    }

    /** The message as it was set aside, for assertions about its bytes and headers. */
    public Message message() {
        return letter.message();
    }

    private DeadLetterAssert require(String what, String expected, String actual) {
        if (!Objects.equals(expected, actual)) {
            throw new AssertionError("expected a dead letter of " + place + " with " + what + " " + expected
                    + ", but it is " + text(letter));
        }
        return this;
    }

    /** A dead letter for people, without its payload. */
    static String text(SetAside letter) {
        return letter.message().id() + " " + letter.reason() + " after "
                + letter.failure("attempts").orElse("0") + " attempts, " + letter.failureType() + ": "
                + letter.failureMessage();
    }
}
