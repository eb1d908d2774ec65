package dev.transload.mq.redis;

import dev.transload.mq.TransportException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What a send waits for beside the server's answer: replicas that have it, and the server's disk. Immutable.
 *
 * @param replicas how many replicas must have it
 * @param disk whether it must be on the disk of the server, and of the replicas that are waited for
 * @param timeoutMillis how long
 */
record Confirmation(int replicas, boolean disk, int timeoutMillis) {

    boolean isAsked() {
        return replicas > 0 || disk;
    }

    /** The command that waits for all that was written before it on the same connection. */
    RedisCall call() {
        RedisCall.Answer unheard = RedisCall.Answer.of(answer -> {}, cause -> {});
        return disk
                ? RedisCall.of(Command.WAITAOF, unheard, Bytes.of(1), Bytes.of(replicas), Bytes.of(timeoutMillis))
                : RedisCall.of(Command.WAIT, unheard, Bytes.of(replicas), Bytes.of(timeoutMillis));
    }

    /** What was missing by the answer to {@link #call}, or null if nothing was. */
    @Nullable
    TransportException missing(@Nullable Object answer) {
        if (answer instanceof JedisDataException refused) {
            return TransportException.unknown(
                    "redis: the send was stored and could not be waited for: " + RedisErrors.code(refused), refused);
        }
        long local = disk ? Bytes.number(answer instanceof List<?> both ? both.get(0) : null) : 1;
        long others = Bytes.number(answer instanceof List<?> both && both.size() > 1 ? both.get(1) : answer);
        if (local >= 1 && others >= replicas) {
            return null;
        }
        String has = (disk ? (local >= 1 ? "on" : "not on") + " the server's disk, " : "") + others + " of " + replicas
                + " replicas";
        return TransportException.unknown(
                "redis: the send was stored, but after " + timeoutMillis + " ms it was " + has, null);
    }

    /** For people. */
    String text() {
        if (!isAsked()) {
            return "";
        }
        String copies = replicas == 0 ? "" : replicas + (replicas == 1 ? " replica" : " replicas");
        return disk
                ? "on the server's disk" + (copies.isEmpty() ? "" : " and that of " + copies)
                        + ", which a send waits for"
                : "with " + copies + ", which a send waits for";
    }
}
