package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import org.jspecify.annotations.Nullable;

/** What the client's exceptions mean to an application. The only place that decides it. */
final class RabbitMqErrors {

    static final int ACCESS_REFUSED = 403;
    static final int NOT_FOUND = 404;
    static final int PRECONDITION_FAILED = 406;

    private RabbitMqErrors() {}

    /** A connection could not be made. */
    static MessagingException connecting(String where, Throwable cause) {
        if (cause instanceof AuthenticationFailureException
                || cause instanceof PossibleAuthenticationFailureException) {
            return new AuthenticationException("rabbitmq: " + where + " refused the credentials", cause);
        }
        ShutdownSignalException signal = signal(cause);
        if (signal != null) {
            int code = code(signal);
            if (code == ACCESS_REFUSED || code == 530) {
                return new AuthenticationException(
                        "rabbitmq: " + where + " refused access to the virtual host: " + text(signal), cause);
            }
        }
        return new ConnectionLostException("rabbitmq: cannot reach " + where, Outcome.NOT_SENT, cause);
    }

    /** An operation on a broker object failed. */
    static MessagingException operation(String what, Throwable cause) {
        if (cause instanceof MessagingException known) {
            return known;
        }
        ShutdownSignalException signal = signal(cause);
        if (signal != null && !signal.isHardError()) {
            String message = "rabbitmq: cannot " + what + ": " + text(signal);
            return switch (code(signal)) {
                case NOT_FOUND -> new DestinationNotFoundException(message, cause);
                case ACCESS_REFUSED -> new AuthenticationException(message, cause);
                case PRECONDITION_FAILED -> new DestinationMismatchException(message, cause);
                default -> TransportException.temporary(message, cause);
            };
        }
        if (cause instanceof IllegalArgumentException) {
            return TransportException.permanent("rabbitmq: cannot " + what + ": " + cause.getMessage(), cause);
        }
        return new ConnectionLostException("rabbitmq: connection lost, cannot " + what, Outcome.NOT_SENT, cause);
    }

    /** The shutdown behind an exception, or null. */
    static @Nullable ShutdownSignalException signal(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof ShutdownSignalException s) {
                if (t instanceof AlreadyClosedException && t.getCause() != null) {
                    continue;
                }
                return s;
            }
        }
        return null;
    }

    /** Reply code of a shutdown, 0 if it has none. */
    static int code(ShutdownSignalException signal) {
        Method reason = signal.getReason();
        if (reason instanceof AMQP.Channel.Close close) {
            return close.getReplyCode();
        }
        if (reason instanceof AMQP.Connection.Close close) {
            return close.getReplyCode();
        }
        return 0;
    }

    /** Reply text of a shutdown, short and without the client's own words. */
    static String text(ShutdownSignalException signal) {
        Method reason = signal.getReason();
        if (reason instanceof AMQP.Channel.Close close) {
            return close.getReplyText();
        }
        if (reason instanceof AMQP.Connection.Close close) {
            return close.getReplyText();
        }
        return signal.isInitiatedByApplication() ? "closed by this client" : "connection lost";
    }
}
