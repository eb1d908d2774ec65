package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way settles of one session go to its channel, and are counted for the barrier.
 *
 * <p>Not thread-safe: called under the session's lock.
 */
final class SettleWriter {

    private static final Logger LOG = LoggerFactory.getLogger(SettleWriter.class);

    private final Channel channel;
    private final BatchedFrames frames;
    private final SettleBarrier barrier;

    SettleWriter(Channel channel, BatchedFrames frames, SettleBarrier barrier) {
        this.channel = channel;
        this.frames = frames;
        this.barrier = barrier;
    }

    /** Writes acks that wait, as {@link AckCoalescer#flush} does. */
    void acks(AckCoalescer<RabbitMqDelivery> unsettled, boolean all, List<RabbitMqDelivery> written) {
        frames.begin();
        try {
            unsettled.flush(all, this::ack, written);
        } finally {
            end();
        }
    }

    private void end() {
        try {
            frames.end();
        } catch (IOException e) {
            LOG.debug("rabbitmq: flushing acks failed", e);
        }
    }

    private void ack(long tag, boolean multiple) {
        try {
            channel.basicAck(tag, multiple);
            barrier.wrote();
        } catch (IOException | ShutdownSignalException e) {
            LOG.debug("rabbitmq: an ack could not be written", e);
        }
    }

    /** Gives one back. */
    void giveBack(RabbitMqDelivery delivery, boolean failed) throws IOException {
        if (failed) {
            channel.basicReject(delivery.tag(), true);
        } else {
            channel.basicNack(delivery.tag(), false, true);
        }
        barrier.wrote();
    }
}
