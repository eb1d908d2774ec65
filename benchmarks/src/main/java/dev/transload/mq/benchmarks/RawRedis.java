package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XAddParams;

/** The work by hand on Jedis and streams, tuned: pipelines, an acknowledgement and a deletion per batch. */
final class RawRedis implements Stack {

    /** Entries of one pipeline, and of one read, by the method. */
    static final int BATCH = 100;

    /** Those of a program that goes for throughput alone. */
    static final int LONG_BATCH = 500;

    private static final byte[] ID = bytes("mq-id");
    private static final byte[] TIMESTAMP = bytes("mq-timestamp");
    private static final byte[] BODY = bytes("body");
    private static final byte[] GROUP = bytes("bench");
    private static final byte[] CONSUMER = bytes("one");

    private final String name;
    private final URI uri;
    private final byte[] stream;
    private final Jedis jedis;
    private final int batch;
    private final boolean described;
    private @Nullable RawRedisRequests requests;

    /**
     * @param batch entries of one pipeline, and of one read
     * @param described whether each message it sends has what the SDK gives to every one: an id, the type of its content,
     *     and when it was sent
     */
    RawRedis(String name, String uri, int batch, boolean described) {
        this.name = name;
        this.batch = batch;
        this.described = described;
        this.uri = URI.create(uri);
        this.stream = bytes(queue());
        this.jedis = new Jedis(this.uri);
        jedis.del(stream);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Makes a group that reads the stream from its beginning, unless it is there. */
    static void group(Jedis jedis, byte[] stream, byte[] group) {
        try {
            jedis.xgroupCreate(stream, group, bytes("0"), true);
        } catch (JedisDataException there) {
            if (!String.valueOf(there.getMessage()).startsWith("BUSYGROUP")) {
                throw there;
            }
        }
    }

    /** Reads what no one has read yet; each entry is a list of its id and its fields. */
    static List<?> read(Jedis jedis, byte[] stream, byte[] group, int most) {
        Object answer = jedis.sendBlockingCommand(
                Command.XREADGROUP,
                bytes("GROUP"),
                group,
                CONSUMER,
                bytes("COUNT"),
                bytes(Integer.toString(most)),
                bytes("BLOCK"),
                bytes("100"),
                bytes("STREAMS"),
                stream,
                bytes(">"));
        return entries(answer);
    }

    /** The entries of the one stream of an answer, none if it timed out. */
    static List<?> entries(@Nullable Object answer) {
        if (!(answer instanceof List<?> streams) || streams.isEmpty()) {
            return List.of();
        }
        return (List<?>) ((List<?>) streams.get(0)).get(1);
    }

    /** The id of an entry. */
    static byte[] id(Object entry) {
        return (byte[]) ((List<?>) entry).get(0);
    }

    /** The value of an entry's field at that place among its fields and values. */
    static byte[] value(Object entry, int place) {
        return (byte[]) ((List<?>) ((List<?>) entry).get(1)).get(place);
    }

    /** Acknowledges entries and deletes them, in one go. */
    static void settle(Pipeline pipeline, byte[] stream, byte[] group, List<?> entries) {
        byte[][] ids = entries.stream().map(RawRedis::id).toArray(byte[][]::new);
        pipeline.xack(stream, group, ids);
        pipeline.xdel(stream, ids);
        pipeline.sync();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String queue() {
        return "bench-" + name;
    }

    @Override
    public Sample send(int messages, byte[] body) {
        Meter meter = new Meter();
        Map<byte[], byte[]> plain = Map.of(BODY, body);
        XAddParams anyId = XAddParams.xAddParams();
        meter.start();
        try (Pipeline pipeline = jedis.pipelined()) {
            for (int i = 1; i <= messages; i++) {
                pipeline.xadd(stream, anyId, described ? described(body) : plain);
                if (i % batch == 0) {
                    pipeline.sync();
                }
            }
        }
        meter.stop();
        jedis.del(stream);
        return meter.sample(messages, new long[0]);
    }

    private static Map<byte[], byte[]> described(byte[] body) {
        return Map.of(
                ID, bytes(Stack.newId()),
                TIMESTAMP, bytes(Long.toString(System.currentTimeMillis())),
                BODY, body);
    }

    @Override
    public Sample consume(int messages) {
        Meter meter = new Meter();
        group(jedis, stream, GROUP);
        int handled = 0;
        try (Pipeline pipeline = jedis.pipelined();
                Jedis reading = new Jedis(uri)) {
            while (handled < messages) {
                List<?> entries = read(reading, stream, GROUP, batch);
                if (handled == 0 && !entries.isEmpty()) {
                    meter.start();
                }
                for (Object entry : entries) {
                    if (value(entry, 1).length > 0) {
                        handled++;
                    }
                }
                if (!entries.isEmpty()) {
                    settle(pipeline, stream, GROUP, entries);
                }
            }
            meter.stop();
        }
        return meter.sample(messages, new long[0]);
    }

    @Override
    public Sample sendOneByOne(int messages, byte[] body) {
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        Map<byte[], byte[]> plain = Map.of(BODY, body);
        XAddParams anyId = XAddParams.xAddParams();
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            jedis.xadd(stream, anyId, described ? described(body) : plain);
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        jedis.del(stream);
        return meter.sample(messages, latencies);
    }

    @Override
    public Sample request(int messages, byte[] body) {
        RawRedisRequests asking = requests;
        if (asking == null) {
            asking = new RawRedisRequests(queue(), uri);
            requests = asking;
        }
        return asking.ask(messages, body);
    }

    @Override
    public void close() throws Exception {
        if (requests != null) {
            requests.close();
        }
        jedis.del(stream);
        jedis.close();
    }
}
