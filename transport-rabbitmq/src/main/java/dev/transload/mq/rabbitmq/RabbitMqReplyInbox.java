package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Replies by the broker's direct reply-to: no queue, nothing to settle, and gone with the connection. Requests are
 * written to the channel that consumes.
 *
 * <p>Thread-safe.
 */
final class RabbitMqReplyInbox implements Receiver {

    /** What a request says; the broker replaces it by an address of the channel. */
    static final String ADDRESS = "amq.rabbitmq.reply-to";

    private final RabbitMqTransport transport;
    private final CreditGate<Reply> gate;
    private volatile @Nullable Channel channel;
    private volatile long lastContact;
    private volatile boolean closed;

    RabbitMqReplyInbox(Sink sink, RabbitMqTransport transport) {
        this.transport = transport;
        this.gate = new CreditGate<>(sink, Integer.MAX_VALUE, reply -> true);
    }

    /** Opens on a connection; on the control thread. */
    void start(RabbitMqConnections.Opened opened, SendSession session) throws IOException {
        if (closed) {
            return;
        }
        Channel fresh = opened.connection().createChannel();
        if (fresh == null) {
            throw new IOException("the connection has no channel left");
        }
        fresh.basicConsume(ADDRESS, true, new DefaultConsumer(fresh) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                lastContact = transport.nanos();
                gate.offer(new Reply(RabbitMqMessages.message(properties, body)));
            }
        });
        session.requestChannel(fresh);
        channel = fresh;
        lastContact = transport.nanos();
    }

    @Override
    public void credit(int n) {
        gate.credit(n);
    }

    @Override
    public CompletableFuture<Void> stop() {
        gate.shut();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        closed = true;
        transport.ended(this);
        return transport.act("close the reply inbox", () -> {
            gate.shut();
            Channel now = channel;
            if (now != null && now.isOpen()) {
                try {
                    now.close();
                } catch (TimeoutException e) {
                    throw new IOException(e);
                }
            }
        });
    }

    @Override
    public long lastContact() {
        Channel now = channel;
        return now != null && now.isOpen() ? transport.nanos() : lastContact;
    }

    @Override
    public Optional<String> replyTo() {
        return Optional.of(ADDRESS);
    }

    /**
     * A reply, which the broker has forgotten already.
     *
     * @param message what came
     */
    private record Reply(Message message) implements Incoming {

        @Override
        public String destination() {
            return ADDRESS;
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
        }

        @Override
        public void release(Duration delay, boolean failed, Completion completion) {
            completion.done();
        }
    }
}
