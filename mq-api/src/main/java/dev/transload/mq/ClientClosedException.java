package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** The client was closed before or during the call. */
public final class ClientClosedException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    /** The call did nothing. */
    public ClientClosedException(String message, @Nullable Throwable cause) {
        this(message, Outcome.NOT_SENT, cause);
    }

    /** The call was a send that met the close on its way. */
    public ClientClosedException(String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }
}
