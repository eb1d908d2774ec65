package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** The broker refused the credentials or the permission. Another try meets the same refusal. */
public final class AuthenticationException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    public AuthenticationException(String message, @Nullable Throwable cause) {
        this(message, Outcome.NOT_SENT, cause);
    }

    /** A refusal that ended more sends than the one it was about: any of the others may have been stored before. */
    public AuthenticationException(String message, Outcome outcome, @Nullable Throwable cause) {
        super(message, cause);
        this.outcome = outcome;
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }
}
