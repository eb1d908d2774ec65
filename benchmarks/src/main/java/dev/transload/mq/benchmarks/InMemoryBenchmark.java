package dev.transload.mq.benchmarks;

import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
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

/** How fast messages of 1 KiB go through the in-memory broker: sent, stored, delivered, handled, acked. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseParallelGC"})
@State(Scope.Benchmark)
public class InMemoryBenchmark {

    private static final int MESSAGES = 10_000;
    private static final Queue<byte[]> QUEUE = Queue.of("bench", byte[].class);

    /** Handlers at once. */
    @Param({"1", "8"})
    public int concurrency;

    private final byte[] body = new byte[1_024];
    private final AtomicInteger handled = new AtomicInteger();
    private final MqClient mq = MqClient.connect("inmemory:bench");

    /** Subscribes. */
    @Setup(Level.Trial)
    public void subscribe() {
        mq.subscribe(
                QUEUE,
                delivery -> handled.incrementAndGet(),
                SubscribeOptions.builder().concurrency(concurrency).build());
    }

    /** Ends the client. */
    @TearDown(Level.Trial)
    public void close() {
        mq.close();
    }

    /** Messages a second, from the call of {@code sendAsync} to the end of the last handler. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public int sendAndHandle() {
        int goal = handled.get() + MESSAGES;
        CompletableFuture<String> last = CompletableFuture.completedFuture("");
        for (int i = 0; i < MESSAGES; i++) {
            last = mq.sendAsync(QUEUE, body);
        }
        last.join();
        while (handled.get() - goal < 0) {
            LockSupport.parkNanos(20_000);
        }
        return handled.get();
    }
}
