package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/**
 * Anything that goes wrong between an application and a broker.
 *
 * <p>Texts name the transport and the destination, never a payload, a header value or a credential. Wrong arguments
 * are {@link IllegalArgumentException} and {@link NullPointerException} as everywhere in Java.
 */
public abstract class MessagingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    protected MessagingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Whether the same call may succeed later without anything being changed by hand. */
    public boolean retryable() {
        return false;
    }

    /** For a failed send, what became of the message; {@link Outcome#NOT_SENT} for any other call. */
    public Outcome outcome() {
        return Outcome.NOT_SENT;
    }
}
