package dev.transload.mq.benchmarks;

import dev.transload.mq.Message;
import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What one message costs inside the engine, over a transport that does nothing. An invocation is a batch of messages
 * from the first call to the last settle, so all threads' work is in it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseParallelGC"})
@State(Scope.Benchmark)
public class EngineBenchmark {

    private static final int MESSAGES = 10_000;
    private static final Queue<byte[]> QUEUE = Queue.of("bench", byte[].class);

    /** Bytes of payload. */
    @Param({"128", "1024"})
    public int payload;

    private byte[] body = new byte[0];

    /** Makes the payload. */
    @Setup
    public void fill() {
        body = new byte[payload];
    }

    /** A client that only sends. */
    @State(Scope.Benchmark)
    public static class Sender {
        private final MqClient mq = MqClient.connect("noop:");

        /** Ends it. */
        @TearDown(Level.Trial)
        public void close() {
            mq.close();
        }
    }

    /** A client with one subscription whose handler does nothing. */
    @State(Scope.Benchmark)
    public static class Consumer {
        /** Handlers at once. */
        @Param({"1", "8"})
        public int concurrency;

        final MqClient mq = MqClient.connect("noop:");
        final NoopTransport transport = mq.unwrap(NoopTransport.class).orElseThrow();

        /** Subscribes. */
        @Setup(Level.Trial)
        public void subscribe() {
            mq.subscribe(
                    QUEUE,
                    delivery -> {},
                    SubscribeOptions.builder().concurrency(concurrency).build());
        }

        /** Ends it. */
        @TearDown(Level.Trial)
        public void close() {
            mq.close();
        }
    }

    /** The same, and what is sent comes back. */
    @State(Scope.Benchmark)
    public static class Loop extends Consumer {
        /** Closes the circle. */
        @Setup(Level.Trial)
        public void join() {
            transport.loopSendsBack();
        }
    }

    /** {@code sendAsync} of many messages and the completion of all their futures. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public String send(Sender sender) {
        CompletableFuture<String> last = CompletableFuture.completedFuture("");
        for (int i = 0; i < MESSAGES; i++) {
            last = sender.mq.sendAsync(QUEUE, body);
        }
        return last.join();
    }

    /** From the transport's thread through the handler to the ack. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int consume(Consumer consumer) {
        NoopFeed feed = consumer.transport.feed();
        feed.deliverAll(
                Message.builder("0196f0c3-1111-7000-8000-000000000000", body).build(), MESSAGES);
        return feed.settled();
    }

    /** Both: sent, delivered, handled, acked. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int endToEnd(Loop loop) {
        NoopFeed feed = loop.transport.feed();
        int goal = feed.settled() + MESSAGES;
        CompletableFuture<String> last = CompletableFuture.completedFuture("");
        for (int i = 0; i < MESSAGES; i++) {
            last = loop.mq.sendAsync(QUEUE, body);
        }
        last.join();
        feed.awaitSettled(goal);
        return feed.settled();
    }
}
