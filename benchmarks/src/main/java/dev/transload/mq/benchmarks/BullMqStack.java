package dev.transload.mq.benchmarks;

import dev.transload.mq.benchmarks.Meter.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The work as jobs of BullMQ, in a process of Node.js that measures itself. What it allocates is not known. */
final class BullMqStack implements Stack {

    private final Process node;
    private final BufferedReader answers;
    private final Writer orders;

    /**
     * @param directory where {@code jobs.mjs} and what it needs are installed
     */
    BullMqStack(Path directory, String uri) throws IOException {
        URI redis = URI.create(uri);
        int port = redis.getPort() < 0 ? 6379 : redis.getPort();
        node = new ProcessBuilder("node", "jobs.mjs", redis.getHost(), Integer.toString(port), queue())
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answers = node.inputReader(StandardCharsets.UTF_8);
        orders = new OutputStreamWriter(node.getOutputStream(), StandardCharsets.UTF_8);
        expect("ready");
    }

    @Override
    public String name() {
        return "bullmq";
    }

    @Override
    public String queue() {
        return "bench-bullmq";
    }

    @Override
    public boolean fillsItself() {
        return true;
    }

    @Override
    public Sample send(int messages, byte[] body) throws IOException {
        Sample sample = measured(messages, "add " + messages + " " + body.length);
        clear();
        return sample;
    }

    @Override
    public Sample consume(int messages) throws IOException {
        ask("add " + messages + " " + Comparison.PAYLOAD);
        Sample sample = measured(messages, "process " + messages);
        clear();
        return sample;
    }

    @Override
    public Sample sendOneByOne(int messages, byte[] body) {
        throw new UnsupportedOperationException("jobs are compared in bulk only");
    }

    @Override
    public Sample request(int messages, byte[] body) {
        throw new UnsupportedOperationException("jobs have no replies");
    }

    private Sample measured(int messages, String order) throws IOException {
        String answer = ask(order);
        int space = answer.indexOf(' ');
        long nanos = Long.parseLong(answer.substring(0, space));
        long cpuNanos = Long.parseLong(answer.substring(space + 1));
        return new Sample(
                messages * 1e9 / nanos, cpuNanos / 1e3 / messages, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }

    private void clear() throws IOException {
        orders.write("clear\n");
        orders.flush();
        expect("cleared");
    }

    private String ask(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the program that uses BullMQ ended at '" + order + "'");
        }
        return answer;
    }

    private void expect(String text) throws IOException {
        String answer = answers.readLine();
        if (!text.equals(answer)) {
            throw new IOException(String.format(Locale.ROOT, "BullMQ should say %s, said %s", text, answer));
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        orders.close();
        if (!node.waitFor(10, TimeUnit.SECONDS)) {
            node.destroyForcibly();
        }
    }
}
