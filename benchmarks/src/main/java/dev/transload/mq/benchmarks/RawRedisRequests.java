package dev.transload.mq.benchmarks;

import static dev.transload.mq.benchmarks.RawRedis.bytes;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.net.URI;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.params.XAddParams;

/**
 * Requests by hand: a stream of requests with one who answers on a thread of its own, and a short stream of replies that
 * the asking side reads from where it is.
 */
final class RawRedisRequests implements AutoCloseable {

    private static final byte[] BODY = bytes("body");
    private static final byte[] GROUP = bytes("servers");
    private static final long LIMIT_NANOS = 30_000_000_000L;
    private static final int KEPT = 100;

    private final byte[] requests;
    private final byte[] replies;
    private final URI uri;
    private final Jedis asking;
    private final Thread server;
    private volatile boolean closing;
    private byte[] seen = bytes("0-0");

    RawRedisRequests(String name, URI uri) {
        this.requests = bytes(name + "-requests");
        this.replies = bytes(name + "-replies");
        this.uri = uri;
        this.asking = new Jedis(uri);
        asking.del(requests, replies);
        RawRedis.group(asking, requests, GROUP);
        this.server = new Thread(this::answer, "bench-" + name + "-answers");
        server.setDaemon(true);
        server.start();
    }

    Sample ask(int messages, byte[] body) {
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        Map<byte[], byte[]> request = Map.of(BODY, body);
        XAddParams anyId = XAddParams.xAddParams();
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            asking.xadd(requests, anyId, request);
            awaitReply(start + LIMIT_NANOS);
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        return meter.sample(messages, latencies);
    }

    // One request is under way at a time, so the next reply is its own.
    private void awaitReply(long deadline) {
        while (true) {
            List<?> entries = RawRedis.entries(asking.sendBlockingCommand(
                    Command.XREAD,
                    bytes("COUNT"),
                    bytes("1"),
                    bytes("BLOCK"),
                    bytes("100"),
                    bytes("STREAMS"),
                    replies,
                    seen));
            if (!entries.isEmpty()) {
                seen = RawRedis.id(entries.get(0));
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no reply");
            }
        }
    }

    private void answer() {
        XAddParams few = XAddParams.xAddParams().maxLen(KEPT).approximateTrimming();
        try (Jedis reading = new Jedis(uri);
                Jedis writing = new Jedis(uri);
                Pipeline pipeline = writing.pipelined()) {
            while (!closing) {
                List<?> entries = RawRedis.read(reading, requests, GROUP, RawRedis.BATCH);
                for (Object entry : entries) {
                    pipeline.xadd(replies, few, Map.of(BODY, RawRedis.value(entry, 1)));
                }
                if (!entries.isEmpty()) {
                    RawRedis.settle(pipeline, requests, GROUP, entries);
                }
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closing = true;
        server.join();
        asking.del(requests, replies);
        asking.close();
    }
}
