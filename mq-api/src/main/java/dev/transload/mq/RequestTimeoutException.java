package dev.transload.mq;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** No reply came in time. The request has expired too, so no server starts on it any more. */
public final class RequestTimeoutException extends MessagingException {

    private static final long serialVersionUID = 1L;

    public RequestTimeoutException(String destination, Duration timeout) {
        super("no reply from " + requireNonNull(destination, "destination") + " within " + timeout, null);
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public Outcome outcome() {
        return Outcome.UNKNOWN;
    }
}
