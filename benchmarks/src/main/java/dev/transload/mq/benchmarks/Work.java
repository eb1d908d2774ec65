package dev.transload.mq.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is measured. */
enum Work {
    /** Sends with up to 1,000 unconfirmed. */
    SEND("pipelined confirmed send", 100_000),
    /** Consumes with a prefetch of 250 and acks. */
    CONSUME("consume with ack, prefetch 250", 100_000),
    /** Sends and waits, one after another. */
    ONE_BY_ONE("send one by one", 4_000),
    /** Asks and waits for the reply, one after another. */
    REQUEST("request and reply", 4_000);

    private final String title;
    private final int messages;

    Work(String title, int messages) {
        this.title = title;
        this.messages = messages;
    }

    String title() {
        return title;
    }

    /** Messages a round unless told otherwise. */
    int messages() {
        return messages;
    }

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
