package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Rounds of one work as a Markdown table: medians with the least and the most, and ratios to the raw program.
 *
 * @param title what was measured
 * @param timed whether latencies were taken
 * @param messages in a round
 * @param rounds that counted
 * @param samples of each stack, the raw program first
 */
record Report(String title, boolean timed, int messages, int rounds, Map<String, List<Sample>> samples) {

    void print(PrintStream out) {
        out.println("### " + title + ": " + rounds + " rounds of " + messages);
        out.println();
        List<Sample> raw = samples.values().iterator().next();
        boolean counted = !Double.isNaN(raw.get(0).requests());
        String latency = timed ? " p50 µs | ratio | p99 µs |" : "";
        String requests = counted ? " requests for 1,000 | ratio |" : "";
        out.println("| | messages/s | ratio | CPU µs | ratio | bytes | more than raw |" + latency + requests);
        out.println("|---|---|---|---|---|---|---|" + (timed ? "---|---|---|" : "") + (counted ? "---|---|" : ""));
        samples.forEach((name, own) -> {
            StringBuilder row = new StringBuilder("| " + name);
            row.append(column(own, Sample::perSecond, 0)).append(ratio(own, raw, Sample::perSecond));
            row.append(column(own, Sample::cpuMicros, 1)).append(ratio(own, raw, Sample::cpuMicros));
            boolean weighed = !Double.isNaN(own.get(0).bytes());
            row.append(weighed ? column(own, Sample::bytes, 0) : " | ");
            row.append(weighed ? text(" | %+.0f", median(own, Sample::bytes) - median(raw, Sample::bytes)) : " | ");
            if (timed) {
                row.append(column(own, Sample::p50, 0)).append(ratio(own, raw, Sample::p50));
                row.append(column(own, Sample::p99, 0));
            }
            if (counted) {
                row.append(column(own, Sample::requests, 0)).append(ratio(own, raw, Sample::requests));
            }
            out.println(row.append(" |"));
        });
        out.flush();
    }

    private static String column(List<Sample> samples, ToDoubleFunction<Sample> figure, int digits) {
        String number = "%,." + digits + "f";
        double least = samples.stream().mapToDouble(figure).min().orElse(Double.NaN);
        double most = samples.stream().mapToDouble(figure).max().orElse(Double.NaN);
        return text(" | " + number + " (" + number + "–" + number + ")", median(samples, figure), least, most);
    }

    private static String ratio(List<Sample> samples, List<Sample> raw, ToDoubleFunction<Sample> figure) {
        return text(" | %.2f", median(samples, figure) / median(raw, figure));
    }

    private static double median(List<Sample> samples, ToDoubleFunction<Sample> figure) {
        double[] sorted = samples.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
