package dev.transload.mq.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Calls that are written together and then answered together.
 *
 * <p>Not thread-safe; it goes from the one who writes it to the one who reads the answers.
 */
final class CallBatch {

    private final List<RedisCall> calls;
    private final boolean waits;
    private int commands;
    private @Nullable JedisException failure;
    /** What was answered, if that is read. */
    private @Nullable List<Object> read;

    /** @param confirmation what sends among them wait for */
    private CallBatch(List<RedisCall> calls, Confirmation confirmation) {
        this.calls = calls;
        this.waits = confirmation.isAsked() && calls.stream().anyMatch(RedisCall::isSend);
    }

    static CallBatch of(RedisCall call, Confirmation confirmation) {
        return new CallBatch(List.of(call), confirmation);
    }

    /** Settles of one consumer become one call. */
    static CallBatch of(List<RedisCall> calls, Confirmation confirmation) {
        List<RedisCall> result = new ArrayList<>(calls.size());
        Map<Object, BatchedCall> open = new HashMap<>();
        BatchedCall last = null;
        for (RedisCall call : calls) {
            if (call instanceof BatchedCall batched && !call.isGuest()) {
                BatchedCall before = last != null && last.together().equals(batched.together())
                        ? last
                        : open.get(batched.together());
                if (before != null && before.join(batched)) {
                    continue;
                }
                open.put(batched.together(), batched);
                last = batched;
            }
            result.add(call);
        }
        return new CallBatch(result, confirmation);
    }

    List<RedisCall> calls() {
        return calls;
    }

    /** Writes all, and notes if that fails. */
    void write(@Nullable Wire to, Uncopied written, Confirmation confirmation) {
        try {
            if (to == null) {
                throw new JedisException("no connection");
            }
            for (RedisCall call : calls) {
                if (call.isGuest()) {
                    to.sendCommand(Command.ASKING);
                    commands++;
                }
                to.sendCommand(written.of(call));
                commands++;
            }
            if (waits) {
                to.sendCommand(written.of(confirmation.call()));
                commands++;
            }
            to.sendOff();
        } catch (RuntimeException e) {
            failure = e instanceof JedisException told ? told : new JedisException(e);
        } finally {
            written.forget();
        }
    }

    /**
     * Reads the answer to the only call if it comes by then; notes if that fails.
     *
     * @return whether it is there, and no error
     */
    boolean isAnswered(@Nullable Wire from, int millis) {
        if (failure != null || from == null || commands > 1) {
            return false;
        }
        try {
            if (!from.isAnswering(millis)) {
                return false;
            }
            read = from.getMany(commands);
        } catch (JedisException e) {
            failure = e;
            return false;
        }
        return !(read.get(0) instanceof JedisDataException);
    }

    /**
     * Reads the answers to all that was written, in that order.
     *
     * @throws JedisException if it could not be written, or not be read
     */
    List<Object> answers(@Nullable Wire from) {
        if (failure != null) {
            throw failure;
        }
        if (read != null) {
            return read;
        }
        if (from == null) {
            throw new JedisException("no connection");
        }
        return from.getMany(commands);
    }

    /** What its sends have waited for in vain by those answers; null if nothing is missing. */
    @Nullable
    RuntimeException missing(List<Object> answers, Confirmation confirmation) {
        return waits ? confirmation.missing(answers.get(answers.size() - 1)) : null;
    }
}
