package dev.transload.mq.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is measured. */
enum Work {
    /** Sends without waiting for each. */
    SEND,
    /** Consumes and acks. */
    CONSUME,
    /** Sends and waits, one after another. */
    ONE_BY_ONE,
    /** Asks and waits for the reply, one after another. */
    REQUEST;

    /** Whether latencies are taken. */
    boolean timed() {
        return this == ONE_BY_ONE || this == REQUEST;
    }

    /** Name on the command line. */
    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Work parse(String word) {
        return Arrays.stream(values())
                .filter(work -> work.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("work must be one of "
                        + Arrays.stream(values()).map(Work::word).collect(Collectors.joining(", ")) + ", was " + word));
    }
}
