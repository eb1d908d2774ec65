package dev.transload.mq.cli;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.Queue;
import dev.transload.mq.SendOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.fixtures.RedisBroker;
import dev.transload.mq.fixtures.RedisVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mq bridge} that is told to end by Ctrl-C in the middle: it says where it stopped, and that is the truth. */
class BridgeInterruptIT {

    private static final int MESSAGES = 5000;
    private static final int INTERRUPTED = 128 + 2;
    private static final Pattern LAST = Pattern.compile("stopped: ([0-9,]+) moved, ([0-9,]+) left");

    @Test
    void anInterruptLeavesEachMessageAtOneOfTheBrokers(@TempDir Path directory)
            throws IOException, InterruptedException {
        String from = RedisBroker.shared(RedisVersion.V8).uri().toString();
        String to = RabbitMqBroker.shared(RabbitMqVersion.newest()).uri().toString();
        Queue<String> work = Queue.of("interrupted-" + Long.toString(System.nanoTime(), 36), String.class);
        try (MqClient old = MqClient.connect(from);
                MqClient other = MqClient.connect(to)) {
            send(old, work);
            other.admin().create(work);

            Path said = directory.resolve("said.txt");
            Process bridge = bridge(from, to, work.name(), said);
            try {
                await("the bridge to be in the middle")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> other.admin().depth(work).orElse(0) > 0);
                interrupt(bridge);
                assertThat(bridge.waitFor(30, SECONDS)).as("the bridge ended").isTrue();
            } finally {
                bridge.destroyForcibly();
            }

            String text = Files.readString(said);
            assertThat(bridge.exitValue()).as(text).isEqualTo(INTERRUPTED);
            Matcher last =
                    LAST.matcher(text.lines().reduce((before, line) -> line).orElse(""));
            assertThat(last).as(text).matches();
            int moved = number(last.group(1));
            int left = number(last.group(2));
            assertThat(left).as("left, for it was stopped in the middle").isPositive();
            assertThat(moved + left).isEqualTo(MESSAGES);

            List<String> there = take(other, work, moved);
            List<String> here = take(old, work, left);
            assertThat(there).hasSize(moved);
            assertThat(here).hasSize(left);
            here.addAll(there);
            assertThat(here).containsExactlyInAnyOrderElementsOf(ids());
            old.admin().delete(work);
            other.admin().delete(work);
        }
    }

    private static List<String> ids() {
        return IntStream.range(0, MESSAGES).mapToObj(i -> "m-" + i).toList();
    }

    private static void send(MqClient mq, Queue<String> work) {
        List<CompletableFuture<String>> sends = new ArrayList<>();
        for (String id : ids()) {
            sends.add(mq.sendAsync(work, "work", SendOptions.id(id)));
        }
        sends.forEach(CompletableFuture::join);
    }

    /** Takes all that is there; should more come than expected, it is seen, since the queue is empty at the end. */
    private static List<String> take(MqClient mq, Queue<String> work, int expected) {
        List<String> ids = new CopyOnWriteArrayList<>();
        try (Subscription worker = mq.subscribe(work, delivery -> ids.add(delivery.id()))) {
            await("all that is there")
                    .atMost(Duration.ofSeconds(30))
                    .until(() ->
                            ids.size() >= expected && mq.admin().depth(work).orElse(-1) == 0);
        }
        return new ArrayList<>(ids);
    }

    private static int number(String text) {
        return Integer.parseInt(text.replace(",", ""));
    }

    private static void interrupt(Process process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    // A build in the background ignores interrupts, and so would its children: hence env, which becomes the java it
    // runs.
    private static Process bridge(String from, String to, String queue, Path said) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MqCommand.class.getName(),
                        "bridge",
                        "--queue",
                        queue)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment().put("MQ_FROM", from);
        builder.environment().put("MQ_TO", to);
        return builder.start();
    }
}
