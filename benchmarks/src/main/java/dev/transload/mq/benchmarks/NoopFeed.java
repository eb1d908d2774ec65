package dev.transload.mq.benchmarks;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Delivers messages against credit from one thread, as an I/O thread does: in batches of what is there, and it sleeps
 * when there is neither message nor credit.
 *
 * <p>Thread-safe.
 */
final class NoopFeed implements Receiver {

    private static final int BATCH = 64;

    private final Sink sink;
    private final ConcurrentLinkedQueue<Message> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger credit = new AtomicInteger();
    private final AtomicInteger settled = new AtomicInteger();
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean stopped;

    NoopFeed(Sink sink) {
        this.sink = sink;
        this.thread = new Thread(this::feed, "noop-feed");
        thread.setDaemon(true);
        thread.start();
    }

    /** Puts a message where the feed takes it from. */
    void offer(Message message) {
        waiting.add(message);
        wake();
    }

    /** Puts a message there so many times, and waits until all are settled. */
    void deliverAll(Message message, int times) {
        int goal = settled.get() + times;
        for (int i = 0; i < times; i++) {
            waiting.add(message);
        }
        wake();
        awaitSettled(goal);
    }

    /** Deliveries settled so far. */
    int settled() {
        return settled.get();
    }

    /** Waits until so many deliveries are settled in all. */
    void awaitSettled(int goal) {
        while (settled.get() - goal < 0) {
            LockSupport.parkNanos(20_000);
        }
    }

    private void wake() {
        if (asleep) {
            asleep = false;
            LockSupport.unpark(thread);
        }
    }

    private void feed() {
        List<Incoming> batch = new ArrayList<>(BATCH);
        while (!stopped) {
            int room = Math.min(credit.get(), BATCH);
            while (batch.size() < room) {
                Message message = waiting.poll();
                if (message == null) {
                    break;
                }
                batch.add(new Delivered(message));
            }
            if (batch.isEmpty()) {
                asleep = true;
                if ((credit.get() == 0 || waiting.isEmpty()) && !stopped) {
                    LockSupport.park(this);
                }
                asleep = false;
            } else {
                credit.addAndGet(-batch.size());
                sink.deliver(batch);
                batch.clear();
            }
        }
    }

    @Override
    public void credit(int n) {
        credit.addAndGet(n);
        wake();
    }

    @Override
    public CompletableFuture<Void> stop() {
        stopped = true;
        LockSupport.unpark(thread);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        return stop();
    }

    @Override
    public long lastContact() {
        return System.nanoTime();
    }

    /** One delivery: its settle is done within the call. */
    private final class Delivered implements Incoming {

        private final Message message;

        Delivered(Message message) {
            this.message = message;
        }

        @Override
        public Message message() {
            return message;
        }

        @Override
        public String destination() {
            return "bench";
        }

        @Override
        public int lane() {
            return 0;
        }

        @Override
        public int brokerCount() {
            return 1;
        }

        @Override
        public void ack(Completion completion) {
            completion.done();
            settled.incrementAndGet();
        }

        @Override
        public void release(Duration delay, boolean failed, Completion completion) {
            completion.done();
        }
    }
}
