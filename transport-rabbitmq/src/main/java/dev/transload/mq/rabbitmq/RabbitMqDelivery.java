package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A delivery of one channel; worth nothing once that channel is gone. */
final class RabbitMqDelivery extends AckCoalescer.Entry<RabbitMqDelivery> implements Incoming {

    private final ReceiveSession session;
    private final Message message;
    private final String destination;
    private final int brokerCount;
    /** Whether the engine has it; guarded by the session's lock. */
    boolean handedOver;
    /** Who waits for the ack to be written; guarded by the session's lock. */
    @Nullable
    Completion completion;

    RabbitMqDelivery(ReceiveSession session, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        super(envelope.getDeliveryTag());
        this.session = session;
        this.message = RabbitMqMessages.message(properties, body);
        this.destination = session.destination(envelope, message);
        this.brokerCount = RabbitMqMessages.deliveries(properties, envelope.isRedeliver());
    }

    ReceiveSession session() {
        return session;
    }

    @Override
    public Message message() {
        return message;
    }

    @Override
    public String destination() {
        return destination;
    }

    @Override
    public int lane() {
        return 0;
    }

    @Override
    public int brokerCount() {
        return brokerCount;
    }

    @Override
    public void ack(Completion settled) {
        session.ack(this, settled);
    }

    @Override
    public void release(Duration delay, boolean failed, Completion settled) {
        session.release(this, failed, settled);
    }
}
