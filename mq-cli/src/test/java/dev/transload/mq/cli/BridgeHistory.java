package dev.transload.mq.cli;

import dev.transload.mq.Delivery;
import dev.transload.mq.Message;
import dev.transload.mq.MqListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What producers, a bridge's killer and an idempotent consumer did, in the format that the kit judges: one source, whether
 * a message was handled on this side of the bridge or on that. Thread-safe.
 */
final class BridgeHistory implements MqListener {

    private final String place;
    private final long began = System.nanoTime();
    private final Lock lock = new ReentrantLock();
    private final List<String> lines = new ArrayList<>();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong handled = new AtomicLong();

    BridgeHistory(String place) {
        this.place = place;
        lines.add("{\"history\":\"bridge\",\"seed\":\"0\"}");
        lines.add("{\"judge\":{\"source\":\"" + place + "\",\"destination\":\"" + place
                + "\",\"joins\":false,\"ordered\":true,\"blocking\":true,\"orderedSends\":true,\"exactAttempts\":false,"
                + "\"mostUnseen\":0,\"mostSupposed\":0,\"durable\":true,\"drained\":true,\"rebalances\":false,\"everyConsumerWorks\":false,"
                + "\"repeats\":false,\"maxAttempts\":3,\"leaseNanos\":0,\"reachNanos\":5000000000,"
                + "\"clockErrorNanos\":2000000,\"stallNanos\":120000000000,\"fenceNanos\":0,\"recoveryNanos\":0,\"ids\":\"\","
                + "\"minSends\":1000,\"minPerKey\":50,\"needs\":[\"CONTENTION\"]}}");
    }

    void opened() {
        add("CONSUMER_OPENED", "\"place\":\"" + place + "\",\"who\":\"consumer\"");
    }

    void sending(String id, String key) {
        add("SENDING", message(id, key, "producer"));
    }

    void confirmed(String id, String key) {
        add("SENT", message(id, key, "producer"));
    }

    /** The consumer's handler. */
    void handle(Delivery<String> delivery) {
        String call =
                message(delivery.id(), delivery.key().orElse(""), "consumer") + ",\"call\":" + calls.incrementAndGet();
        add("DELIVERED", call + ",\"attempt\":" + delivery.attempt());
        add("ACKED", call);
        handled.incrementAndGet();
    }

    @Override
    public void duplicateSkipped(String source, Message message) {
        add("SKIPPED", message(message.id(), String.valueOf(message.key()), "consumer"));
    }

    /** What the killer did, for readers: that it happened excuses nothing. */
    void note(String what) {
        add("NOTE", "\"why\":\"" + what + "\"");
    }

    void depth(long messages) {
        add("DEPTH", "\"place\":\"" + place + "\"" + (messages == 0 ? "" : ",\"nanos\":" + messages));
    }

    /** Calls of the handler that have ended. */
    long handled() {
        return handled.get();
    }

    void write(Path file) throws IOException {
        Files.write(file, lines);
    }

    private String message(String id, String key, String who) {
        return "\"id\":\"" + id + "\",\"key\":\"" + key + "\",\"place\":\"" + place + "\",\"who\":\"" + who + "\"";
    }

    private void add(String kind, String rest) {
        lock.lock();
        try {
            lines.add("{\"t\":" + (System.nanoTime() - began) + ",\"e\":\"" + kind + "\"," + rest + "}");
        } finally {
            lock.unlock();
        }
    }
}
