package dev.transload.mq.sqs;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what a client asks of SQS and SNS: requests are what one pays for. Attempts that are made again count again.
 *
 * <p>Obtained with {@code client.unwrap(SqsUsage.class)}. Thread-safe.
 */
public final class SqsUsage {

    private final Map<String, LongAdder> requests = new ConcurrentHashMap<>();
    private final LongAdder throttled = new LongAdder();

    SqsUsage() {}

    void request(String operation) {
        requests.computeIfAbsent(operation, name -> new LongAdder()).increment();
    }

    void throttle() {
        throttled.increment();
    }

    /** Requests so far, all operations together. */
    public long requests() {
        return requests.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Requests so far by operation, such as {@code SendMessageBatch}. */
    public Map<String, Long> byOperation() {
        Map<String, Long> all = new TreeMap<>();
        requests.forEach((name, count) -> all.put(name, count.sum()));
        return all;
    }

    /** How many of them the service refused because there were too many. */
    public long throttled() {
        return throttled.sum();
    }

    @Override
    public String toString() {
        return "SqsUsage[" + requests() + " requests, " + throttled() + " throttled]";
    }
}
