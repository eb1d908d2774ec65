package dev.transload.mq.benchmarks;

import java.util.List;
import java.util.stream.Stream;

/** Consuming in a share group: the SDK beside the raw client on one Kafka, both with an ack for each message. */
public final class KafkaShareBenchmark implements Contest {

    private static final SdkStack.Tuning DEFAULTS = new SdkStack.Tuning(1_000, 0, 1);
    private static final SdkStack.Tuning WIDE = new SdkStack.Tuning(1_000, 1_000, 1);
    private static final SdkStack.Tuning WIDE_OF_EIGHT = new SdkStack.Tuning(1_000, 2_000, 8);
    /** Of the SDK: how many messages it holds at most unless told otherwise. */
    private static final int DEFAULT_PREFETCH = 250;

    private final String uri;

    private KafkaShareBenchmark(String uri) {
        this.uri = uri;
    }

    /** Runs what the arguments ask for, see {@link BenchmarkOptions#usage}; the only work is {@code consume}. */
    public static void main(String[] arguments) throws Exception {
        KafkaBenchmark.run(
                Stream.concat(Stream.of("--work", "consume"), Stream.of(arguments))
                        .toArray(String[]::new),
                KafkaShareBenchmark::new);
    }

    @Override
    public String title(Work work) {
        return "consume in a share group, an explicit ack for each message";
    }

    @Override
    public int messages(Work work) {
        return 100_000;
    }

    @Override
    public Stack raw(String name) throws Exception {
        return new RawKafkaShare(name, KafkaBenchmark.bootstrap(uri), 0);
    }

    @Override
    public List<Stack> sdk(Work work) throws Exception {
        if (work != Work.CONSUME) {
            throw new IllegalArgumentException(
                    "share groups are compared by --work consume only, was --work " + work.word());
        }
        String shared = uri + (uri.contains("?") ? "&" : "?") + "queues=share";
        return List.of(
                new SdkStack("sdk", shared, DEFAULTS),
                new RawKafkaShare("raw-250", KafkaBenchmark.bootstrap(uri), DEFAULT_PREFETCH),
                new SdkStack("sdk-1000", shared, WIDE),
                new RawKafkaShare("raw-1000", KafkaBenchmark.bootstrap(uri), WIDE.prefetch()),
                new SdkStack("sdk-8", shared, WIDE_OF_EIGHT));
    }

    @Override
    public Filler filler() throws Exception {
        return RawKafka.plain("filler", KafkaBenchmark.bootstrap(uri));
    }
}
