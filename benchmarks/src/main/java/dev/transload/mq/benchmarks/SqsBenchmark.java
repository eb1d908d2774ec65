package dev.transload.mq.benchmarks;

import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.SqsBroker;
import dev.transload.mq.fixtures.SqsVersion;
import dev.transload.mq.sqs.SqsUsage;
import java.net.URI;
import java.util.List;

/** The SDK beside the AWS SDK on one emulator of SQS. */
public final class SqsBenchmark implements Contest {

    private static final SdkStack.Tuning DEFAULTS = new SdkStack.Tuning(1_000, 0, 1);

    private final URI endpoint;
    private final String uri;

    private SqsBenchmark(URI endpoint) {
        this.endpoint = endpoint;
        this.uri = "sqs://" + SqsBroker.ACCESS_KEY + ":" + SqsBroker.SECRET_KEY + "@" + endpoint.getHost() + ":"
                + endpoint.getPort() + "?region=" + SqsBroker.REGION + "&topics=none&maxMessageBytes=262144";
    }

    /** Runs what the arguments ask for, see {@link BenchmarkOptions#usage}. */
    public static void main(String[] arguments) throws Exception {
        String usage = BenchmarkOptions.usage("http://localhost:9324", "10,000");
        if (List.of(arguments).contains("--help")) {
            System.out.print(usage);
            return;
        }
        BenchmarkOptions options = BenchmarkOptions.parse(usage, arguments);
        if (options.uri() != null) {
            new Comparison(new SqsBenchmark(URI.create(options.uri())), options, System.out).run();
            return;
        }
        try (SqsBroker broker =
                SqsBroker.builder(SqsVersion.ELASTICMQ).forBenchmarks().start()) {
            new Comparison(new SqsBenchmark(broker.endpoint()), options, System.out).run();
        }
    }

    @Override
    public String title(Work work) {
        return switch (work) {
            case SEND -> "batched send";
            case CONSUME -> "receive and delete";
            case ONE_BY_ONE -> "send one by one";
            case REQUEST -> "request and reply";
        };
    }

    @Override
    public int messages(Work work) {
        return work.timed() ? 1_000 : 10_000;
    }

    @Override
    public Stack raw(String name) {
        return new RawSqs(name, endpoint, false);
    }

    @Override
    public List<Stack> sdk(Work work) {
        Stack plain = sdk("sdk", DEFAULTS);
        return switch (work) {
            case CONSUME -> List.of(plain, sdk("sdk-8", DEFAULTS.concurrency(8)));
            case SEND, ONE_BY_ONE -> List.of(plain, new RawSqs("raw-described", endpoint, true));
            case REQUEST -> List.of(plain);
        };
    }

    private Stack sdk(String name, SdkStack.Tuning tuning) {
        return new SdkStack(name, uri, tuning, SqsBenchmark::requests);
    }

    private static long requests(MqClient client) {
        return client.unwrap(SqsUsage.class).map(SqsUsage::requests).orElse(-1L);
    }

    @Override
    public Filler filler() {
        return new SdkFiller(uri);
    }
}
