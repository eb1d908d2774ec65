package dev.transload.mq.junit;

import dev.transload.mq.CloseReport;
import dev.transload.mq.InMemoryIdempotencyStore;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.inmemory.InMemoryBroker;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

/** The broker of one test, the clients that the test was given, and the checks when it is over. Thread-safe. */
final class TestBroker {

    private static final Duration DRAIN = Duration.ofSeconds(5);
    private static final long THREADS_MILLIS = 2000;

    private final InMemoryBroker broker;
    private final InMemoryIdempotencyStore store;
    private final List<MqClient> clients = new CopyOnWriteArrayList<>();

    TestBroker(InMemoryMq settings) {
        InMemoryBroker.Builder builder = InMemoryBroker.builder().profile(settings.profile());
        if (!settings.startingAt().isEmpty()) {
            builder.startingAt(instant(settings.startingAt()));
        }
        this.broker = builder.build();
        this.store = new InMemoryIdempotencyStore(broker.clock());
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "@InMemoryMq: startingAt must be a time such as 2027-03-28T00:59:00Z, was '" + text + "'", e);
        }
    }

    InMemoryBroker broker() {
        return broker;
    }

    InMemoryIdempotencyStore store() {
        return store;
    }

    MqClient connect() {
        MqClient client = MqClient.connect(broker.uri());
        clients.add(client);
        return client;
    }

    /** Ends the clients and the broker; complains of what was left running. Blocks for some seconds at most. */
    void close() {
        List<String> complaints = new ArrayList<>();
        Set<String> ids = new TreeSet<>();
        for (MqClient client : clients) {
            ids.add(client.clientId());
            CloseReport report = client.close(DRAIN);
            if (report.interrupted() > 0) {
                complaints.add(report.interrupted() + " handlers of client " + client.clientId()
                        + " did not end within " + DRAIN.toSeconds() + " s and were interrupted");
            }
        }
        Set<String> strangers = broker.clients();
        if (!strangers.isEmpty()) {
            complaints.add("clients that the test opened are still connected, close them in the test: " + strangers);
        }
        broker.close();
        ids.forEach(id -> complainOfThreads(id, complaints));
        if (!complaints.isEmpty()) {
            throw new AssertionError("the test left something running: " + String.join("; ", complaints));
        }
    }

    private static void complainOfThreads(String clientId, List<String> complaints) {
        String prefix = "mq-" + clientId + "-";
        long end = System.nanoTime() + THREADS_MILLIS * 1_000_000;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(prefix) && thread != Thread.currentThread() && lives(thread, end)) {
                StackTraceElement[] stack = thread.getStackTrace();
                complaints.add("thread " + thread.getName() + " outlives its client"
                        + (stack.length == 0 ? "" : ", at " + stack[0]));
            }
        }
    }

    private static boolean lives(Thread thread, long end) {
        try {
            thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return thread.isAlive();
    }
}
