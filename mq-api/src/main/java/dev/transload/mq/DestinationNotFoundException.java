package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** A destination does not exist and the client's topology policy does not let it be made. */
public final class DestinationNotFoundException extends MessagingException {

    private static final long serialVersionUID = 1L;

    public DestinationNotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
