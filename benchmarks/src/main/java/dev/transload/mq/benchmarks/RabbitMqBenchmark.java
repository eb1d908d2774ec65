package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The SDK beside the raw client on one RabbitMQ, in one process, in turns: raw, SDK, raw again. The raw program runs
 * twice so that the difference between the two shows the noise of the machine.
 */
public final class RabbitMqBenchmark {

    private static final int PAYLOAD = 1_024;

    private final BenchmarkOptions options;
    private final PrintStream out;
    private final String uri;

    private RabbitMqBenchmark(BenchmarkOptions options, String uri, PrintStream out) {
        this.options = options;
        this.uri = uri;
        this.out = out;
    }

    /** Runs what the arguments ask for, see {@link BenchmarkOptions#USAGE}. */
    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("--help")) {
            System.out.print(BenchmarkOptions.USAGE);
            return;
        }
        BenchmarkOptions options = BenchmarkOptions.parse(arguments);
        if (options.uri() != null) {
            new RabbitMqBenchmark(options, options.uri(), System.out).run();
            return;
        }
        RabbitMqBroker broker = RabbitMqBroker.shared(RabbitMqVersion.V4_3);
        new RabbitMqBenchmark(options, broker.uri().toString(), System.out).run();
    }

    private void run() throws Exception {
        out.println(Machine.describe());
        for (Work work : options.works()) {
            out.println();
            compare(work).print(out);
        }
    }

    private Report compare(Work work) throws Exception {
        List<Stack> stacks = new ArrayList<>();
        RawStack filler = new RawStack("filler", uri);
        try {
            stacks.add(new RawStack("raw", uri));
            stacks.add(new SdkStack("sdk", uri, 1));
            if (work == Work.CONSUME) {
                stacks.add(new SdkStack("sdk-8", uri, 8));
            }
            stacks.add(new RawStack("raw-again", uri));
            return measure(work, stacks, filler);
        } finally {
            for (Stack stack : stacks) {
                stack.close();
            }
            filler.close();
        }
    }

    private Report measure(Work work, List<Stack> stacks, RawStack filler) throws Exception {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        byte[] body = new byte[PAYLOAD];
        int messages = options.messages(work);
        for (int round = -options.warmups(); round < options.rounds(); round++) {
            for (Stack stack : stacks) {
                Sample sample = run(work, stack, filler, messages, body);
                if (round >= 0) {
                    samples.computeIfAbsent(stack.name(), name -> new ArrayList<>())
                            .add(sample);
                }
                if (options.verbose()) {
                    out.println("round " + round + " " + stack.name() + " " + sample);
                }
            }
        }
        return new Report(work, messages, options.rounds(), samples);
    }

    private static Sample run(Work work, Stack stack, RawStack filler, int messages, byte[] body) throws Exception {
        System.gc(); // the garbage of one stack is not collected in the round of the next
        return switch (work) {
            case SEND -> stack.send(messages, body);
            case CONSUME -> {
                filler.fill(stack.queue(), messages, body);
                yield stack.consume(messages);
            }
            case ONE_BY_ONE -> stack.sendOneByOne(messages, body);
            case REQUEST -> stack.request(messages, body);
        };
    }
}
