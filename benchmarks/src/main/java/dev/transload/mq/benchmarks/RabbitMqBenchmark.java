package dev.transload.mq.benchmarks;

import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import java.util.List;

/** The SDK beside the raw client on one RabbitMQ. */
public final class RabbitMqBenchmark implements Contest {

    private static final SdkStack.Tuning TUNING = new SdkStack.Tuning(1_000, 250, 1);

    private final String uri;

    private RabbitMqBenchmark(String uri) {
        this.uri = uri;
    }

    /** Runs what the arguments ask for, see {@link BenchmarkOptions#usage}. */
    public static void main(String[] arguments) throws Exception {
        String usage = BenchmarkOptions.usage("amqp://guest:guest@localhost", "100,000");
        if (List.of(arguments).contains("--help")) {
            System.out.print(usage);
            return;
        }
        BenchmarkOptions options = BenchmarkOptions.parse(usage, arguments);
        String uri = options.uri();
        if (uri == null) {
            uri = RabbitMqBroker.shared(RabbitMqVersion.V4_3).uri().toString();
        }
        new Comparison(new RabbitMqBenchmark(uri), options, System.out).run();
    }

    @Override
    public String title(Work work) {
        return switch (work) {
            case SEND -> "pipelined confirmed send";
            case CONSUME -> "consume with ack, prefetch 250";
            case ONE_BY_ONE -> "send one by one";
            case REQUEST -> "request and reply";
        };
    }

    @Override
    public int messages(Work work) {
        return work.timed() ? 4_000 : 100_000;
    }

    @Override
    public Stack raw(String name) throws Exception {
        return new RawRabbitMq(name, uri);
    }

    @Override
    public List<Stack> sdk(Work work) {
        Stack plain = new SdkStack("sdk", uri, TUNING);
        return work == Work.CONSUME
                ? List.of(plain, new SdkStack("sdk-8", uri, TUNING.concurrency(8)))
                : List.of(plain);
    }

    @Override
    public Filler filler() throws Exception {
        return new RawRabbitMq("filler", uri);
    }
}
