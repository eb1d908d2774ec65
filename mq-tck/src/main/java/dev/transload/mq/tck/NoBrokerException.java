package dev.transload.mq.tck;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link MqTckProvider} that has no broker to offer, such as where there is no Docker. The cases are then
 * written down as not run; a certificate run fails.
 */
public final class NoBrokerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what is missing, and how to get it
     */
    public NoBrokerException(String message, @Nullable Throwable cause) {
        super(requireNonNull(message, "message"), cause);
    }
}
