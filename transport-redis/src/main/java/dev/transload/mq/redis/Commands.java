package dev.transload.mq.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The way to the server, or to the one of a cluster that has a key: calls that do not wait there, and connections for
 * those that do.
 *
 * <p>Thread-safe.
 */
interface Commands extends AutoCloseable {

    /** Told of the connection; on a thread that answers are told on, which must not be blocked. */
    interface Link {

        /** The connection is gone, or one of those to a cluster. */
        void down(String why);

        /** All are there again, and calls can be made. */
        void up();
    }

    void watch(Link watcher);

    /** Makes a call; its answer is told on a thread of its own, or at once if there is no connection. */
    void submit(RedisCall call);

    /** Makes a call whose answer is a future, completed on the thread that tells of answers. */
    default CompletableFuture<@Nullable Object> ask(Script script, List<byte[]> keys, List<byte[]> arguments) {
        CompletableFuture<@Nullable Object> future = new CompletableFuture<>();
        submit(RedisCall.of(
                script, RedisCall.Answer.of(future::complete, future::completeExceptionally), keys, arguments));
        return future;
    }

    /** Makes a call whose answer is a future, completed on the thread that tells of answers. */
    default CompletableFuture<@Nullable Object> ask(Command command, byte[]... arguments) {
        CompletableFuture<@Nullable Object> future = new CompletableFuture<>();
        submit(RedisCall.of(command, RedisCall.Answer.of(future::complete, future::completeExceptionally), arguments));
        return future;
    }

    /** Has the call return that waits on a connection, by the number that its server gave it. */
    void unblock(HostAndPort server, long connectionId);

    /** Makes a connection to the server that has a key; see {@link Connector#connect}. Blocks. */
    Wire connect(byte[] key);

    /** A connection was told that the key is somewhere else, or nowhere now. */
    void strayed(JedisDataException told);

    /** Answers what was asked before, then ends. */
    CompletableFuture<Void> stop();

    /** Ends at once. */
    @Override
    void close();
}
