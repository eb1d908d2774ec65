package dev.transload.mq.benchmarks;

import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The SDK beside Jedis on one Redis. */
public final class RedisBenchmark implements Contest {

    private static final SdkStack.Tuning DEFAULTS = new SdkStack.Tuning(1_000, 0, 1);

    /** Names the directory with the program that uses BullMQ; without it, that is not measured. */
    private static final String BULL_MQ = "mq.bench.bullmq";

    private final String uri;

    private RedisBenchmark(String uri) {
        this.uri = uri;
    }

    /** Runs what the arguments ask for, see {@link BenchmarkOptions#usage}. */
    public static void main(String[] arguments) throws Exception {
        String usage = BenchmarkOptions.usage("redis://localhost:6379", "100,000");
        if (List.of(arguments).contains("--help")) {
            System.out.print(usage);
            return;
        }
        BenchmarkOptions options = BenchmarkOptions.parse(usage, arguments);
        String uri = options.uri();
        if (uri == null) {
            uri = RedisBroker.shared(RedisVersion.V8).uri().toString();
        }
        new Comparison(new RedisBenchmark(uri), options, System.out).run();
    }

    @Override
    public String title(Work work) {
        return switch (work) {
            case SEND -> "pipelined send";
            case CONSUME -> "consume in a group, deleting what is acked";
            case ONE_BY_ONE -> "send one by one";
            case REQUEST -> "request and reply";
        };
    }

    @Override
    public int messages(Work work) {
        return work.timed() ? 4_000 : 100_000;
    }

    @Override
    public Stack raw(String name) {
        return new RawRedis(name, uri, RawRedis.BATCH, false);
    }

    @Override
    public List<Stack> sdk(Work work) throws IOException {
        List<Stack> stacks = new ArrayList<>();
        stacks.add(new SdkStack("sdk", uri, DEFAULTS));
        if (work == Work.CONSUME) {
            stacks.add(new SdkStack("sdk-8", uri, DEFAULTS.concurrency(8)));
        } else if (work != Work.REQUEST) {
            stacks.add(new RawRedis("raw-described", uri, RawRedis.BATCH, true));
        }
        if (!work.timed()) {
            stacks.add(new RawRedis("raw-500", uri, RawRedis.LONG_BATCH, false));
        }
        String bullMq = System.getProperty(BULL_MQ);
        if (bullMq != null && !work.timed()) {
            stacks.add(new BullMqStack(Path.of(bullMq), uri));
        }
        return stacks;
    }

    @Override
    public Filler filler() {
        return new SdkFiller(uri);
    }
}
