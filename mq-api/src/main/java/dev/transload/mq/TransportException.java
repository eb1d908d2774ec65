package dev.transload.mq;

import org.jspecify.annotations.Nullable;

/** The broker or the network failed. */
public final class TransportException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final boolean retryable;
    private final Outcome outcome;

    private TransportException(String message, @Nullable Throwable cause, boolean retryable, Outcome outcome) {
        super(message, cause);
        this.retryable = retryable;
        this.outcome = outcome;
    }

    /** A throttled call, a full queue, a broker that is starting: worth another try; nothing was stored. */
    public static TransportException temporary(String message, @Nullable Throwable cause) {
        return new TransportException(message, cause, true, Outcome.NOT_SENT);
    }

    /** A call whose answer never came: worth another try; the broker may have acted on this one. */
    public static TransportException unknown(String message, @Nullable Throwable cause) {
        return new TransportException(message, cause, true, Outcome.UNKNOWN);
    }

    /** A refusal that another try will meet again; nothing was stored. */
    public static TransportException permanent(String message, @Nullable Throwable cause) {
        return permanent(message, Outcome.NOT_SENT, cause);
    }

    /** A refusal that another try will meet again; what became of the message is said by the outcome. */
    public static TransportException permanent(String message, Outcome outcome, @Nullable Throwable cause) {
        return new TransportException(message, cause, false, outcome);
    }

    @Override
    public boolean retryable() {
        return retryable;
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }
}
