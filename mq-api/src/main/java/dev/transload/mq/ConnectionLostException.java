package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** The connection to the broker is down or went down during the call. The client is reconnecting. */
public final class ConnectionLostException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    public ConnectionLostException(String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }
}
