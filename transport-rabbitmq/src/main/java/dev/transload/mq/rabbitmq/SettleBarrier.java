package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Proof that a quorum queue has what was settled on a channel, needed before the channel closes. The broker's channel
 * hands a queue 32 commands at once and keeps what comes after until the queue has taken some; it forgets what it keeps
 * when it is closed, so that acks written just before do not count. Whatever begins or ends a consumer goes through the
 * queue's log and is answered from there: by then the queue has taken all that was handed to it before, and the channel
 * has handed it the rest.
 *
 * <p>Thread-safe: counts are written under the session's lock, the round trips are made on the control thread. Each
 * waits no longer than any call to the broker.
 */
final class SettleBarrier {

    /** So many commands, and what the channel hands on by itself after a proof, are far from its bound. */
    private static final int FEW = 16;

    private final Channel channel;
    private final AtomicInteger unproven = new AtomicInteger();

    SettleBarrier(Channel channel) {
        this.channel = channel;
    }

    /** A settle was written. */
    void wrote() {
        unproven.incrementAndGet();
    }

    /** Whether so much was written since the last proof that the broker's channel may keep some of it. */
    boolean needed() {
        return unproven.get() >= FEW;
    }

    /** Ends the consumer: no delivery comes after it. Not where order must hold and something is unsettled. */
    void cancel(String tag) throws IOException {
        prove(() -> channel.basicCancel(tag));
    }

    /**
     * Begins and ends once more the consumer that was cancelled. Only while it has a delivery that is unsettled: it then
     * has no credit left for another.
     */
    void again(String queue, String tag) throws IOException {
        prove(() -> {
            channel.basicQos(1);
            channel.basicConsume(queue, false, tag, new DefaultConsumer(channel));
            channel.basicCancel(tag);
        });
    }

    /** Begins a second consumer beside the one that is active; it waits and gets nothing, and ends with the channel. */
    void beside(String queue) throws IOException {
        prove(() -> {
            channel.basicQos(1);
            channel.basicConsume(queue, false, new DefaultConsumer(channel));
        });
    }

    private void prove(RoundTrip roundTrip) throws IOException {
        int before = unproven.get();
        roundTrip.make();
        unproven.addAndGet(-before);
    }

    /** Calls to the broker. */
    private interface RoundTrip {
        void make() throws IOException;
    }
}
