package dev.transload.mq.benchmarks;

import dev.transload.mq.fixtures.KafkaBroker;
import dev.transload.mq.fixtures.KafkaVersion;
import java.util.List;
import java.util.function.Function;

/** The SDK beside the raw client on one Kafka. */
public final class KafkaBenchmark implements Contest {

    private static final SdkStack.Tuning DEFAULTS = new SdkStack.Tuning(1_000, 0, 1);

    private final String uri;

    private KafkaBenchmark(String uri) {
        this.uri = uri;
    }

    /** Runs what the arguments ask for, see {@link BenchmarkOptions#usage}. */
    public static void main(String[] arguments) throws Exception {
        run(arguments, KafkaBenchmark::new);
    }

    /** Runs a contest on the broker that the arguments name, or on one of its own. */
    static void run(String[] arguments, Function<String, Contest> contest) throws Exception {
        String usage = BenchmarkOptions.usage("kafka://localhost:9092", "300,000");
        if (List.of(arguments).contains("--help")) {
            System.out.print(usage);
            return;
        }
        BenchmarkOptions options = BenchmarkOptions.parse(usage, arguments);
        if (options.uri() != null) {
            new Comparison(contest.apply(options.uri()), options, System.out).run();
            return;
        }
        try (KafkaBroker broker = broker()) {
            new Comparison(contest.apply(broker.uri().toString()), options, System.out).run();
        }
    }

    /** Rounds write gigabytes; what lies far behind goes soon. */
    private static KafkaBroker broker() {
        return KafkaBroker.builder(KafkaVersion.newest())
                .forBenchmarks()
                .setting("log.segment.bytes", "67108864")
                .setting("log.retention.bytes", "268435456")
                .setting("log.retention.check.interval.ms", "5000")
                .setting("log.segment.delete.delay.ms", "1000")
                .start();
    }

    @Override
    public String title(Work work) {
        return switch (work) {
            case SEND -> "pipelined send, acks=all, idempotent";
            case CONSUME -> "consume in a group";
            case ONE_BY_ONE -> "send one by one";
            case REQUEST -> "request and reply";
        };
    }

    @Override
    public int messages(Work work) {
        return work.timed() ? 4_000 : 300_000;
    }

    @Override
    public Stack raw(String name) throws Exception {
        return RawKafka.plain(name, bootstrap(uri));
    }

    @Override
    public List<Stack> sdk(Work work) throws Exception {
        Stack plain = new SdkStack("sdk", uri, DEFAULTS);
        return switch (work) {
            case SEND ->
                List.of(
                        plain,
                        bounded(3_000),
                        batches("sdk-all"),
                        rawDescribed(),
                        RawKafka.bounded("raw-1000", bootstrap(uri), DEFAULTS.window()));
            case CONSUME -> List.of(plain, new SdkStack("sdk-8", uri, DEFAULTS.concurrency(8)));
            case ONE_BY_ONE -> List.of(plain, rawDescribed());
            case REQUEST -> List.of(plain);
        };
    }

    private Stack bounded(int sends) {
        SdkStack.Tuning window = new SdkStack.Tuning(sends, 0, 1);
        return new SdkStack("sdk-" + sends, uri + "?maxOutstandingSends=" + sends, window);
    }

    /** By {@code sendAll}, bounded so that two requests of the producer are under way. */
    private Stack batches(String name) {
        SdkStack.Tuning batches = new SdkStack.Tuning(3_000, 0, 1, 50_000);
        return new SdkStack(name, uri + "?maxOutstandingSends=" + batches.window(), batches);
    }

    private Stack rawDescribed() throws Exception {
        return RawKafka.described("raw-described", bootstrap(uri));
    }

    @Override
    public Filler filler() throws Exception {
        return RawKafka.plain("filler", bootstrap(uri));
    }

    static String bootstrap(String uri) {
        return uri.substring(uri.indexOf("://") + 3).replaceFirst("[/?].*", "");
    }
}
