package dev.transload.mq.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Measures one round: elapsed time, processor time of the whole process, bytes allocated by all its threads. Threads
 * that end within the round are missed, so what is compared keeps its threads from round to round; idle ones of another
 * stack may end.
 *
 * <p>Started and stopped once, by any thread.
 */
final class Meter {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private volatile Reading first = Reading.now();
    private volatile Reading last = first;

    void start() {
        first = Reading.now();
    }

    void stop() {
        last = Reading.now();
    }

    /** What the round came to for so many messages. */
    Sample sample(int messages, long[] latencies) {
        long[] sorted = latencies.clone();
        Arrays.sort(sorted);
        return new Sample(
                messages * 1e9 / (last.nanos() - first.nanos()),
                (last.cpu() - first.cpu()) / 1e3 / messages,
                (double) last.allocatedSince(first) / messages,
                percentile(sorted, 0.5),
                percentile(sorted, 0.99),
                Double.NaN);
    }

    private static double percentile(long[] sorted, double share) {
        return sorted.length == 0
                ? Double.NaN
                : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))] / 1e3;
    }

    /** Of each thread that lives, what it has allocated. */
    private record Reading(long nanos, long cpu, Map<Long, Long> allocated) {

        static Reading now() {
            long[] ids = THREADS.getAllThreadIds();
            long[] bytes = THREADS.getThreadAllocatedBytes(ids);
            Map<Long, Long> allocated = new HashMap<>();
            for (int i = 0; i < ids.length; i++) {
                allocated.put(ids[i], Math.max(0, bytes[i]));
            }
            return new Reading(System.nanoTime(), SYSTEM.getProcessCpuTime(), allocated);
        }

        long allocatedSince(Reading first) {
            long sum = 0;
            for (Map.Entry<Long, Long> thread : allocated.entrySet()) {
                sum += Math.max(0, thread.getValue() - first.allocated().getOrDefault(thread.getKey(), 0L));
            }
            return sum;
        }
    }

    /**
     * One round of one stack.
     *
     * @param perSecond messages per second
     * @param cpuMicros processor time per message, in microseconds
     * @param bytes allocated per message
     * @param p50 median latency in microseconds, not a number where none was taken
     * @param p99 99th percentile likewise
     * @param requests of the service for 1,000 messages, not a number where they are not counted
     */
    record Sample(double perSecond, double cpuMicros, double bytes, double p50, double p99, double requests) {

        Sample requests(double perThousand) {
            return new Sample(perSecond, cpuMicros, bytes, p50, p99, perThousand);
        }
    }
}
