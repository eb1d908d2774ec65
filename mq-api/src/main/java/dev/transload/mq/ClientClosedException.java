package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** The client was closed before or during the call. */
public final class ClientClosedException extends MessagingException {

    private static final long serialVersionUID = 1L;

    public ClientClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
