package dev.transload.mq.examples.files;

import static org.awaitility.Awaitility.await;

import dev.transload.mq.Queue;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** Another JVM that uses the same directory, and the lines it says: one for each message it sent or handled. */
final class OtherProcess implements AutoCloseable {

    static final Queue<String> WORK = Queue.of("work", String.class);
    static final Duration LEASE = Duration.ofSeconds(2);

    private final Process process;
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Thread listener;

    private OtherProcess(String role, String uri) {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            OtherProcess.class.getName(),
                            role,
                            uri)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listener = new Thread(this::listen, "listener");
        listener.start();
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.add(line);
            }
        } catch (IOException e) {
            // it was killed
        }
    }

    /** Starts one that handles messages. */
    static OtherProcess worker(String uri) {
        return new OtherProcess("worker", uri);
    }

    /** Starts one that takes messages and never ends handling them. */
    static OtherProcess holder(String uri) {
        return new OtherProcess("holder", uri);
    }

    /** Starts one that sends without end. */
    static OtherProcess sender(String uri) {
        return new OtherProcess("sender", uri);
    }

    /** What it has said; all of it when it has ended. */
    List<String> said() {
        return List.copyOf(said);
    }

    void awaitLines(int count) {
        await(count + " lines of the other process")
                .atMost(Duration.ofSeconds(60))
                .until(() -> said.size() >= count);
    }

    /** Ends it as SIGKILL does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        listener.join();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    /** Runs in the other process. */
    public static void main(String[] args) throws InterruptedException {
        boolean holds = args[0].equals("holder");
        CountDownLatch never = new CountDownLatch(1);
        try (MqClient mq = MqClient.connect(args[1])) {
            if (args[0].equals("sender")) {
                for (int i = 0; ; i++) {
                    mq.send(WORK, "message " + i);
                    System.out.println("message " + i);
                }
            }
            SubscribeOptions options = SubscribeOptions.builder()
                    .concurrency(holds ? 4 : 1)
                    .prefetch(holds ? 10 : 1)
                    .lease(LEASE)
                    .build();
            mq.subscribe(
                    WORK,
                    delivery -> {
                        System.out.println(delivery.payload());
                        if (holds) {
                            never.await();
                        }
                    },
                    options);
            never.await();
        }
    }
}
