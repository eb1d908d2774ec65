package dev.transload.mq.benchmarks;

import dev.transload.mq.Queue;
import dev.transload.mq.client.MqClient;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Fills queues with the SDK, where the names of its queues are the broker's own. */
final class SdkFiller implements Contest.Filler {

    private static final int WINDOW = 1_000;

    private final MqClient mq;

    SdkFiller(String uri) {
        this.mq = MqClient.connect(uri);
    }

    @Override
    public void fill(String queue, int messages, byte[] body) {
        Queue<byte[]> to = Queue.of(queue, byte[].class);
        List<CompletableFuture<String>> window = new ArrayList<>(WINDOW);
        for (int i = 0; i < messages; i++) {
            CompletableFuture<String> sent = mq.sendAsync(to, body);
            if (i < WINDOW) {
                window.add(sent);
            } else {
                window.set(i % WINDOW, sent).join();
            }
        }
        window.forEach(CompletableFuture::join);
    }

    @Override
    public void close() {
        mq.close();
    }
}
