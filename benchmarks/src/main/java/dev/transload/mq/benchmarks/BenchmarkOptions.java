package dev.transload.mq.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to measure and how often.
 *
 * @param uri broker to use, or null to start one
 * @param works what to measure, in order
 * @param warmups rounds that do not count
 * @param rounds rounds that count
 * @param share messages a round, as a share of the usual number
 * @param verbose whether each round is printed
 */
record BenchmarkOptions(
        @Nullable String uri, List<Work> works, int warmups, int rounds, double share, boolean verbose) {

    static final String USAGE = """
            options:
              --uri URI        broker to use, such as amqp://guest:guest@localhost; one is started unless given
              --work NAME,...  send, consume, one-by-one, request; all unless given
              --warmups N      rounds that do not count, 3 unless given
              --rounds N       rounds that count, 7 unless given
              --share X        messages a round as a share of 100,000 (4,000 one by one), 1 unless given
              --verbose        print each round
            """;

    BenchmarkOptions {
        works = List.copyOf(works);
    }

    int messages(Work work) {
        return Math.max(10, (int) (work.messages() * share));
    }

    static BenchmarkOptions parse(String... arguments) {
        String uri = null;
        List<Work> works = new ArrayList<>(Arrays.asList(Work.values()));
        int warmups = 3;
        int rounds = 7;
        double share = 1;
        boolean verbose = false;
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            if (name.equals("--verbose")) {
                verbose = true;
                continue;
            }
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(name + " is unknown or needs a value\n" + USAGE);
            }
            String value = arguments[++i];
            switch (name) {
                case "--uri" -> uri = value;
                case "--work" -> {
                    works.clear();
                    for (String word : value.split(",", -1)) {
                        works.add(Work.parse(word));
                    }
                }
                case "--warmups" -> warmups = Integer.parseInt(value);
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--share" -> share = Double.parseDouble(value);
                default -> throw new IllegalArgumentException("unknown option " + name + "\n" + USAGE);
            }
        }
        return new BenchmarkOptions(uri, works, warmups, rounds, share, verbose);
    }
}
