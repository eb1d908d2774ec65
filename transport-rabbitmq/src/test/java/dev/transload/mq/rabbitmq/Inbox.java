package dev.transload.mq.rabbitmq;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A sink that keeps what it gets, and gives credit back for what it loses. */
final class Inbox implements Sink {

    final BlockingQueue<Incoming> deliveries = new LinkedBlockingQueue<>();
    final List<Incoming> lost = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    volatile Receiver receiver;
    private final AtomicBoolean inside = new AtomicBoolean();

    @Override
    public void deliver(Incoming delivery) {
        alone(() -> deliveries.add(delivery));
    }

    @Override
    public void lost(List<? extends Incoming> gone, String why) {
        alone(() -> lost.addAll(gone));
        Receiver from = receiver;
        if (from != null) {
            from.credit(gone.size());
        }
    }

    @Override
    public void failed(Throwable cause) {
        alone(() -> failures.add(cause));
    }

    private void alone(Runnable call) {
        if (!inside.compareAndSet(false, true)) {
            throw new AssertionError("calls of one receiver overlap");
        }
        call.run();
        inside.set(false);
    }

    /** Waits for the next delivery. */
    Incoming next() {
        try {
            Incoming delivery = deliveries.poll(30, TimeUnit.SECONDS);
            if (delivery == null) {
                throw new AssertionError("no delivery within 30 s");
            }
            return delivery;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for so many deliveries and returns their bodies as text. */
    List<String> texts(int count) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(text(next()));
        }
        return all;
    }

    static String text(Message message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }

    static String text(Incoming delivery) {
        return new String(delivery.message().body(), StandardCharsets.UTF_8);
    }

    /** Acks and waits until the ack was written. */
    static void ack(Incoming delivery) {
        Settled settled = new Settled();
        delivery.ack(settled);
        settled.confirmed();
    }

    /** Gives back and waits until that was written. */
    static void release(Incoming delivery, boolean failed) {
        Settled settled = new Settled();
        delivery.release(Duration.ZERO, failed, settled);
        settled.confirmed();
    }

    /** A settle whose end can be waited for. */
    static final class Settled implements Completion {
        private final Sent end = new Sent(Spi.queue("settled"), Spi.message("settled"), 0);

        @Override
        public void done() {
            end.done();
        }

        @Override
        public void failed(Throwable cause) {
            end.failed(cause);
        }

        void confirmed() {
            end.confirmed();
        }

        Throwable failure() {
            return end.failure();
        }
    }
}
