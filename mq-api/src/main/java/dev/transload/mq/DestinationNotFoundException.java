package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** A destination does not exist and the client's topology policy does not let it be made. */
public final class DestinationNotFoundException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    public DestinationNotFoundException(String message, @Nullable Throwable cause) {
        this(message, Outcome.NOT_SENT, cause);
    }

    /** An answer that ended more sends than the one it was about: any of the others may have been stored before. */
    public DestinationNotFoundException(String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }
}
