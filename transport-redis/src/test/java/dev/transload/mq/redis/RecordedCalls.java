package dev.transload.mq.redis;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.exceptions.JedisDataException;

/** Writes down what calls are submitted, and answers none. */
final class RecordedCalls implements Commands {

    private final List<RedisCall> all = new CopyOnWriteArrayList<>();
    private final Supplier<Wire> door;

    RecordedCalls() {
        this(() -> {
            throw new UnsupportedOperationException();
        });
    }

    /** @param door makes the connections that are asked for */
    RecordedCalls(Supplier<Wire> door) {
        this.door = door;
    }

    List<RedisCall> all() {
        return all;
    }

    @Override
    public void submit(RedisCall call) {
        all.add(call);
    }

    @Override
    public void watch(Link watcher) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unblock(HostAndPort server, long connectionId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Wire connect(byte[] key) {
        return door.get();
    }

    @Override
    public void strayed(JedisDataException told) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<Void> stop() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
