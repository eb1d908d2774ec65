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
 * @param beside names of what runs beside the raw program, or empty for all: with fewer the figures are steadier
 * @param warmups rounds that do not count
 * @param rounds rounds that count
 * @param share messages a round, as a share of the usual number
 * @param verbose whether each round is printed
 */
record BenchmarkOptions(
        @Nullable String uri,
        List<Work> works,
        List<String> beside,
        int warmups,
        int rounds,
        double share,
        boolean verbose) {

    /**
     * What a program says on {@code --help}.
     *
     * @param uri an example of a broker's
     * @param messages in a round that is not timed one by one
     */
    static String usage(String uri, String messages) {
        return """
                options:
                  --uri URI        broker to use, such as %s; one is started unless given
                  --work NAME,...  send, consume, one-by-one, request; all unless given
                  --beside NAME,.. what of the table runs beside raw, such as sdk; all unless given
                  --warmups N      rounds that do not count, 3 unless given
                  --rounds N       rounds that count, 7 unless given
                  --share X        messages a round as a share of %s (4,000 one by one), 1 unless given
                  --verbose        print each round
                """.formatted(uri, messages);
    }

    BenchmarkOptions {
        works = List.copyOf(works);
        beside = List.copyOf(beside);
    }

    /** The share of the usual number of messages. */
    int messages(int usual) {
        return Math.max(10, (int) (usual * share));
    }

    static BenchmarkOptions parse(String usage, String... arguments) {
        String uri = null;
        List<Work> works = new ArrayList<>(Arrays.asList(Work.values()));
        List<String> beside = List.of();
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
                throw new IllegalArgumentException(name + " is unknown or needs a value\n" + usage);
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
                case "--beside" -> beside = List.of(value.split(",", -1));
                case "--warmups" -> warmups = Integer.parseInt(value);
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--share" -> share = Double.parseDouble(value);
                default -> throw new IllegalArgumentException("unknown option " + name + "\n" + usage);
            }
        }
        return new BenchmarkOptions(uri, works, beside, warmups, rounds, share, verbose);
    }
}
