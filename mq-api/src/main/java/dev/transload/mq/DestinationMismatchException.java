package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** A destination exists in another shape than the one asked for. The text names both. */
public final class DestinationMismatchException extends MessagingException {

    private static final long serialVersionUID = 1L;

    public DestinationMismatchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
