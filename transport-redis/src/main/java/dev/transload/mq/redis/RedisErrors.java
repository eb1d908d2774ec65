package dev.transload.mq.redis;

import dev.transload.mq.AuthenticationException;
import dev.transload.mq.ClientClosedException;
import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.Outcome;
import dev.transload.mq.TransportException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** What the client's exceptions and the server's errors mean to an application. The only place that decides it. */
final class RedisErrors {

    private static final Set<String> REFUSALS = Set.of("NOAUTH", "WRONGPASS", "NOPERM");

    /** Nothing was done, and it may go on by itself. */
    private static final Set<String> PASSING = Set.of(
            "LOADING", "BUSY", "OOM", "MISCONF", "NOREPLICAS", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN");

    private static final Set<String> ELSEWHERE = Set.of("MOVED", "ASK", "TRYAGAIN", "CLUSTERDOWN");

    private RedisErrors() {}

    /** First word of an error of the server's, such as {@code NOGROUP}; empty text if it is none. */
    static String code(@Nullable Throwable cause) {
        if (!(cause instanceof JedisDataException) || cause.getMessage() == null) {
            return "";
        }
        String text = cause.getMessage();
        int end = text.indexOf(' ');
        return end < 0 ? text : text.substring(0, end);
    }

    /** Whether a stream or its group is not there. */
    static boolean isMissing(@Nullable Throwable cause) {
        return code(cause).equals("NOGROUP")
                || (code(cause).equals("UNBLOCKED") && !isSteppingDown(cause))
                || (cause instanceof JedisDataException
                        && String.valueOf(cause.getMessage()).contains("no such key"));
    }

    /** Whether the server stopped being one that takes writes, or is not one yet. */
    static boolean isNoLongerServing(@Nullable Throwable cause) {
        String code = code(cause);
        return code.equals("READONLY") || code.equals("LOADING") || code.equals("MASTERDOWN") || isSteppingDown(cause);
    }

    // What waits at a server that becomes a replica is told so by the code of what waits for a key that goes.
    private static boolean isSteppingDown(@Nullable Throwable cause) {
        return code(cause).equals("UNBLOCKED")
                && cause != null
                && String.valueOf(cause.getMessage()).contains("instance state changed");
    }

    /** Whether a node of a cluster does not have the key, or the cluster nobody that serves it now. Nothing was done. */
    static boolean isElsewhere(@Nullable Throwable cause) {
        return ELSEWHERE.contains(code(cause));
    }

    static boolean isRefusal(@Nullable Throwable cause) {
        return cause instanceof JedisAccessControlException || REFUSALS.contains(code(cause));
    }

    /** No connection could be made. */
    static MessagingException connecting(String where, Throwable cause) {
        for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
            if (isRefusal(inner)) {
                return new AuthenticationException("redis: " + where + " refused the credentials", inner);
            }
            if (inner instanceof MessagingException known) {
                return known;
            }
        }
        return new ConnectionLostException("redis: cannot reach " + where, Outcome.NOT_SENT, cause);
    }

    /** What was asked of the server failed. */
    static MessagingException operation(String what, Throwable cause) {
        if (cause instanceof MessagingException known) {
            return known;
        }
        if (cause instanceof JedisConnectionException) {
            return new ConnectionLostException("redis: no answer, cannot " + what, Outcome.UNKNOWN, cause);
        }
        if (!(cause instanceof JedisDataException)) {
            return TransportException.unknown("redis: cannot " + what + ": " + cause, cause);
        }
        String message = "redis: cannot " + what + ": " + code(cause);
        if (isRefusal(cause)) {
            return new AuthenticationException(message, cause);
        }
        if (isMissing(cause)) {
            return new DestinationNotFoundException(message, cause);
        }
        if (PASSING.contains(code(cause))) {
            return TransportException.temporary(message, cause);
        }
        // The text of others may repeat arguments.
        return TransportException.permanent(message, cause);
    }

    static ClientClosedException closed(String what) {
        return new ClientClosedException("redis: closed, cannot " + what, null);
    }
}
