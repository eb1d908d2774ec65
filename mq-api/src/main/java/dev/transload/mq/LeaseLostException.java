package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** A delivery no longer belongs to this client; settling it changed nothing at the broker. */
public final class LeaseLostException extends MessagingException {

    private static final long serialVersionUID = 1L;

    public LeaseLostException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
