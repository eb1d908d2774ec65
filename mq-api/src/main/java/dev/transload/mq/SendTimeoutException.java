package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The broker did not confirm a message within the send timeout. */
public final class SendTimeoutException extends MessagingException {

    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    public SendTimeoutException(String destination, Duration timeout, Outcome outcome, @Nullable Throwable cause) {
        super(
                "send to " + requireNonNull(destination, "destination") + " was not confirmed within " + timeout
                        + ", outcome " + outcome,
                cause);
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
