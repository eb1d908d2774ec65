package dev.transload.mq.benchmarks;

import dev.transload.mq.Outbound;
import dev.transload.mq.Queue;
import dev.transload.mq.SendResult;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.Subscription;
import dev.transload.mq.benchmarks.Meter.Sample;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

/** The work as an application of the SDK does it, with every default. */
final class SdkStack implements Stack {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final String name;
    private final Tuning tuning;
    private final Queue<byte[]> queue;
    private final Queue<byte[]> requests;
    private final MqClient mq;
    private final MqClient server;
    private final ToLongFunction<MqClient> requestsOf;
    private boolean answering;

    /**
     * How far it goes beyond the defaults.
     *
     * @param window messages sent and not confirmed, at most
     * @param prefetch of the subscription, 0 for the default
     * @param concurrency handlers at once
     * @param batch messages sent by one {@code sendAll}, 0 to send each by itself
     */
    record Tuning(int window, int prefetch, int concurrency, int batch) {
        Tuning(int window, int prefetch, int concurrency) {
            this(window, prefetch, concurrency, 0);
        }

        Tuning concurrency(int handlers) {
            return new Tuning(window, prefetch, handlers, batch);
        }
    }

    SdkStack(String name, String uri, Tuning tuning) {
        this(name, uri, tuning, client -> -1);
    }

    /**
     * @param requestsOf how many requests a client has made of its service so far, -1 if they are not counted
     */
    SdkStack(String name, String uri, Tuning tuning, ToLongFunction<MqClient> requestsOf) {
        this.requestsOf = requestsOf;
        this.name = name;
        this.tuning = tuning;
        this.queue = Queue.of("bench-" + name, byte[].class);
        this.requests = Queue.of("bench-" + name + "-requests", byte[].class);
        this.mq = MqClient.connect(uri);
        this.server = MqClient.connect(uri);
        mq.send(queue, new byte[1]);
        mq.admin().purge(queue);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String queue() {
        return queue.name();
    }

    @Override
    public Sample send(int messages, byte[] body) {
        Meter meter = new Meter();
        if (tuning.batch() > 0) {
            meter.start();
            for (int left = messages; left > 0; left -= tuning.batch()) {
                sendAll(Math.min(left, tuning.batch()), body);
            }
            meter.stop();
            mq.admin().purge(queue);
            return meter.sample(messages, new long[0]);
        }
        int size = tuning.window();
        List<CompletableFuture<String>> window = new ArrayList<>(size);
        meter.start();
        for (int i = 0; i < messages; i++) {
            CompletableFuture<String> sent = mq.sendAsync(queue, body);
            if (i < size) {
                window.add(sent);
            } else {
                window.set(i % size, sent).join();
            }
        }
        window.forEach(CompletableFuture::join);
        meter.stop();
        mq.admin().purge(queue);
        return meter.sample(messages, new long[0]);
    }

    private void sendAll(int messages, byte[] body) {
        List<Outbound<byte[]>> batch = new ArrayList<>(messages);
        for (int i = 0; i < messages; i++) {
            batch.add(Outbound.of(body));
        }
        for (SendResult result : mq.sendAll(queue, batch)) {
            if (!result.sent()) {
                throw new IllegalStateException(name + " could not send: " + result);
            }
        }
    }

    @Override
    public Sample consume(int messages) throws InterruptedException {
        Meter meter = new Meter();
        AtomicInteger handled = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(1);
        SubscribeOptions.Builder options = SubscribeOptions.builder().concurrency(tuning.concurrency());
        if (tuning.prefetch() > 0) {
            options.prefetch(tuning.prefetch());
        }
        Subscription subscription = mq.subscribe(
                queue,
                delivery -> {
                    int n = handled.incrementAndGet();
                    if (n == 1) {
                        meter.start();
                    } else if (n == messages) {
                        meter.stop();
                        all.countDown();
                    }
                },
                options.build());
        if (!all.await(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException(name + " consumed only " + handled + " of " + messages);
        }
        subscription.close();
        return meter.sample(messages, new long[0]);
    }

    @Override
    public Sample sendOneByOne(int messages, byte[] body) {
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            mq.send(queue, body);
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        mq.admin().purge(queue);
        return meter.sample(messages, latencies);
    }

    @Override
    public Sample request(int messages, byte[] body) {
        if (!answering) {
            answering = true;
            server.reply(requests, byte[].class, request -> request);
        }
        Meter meter = new Meter();
        long[] latencies = new long[messages];
        meter.start();
        for (int i = 0; i < messages; i++) {
            long start = System.nanoTime();
            mq.request(requests, body, byte[].class, LIMIT);
            latencies[i] = System.nanoTime() - start;
        }
        meter.stop();
        return meter.sample(messages, latencies);
    }

    @Override
    public long requests() {
        long asked = requestsOf.applyAsLong(mq);
        return asked < 0 ? -1 : asked + requestsOf.applyAsLong(server);
    }

    @Override
    public void close() {
        mq.admin().delete(queue);
        server.close();
        mq.admin().delete(requests);
        mq.close();
    }
}
