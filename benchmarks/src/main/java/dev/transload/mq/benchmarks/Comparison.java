package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a contest in one process, in turns: raw, SDK, raw again. The raw program runs twice so that the difference
 * between the two shows the noise of the machine.
 */
final class Comparison {

    static final int PAYLOAD = 1_024;

    private final Contest contest;
    private final BenchmarkOptions options;
    private final PrintStream out;

    Comparison(Contest contest, BenchmarkOptions options, PrintStream out) {
        this.contest = contest;
        this.options = options;
        this.out = out;
    }

    /** Measures every work asked for and prints a table of each. */
    void run() throws Exception {
        out.println(Machine.describe());
        for (Work work : options.works()) {
            out.println();
            compare(work).print(out);
        }
    }

    private Report compare(Work work) throws Exception {
        List<Stack> stacks = new ArrayList<>();
        try (Contest.Filler filler = contest.filler()) {
            try {
                stacks.add(contest.raw("raw"));
                stacks.addAll(beside(work));
                stacks.add(contest.raw("raw-again"));
                return measure(work, stacks, filler);
            } finally {
                for (Stack stack : stacks) {
                    stack.close();
                }
            }
        }
    }

    private List<Stack> beside(Work work) throws Exception {
        List<Stack> all = contest.sdk(work);
        if (options.beside().isEmpty()) {
            return all;
        }
        List<String> names = all.stream().map(Stack::name).toList();
        boolean known = names.containsAll(options.beside());
        List<Stack> chosen = new ArrayList<>();
        for (Stack stack : all) {
            if (known && options.beside().contains(stack.name())) {
                chosen.add(stack);
            } else {
                stack.close();
            }
        }
        if (!known) {
            throw new IllegalArgumentException(
                    "--beside must name some of " + names + " for " + work.word() + ", was " + options.beside());
        }
        return chosen;
    }

    private Report measure(Work work, List<Stack> stacks, Contest.Filler filler) throws Exception {
        Map<String, List<Sample>> samples = new LinkedHashMap<>();
        byte[] body = new byte[PAYLOAD];
        Arrays.fill(body, (byte) 'x'); // some services carry text only
        int messages = options.messages(contest.messages(work));
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
        return new Report(contest.title(work), work.timed(), messages, options.rounds(), samples);
    }

    private static Sample run(Work work, Stack stack, Contest.Filler filler, int messages, byte[] body)
            throws Exception {
        System.gc(); // the garbage of one stack is not collected in the round of the next
        if (work == Work.CONSUME && !stack.fillsItself()) {
            filler.fill(stack.queue(), messages, body);
        }
        long before = stack.requests();
        Sample sample = switch (work) {
            case SEND -> stack.send(messages, body);
            case CONSUME -> stack.consume(messages);
            case ONE_BY_ONE -> stack.sendOneByOne(messages, body);
            case REQUEST -> stack.request(messages, body);
        };
        return before < 0 ? sample : sample.requests((stack.requests() - before) * 1_000.0 / messages);
    }
}
