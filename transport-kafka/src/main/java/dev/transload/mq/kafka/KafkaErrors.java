package dev.transload.mq.kafka;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessageTooLargeException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import dev.transload.mq.spi.Outgoing;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.BootstrapResolutionException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.IllegalGenerationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.StaleMemberEpochException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** What the client's exceptions mean to an application. The only place that decides it. */
final class KafkaErrors {

    private KafkaErrors() {}

    /** What was thrown behind wrappers of futures. */
    static Throwable unwrapped(Throwable cause) {
        Throwable inner = cause;
        while ((inner instanceof ExecutionException || inner instanceof CompletionException)
                && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** No connection could be made. */
    static MessagingException connecting(String where, Throwable cause) {
        Throwable inner = unwrapped(cause);
        if (isRefusal(inner)) {
            return new AuthenticationException("kafka: " + where + " refused the credentials", inner);
        }
        if (inner instanceof MessagingException known) {
            return known;
        }
        return new ConnectionLostException("kafka: cannot reach " + where, Outcome.NOT_SENT, inner);
    }

    private static boolean isRefusal(Throwable inner) {
        return inner instanceof org.apache.kafka.common.errors.AuthenticationException
                || inner instanceof AuthorizationException
                || (inner instanceof KafkaException && inner.getCause() != null && isRefusal(inner.getCause()));
    }

    /** A question or an order about something at the broker failed. */
    static MessagingException operation(String what, Throwable cause) {
        Throwable inner = unwrapped(cause);
        if (inner instanceof MessagingException known) {
            return known;
        }
        String message = "kafka: cannot " + what + ": " + text(inner);
        if (isRefusal(inner)) {
            return new AuthenticationException(message, inner);
        }
        if (isMissing(inner)) {
            return new DestinationNotFoundException(message, inner);
        }
        if (isLost(inner)) {
            return new ConnectionLostException("kafka: no answer, cannot " + what, Outcome.NOT_SENT, inner);
        }
        if (inner instanceof RetriableException) {
            return TransportException.temporary(message, inner);
        }
        if (isWrongAsk(inner)) {
            return TransportException.permanent(message, inner);
        }
        return TransportException.unknown(message, inner);
    }

    private static boolean isWrongAsk(Throwable inner) {
        return inner instanceof InvalidConfigurationException
                || inner instanceof InvalidTopicException
                || inner instanceof InvalidReplicationFactorException
                || inner instanceof InvalidPartitionsException
                || inner instanceof PolicyViolationException
                || inner instanceof ConfigException
                || inner instanceof IllegalArgumentException;
    }

    /** Whether no answer came. */
    static boolean isLost(Throwable cause) {
        Throwable inner = unwrapped(cause);
        return inner instanceof TimeoutException
                || inner instanceof DisconnectException
                || inner instanceof BootstrapResolutionException
                || inner instanceof java.util.concurrent.TimeoutException
                || inner instanceof InterruptedException
                || inner instanceof InterruptException;
    }

    /** Whether a topic or partition is not there. */
    static boolean isMissing(Throwable cause) {
        Throwable inner = unwrapped(cause);
        return inner instanceof UnknownTopicOrPartitionException || inner instanceof UnknownTopicIdException;
    }

    /** Whether no consumer with this one's settings, however new, can be a member of its group. */
    static boolean isFinalForMembers(KafkaException thrown) {
        return thrown instanceof AuthorizationException
                || thrown instanceof org.apache.kafka.common.errors.AuthenticationException
                || thrown instanceof InvalidGroupIdException
                || thrown instanceof InvalidTopicException
                || thrown instanceof InconsistentGroupProtocolException
                || thrown instanceof UnsupportedVersionException;
    }

    /**
     * Whether a consumer that threw this will not be a member of its group again: it joins by itself after having been
     * shut out, but not where its group is unknown or the broker answered something unheard of.
     */
    static boolean isTheEndOfMembership(KafkaException thrown) {
        return thrown instanceof ApiException
                && !(thrown instanceof RetriableException)
                && !(thrown instanceof UnknownMemberIdException)
                && !(thrown instanceof FencedMemberEpochException)
                && !(thrown instanceof StaleMemberEpochException)
                && !(thrown instanceof IllegalGenerationException)
                && !(thrown instanceof RebalanceInProgressException);
    }

    /** A record was refused, or its fate is not known. */
    static MessagingException sending(Outgoing outgoing, Exception cause, int maxRecordBytes) {
        String to = outgoing.to().name();
        if (cause instanceof RecordTooLargeException || cause instanceof RecordBatchTooLargeException) {
            return new MessageTooLargeException(to, "record", KafkaMessages.size(outgoing.message()), maxRecordBytes);
        }
        if (isRefusal(cause)) {
            return new AuthenticationException("kafka: may not send to " + to, cause);
        }
        if (isMissing(cause)) {
            return new DestinationNotFoundException("kafka: there is no topic " + to, cause);
        }
        if (cause instanceof InvalidTopicException) {
            return new DestinationNotFoundException("kafka: " + to + " is no name of a topic", cause);
        }
        if (cause instanceof IllegalStateException) {
            return new ClientClosedException("kafka: closed, cannot send to " + to, cause);
        }
        if (cause instanceof TimeoutException || cause instanceof RetriableException) {
            return TransportException.unknown("kafka: no answer to a send to " + to + ": " + text(cause), cause);
        }
        if (isWrongAsk(cause)) {
            return TransportException.permanent("kafka: cannot send to " + to + ": " + text(cause), cause);
        }
        return TransportException.unknown("kafka: cannot send to " + to + ": " + text(cause), cause);
    }

    /** The client's words, which name topics and addresses but no content; configuration errors may hold secrets. */
    private static String text(Throwable cause) {
        String message = cause instanceof ConfigException ? null : cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
