package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Consumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Completion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel of a receiver, from its opening to its end: tags, acks and the consumer. A delivery is settled on the
 * channel it came from or not at all.
 *
 * <p>Thread-safe. Settles are written under the session's lock, in the order they were decided; they are bounded by the
 * prefetch, so they fit the socket's buffer and writing them does not wait for the network.
 */
final class ReceiveSession implements Consumer {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiveSession.class);

    /** So long after the last settle the broker's channel has surely handed it on. */
    private static final long SETTLED_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private static final long BETWEEN_ROUND_TRIPS_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final RabbitMqReceiver receiver;
    private final Channel channel;
    private final BatchedFrames frames;
    private final String topicExchange;
    private final String origin;
    private final int ackBatch;
    private final ReentrantLock lock = new ReentrantLock();
    private final AckCoalescer<RabbitMqDelivery> unsettled = new AckCoalescer<>();
    private boolean over; // guarded by lock
    /** Whether an ack could not be written, so that none written with it or later surely counts; guarded by lock. */
    private boolean unwritable;

    private volatile String consumerTag = "";
    private boolean cancelled; // of the control thread
    /** When something was last settled. */
    private volatile long settledNanos = System.nanoTime() - SETTLED_NANOS;
    /** Whether its deliveries are passed on at the end of the batch being read; of the I/O thread. */
    boolean passing;

    /**
     * A session on an open channel.
     *
     * @param topicExchange exchange whose routing key is the topic, empty for queues
     * @param origin name of what messages were sent to where nothing else says it
     */
    ReceiveSession(
            RabbitMqReceiver receiver,
            Channel channel,
            BatchedFrames frames,
            int prefetch,
            String topicExchange,
            String origin) {
        this.receiver = receiver;
        this.channel = channel;
        this.frames = frames;
        this.topicExchange = topicExchange;
        this.origin = origin;
        this.ackBatch = Math.max(1, Math.min(64, prefetch / 4));
        channel.addShutdownListener(signal -> end(RabbitMqErrors.text(signal), signal));
    }

    Channel channel() {
        return channel;
    }

    /** What a message was sent to. */
    String destination(Envelope envelope, Message message) {
        if (!topicExchange.isEmpty()
                && (envelope.getExchange().equals(topicExchange)
                        || envelope.getExchange().equals(RabbitMqDelays.TOPICS))) {
            return envelope.getRoutingKey();
        }
        String written = message.annotations().get(Annotations.DESTINATION);
        return written == null ? origin : written;
    }

    @Override
    public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        RabbitMqDelivery delivery = new RabbitMqDelivery(this, envelope, properties, body);
        lock.lock();
        try {
            if (over) {
                return;
            }
            unsettled.add(delivery);
        } finally {
            lock.unlock();
        }
        receiver.arrived(delivery);
    }

    /** Notes that the engine gets a delivery; false if it was lost before. */
    boolean handOver(RabbitMqDelivery delivery) {
        lock.lock();
        try {
            if (over) {
                return false;
            }
            delivery.handedOver = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void ack(RabbitMqDelivery delivery, Completion settled) {
        List<RabbitMqDelivery> written = List.of();
        boolean lost = false;
        lock.lock();
        try {
            delivery.completion = settled;
            if (over || !unsettled.ack(delivery)) {
                written = null;
            } else if (unsettled.pending() >= ackBatch) {
                written = new ArrayList<>(ackBatch);
                write(written);
                lost = unwritable;
            }
        } finally {
            lock.unlock();
        }
        if (written == null) {
            settled.failed(leaseLost(delivery));
        } else if (written.isEmpty()) {
            receiver.acksWait();
        } else {
            tell(written, lost);
        }
    }

    /** Writes acks that wait; returns whether there are some left. */
    boolean flush(boolean all) {
        List<RabbitMqDelivery> written;
        boolean left;
        boolean lost;
        lock.lock();
        try {
            if (over || unsettled.pending() == 0) {
                return false;
            }
            written = new ArrayList<>(unsettled.pending());
            if (all) {
                writeAll(written);
            } else {
                write(written);
            }
            left = unsettled.pending() > 0;
            lost = unwritable;
        } finally {
            lock.unlock();
        }
        tell(written, lost);
        return left;
    }

    private void write(List<RabbitMqDelivery> written) {
        flushInto(ackBatch == 1, written);
    }

    private void writeAll(List<RabbitMqDelivery> written) {
        flushInto(true, written);
    }

    private void flushInto(boolean all, List<RabbitMqDelivery> written) {
        frames.begin();
        try {
            unsettled.flush(all, this::writeAck, written);
        } finally {
            end();
        }
    }

    private void end() {
        try {
            frames.end();
        } catch (IOException e) {
            LOG.debug("rabbitmq: flushing acks failed", e);
            unwritable = true;
        }
    }

    private void writeAck(long tag, boolean multiple) {
        try {
            channel.basicAck(tag, multiple);
            settledNanos = System.nanoTime();
        } catch (IOException | ShutdownSignalException e) {
            LOG.debug("rabbitmq: an ack could not be written", e);
            unwritable = true;
        }
    }

    private void tell(List<RabbitMqDelivery> written, boolean lost) {
        if (lost) {
            written.forEach(this::tellLost);
            return;
        }
        for (RabbitMqDelivery delivery : written) {
            Completion completion = delivery.completion;
            if (completion != null) {
                completion.done();
            }
        }
    }

    private void tellLost(RabbitMqDelivery delivery) {
        Completion completion = delivery.completion;
        if (completion != null) {
            completion.failed(leaseLost(delivery));
        }
    }

    /**
     * Gives a delivery back; it is redelivered at once. Where order must hold it goes back when the channel closes, with
     * all others and in their order: the broker would put one that is given back alone behind them.
     */
    void release(RabbitMqDelivery delivery, boolean failed, Completion settled) {
        boolean mine;
        lock.lock();
        try {
            mine = !over && (receiver.givesBackInOrder() || unsettled.remove(delivery));
            if (mine && !receiver.givesBackInOrder()) {
                if (failed) {
                    channel.basicReject(delivery.tag(), true);
                } else {
                    channel.basicNack(delivery.tag(), false, true);
                }
                settledNanos = System.nanoTime();
            }
        } catch (IOException | ShutdownSignalException e) {
            LOG.debug("rabbitmq: a release could not be written", e);
            mine = false;
        } finally {
            lock.unlock();
        }
        if (mine) {
            settled.done();
        } else {
            settled.failed(leaseLost(delivery));
        }
    }

    private LeaseLostException leaseLost(RabbitMqDelivery delivery) {
        return new LeaseLostException(
                "rabbitmq: a delivery from " + origin + " came over a channel that is gone; message "
                        + delivery.message().id(),
                null);
    }

    /** Gives back what the engine does not have yet, in order; for receivers without order. */
    void releaseBuffered(List<RabbitMqDelivery> buffered) {
        for (RabbitMqDelivery delivery : buffered) {
            release(delivery, false, Completion.IGNORED);
        }
    }

    /** Ends the session: what is unsettled is lost, and the receiver is told. Once; later calls do nothing. */
    void end(String why, Throwable cause) {
        List<RabbitMqDelivery> open = new ArrayList<>();
        List<RabbitMqDelivery> unwritten = new ArrayList<>();
        lock.lock();
        try {
            if (over) {
                return;
            }
            over = true;
            unsettled.clear(open, unwritten);
        } finally {
            lock.unlock();
        }
        unwritten.forEach(this::tellLost);
        open.removeIf(delivery -> !delivery.handedOver);
        receiver.ended(this, open, unwritten.size(), why, cause);
    }

    /** Ends the consumer, whose deliveries stay with this session; waits for the network. */
    void cancel() throws IOException {
        if (channel.isOpen() && !consumerTag.isEmpty() && !cancelled) {
            cancelled = true;
            channel.basicCancel(consumerTag);
        }
    }

    /**
     * Closes the channel; waits for the network. What is unsettled goes back to the broker, in order.
     *
     * <p>The broker's channel has a bound on what it hands to a quorum queue at once, and forgets the rest when it
     * closes, so that acks written just before would not count. The end of a consumer goes through the queue's log, after
     * all of them. A consumer of an ordered queue stays until the channel ends: another one would become active, with what
     * comes after that which goes back.
     *
     * @param queue asked for its size for a moment, where there is no consumer to end: the broker's channel hands on more
     *     when the queue has taken what it has, and while it answers. Empty if the queue ends with the channel, or the
     *     consumer is gone already
     */
    void close(String queue) {
        flush(true);
        try {
            if (!queue.isEmpty() && (cancelled || receiver.ordered())) {
                giveTime(queue);
            } else if (!queue.isEmpty()) {
                cancel();
            }
            if (channel.isOpen()) {
                channel.close();
            }
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            LOG.debug("rabbitmq: closing a channel", e);
        }
    }

    private void giveTime(String queue) throws IOException {
        while (channel.isOpen() && System.nanoTime() - settledNanos < SETTLED_NANOS) {
            channel.queueDeclarePassive(queue);
            LockSupport.parkNanos(this, BETWEEN_ROUND_TRIPS_NANOS);
        }
    }

    @Override
    public void handleConsumeOk(String tag) {
        consumerTag = tag;
    }

    @Override
    public void handleCancelOk(String tag) {}

    @Override
    public void handleCancel(String tag) {
        receiver.cancelled(this);
    }

    @Override
    public void handleShutdownSignal(String tag, ShutdownSignalException signal) {
        end(RabbitMqErrors.text(signal), signal);
    }

    @Override
    public void handleRecoverOk(String tag) {}
}
