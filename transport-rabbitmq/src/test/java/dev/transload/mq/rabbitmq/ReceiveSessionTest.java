package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.ReceiveSpec;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReceiveSessionTest {

    /** Writes every ack at once. */
    private static final int ONE_BY_ONE = 4;

    private static final int BATCHED = 100;

    private final RabbitMqTransport transport = Unconnected.transport();
    private final Inbox inbox = new Inbox();
    private final List<Object> ends = new ArrayList<>();
    private final List<Long> acked = new ArrayList<>();
    private boolean closed;

    @AfterEach
    void close() {
        Spi.get(transport.close(Duration.ofMillis(1)));
    }

    @Test
    void anAckIsDoneWhenItIsWritten() {
        session(ONE_BY_ONE, 1);

        ack();

        assertThat(acked).containsExactly(1L);
        assertThat(ends).containsExactly("done");
    }

    @Test
    void anAckThatMeetsTheEndOfItsChannelIsNotDone() {
        session(ONE_BY_ONE, 1);
        closed = true;

        ack();

        assertThat(ends).singleElement().isInstanceOf(LeaseLostException.class);
    }

    @Test
    void acksThatWaitedAndMeetTheEndOfTheirChannelAreNotDone() {
        ReceiveSession session = session(BATCHED, 2);
        ack();
        ack();
        closed = true;

        session.flush(true);

        assertThat(ends).hasSize(2).hasOnlyElementsOfType(LeaseLostException.class);
    }

    private ReceiveSession session(int prefetch, int deliveries) {
        RabbitMqReceiver receiver = new RabbitMqReceiver(
                ReceiveSpec.builder(Spi.queue("orders"), prefetch).build(), inbox, transport);
        receiver.credit(prefetch);
        ReceiveSession session = new ReceiveSession(
                receiver, channel(), ScriptedConnection.open().opened().frames(), prefetch, "", "orders");
        for (int tag = 1; tag <= deliveries; tag++) {
            session.handleDelivery(
                    "consumer",
                    new Envelope(tag, false, "", "orders"),
                    new AMQP.BasicProperties.Builder().messageId("m" + tag).build(),
                    new byte[0]);
        }
        return session;
    }

    private void ack() {
        inbox.next().ack(new Completion() {
            @Override
            public void done() {
                ends.add("done");
            }

            @Override
            public void failed(Throwable cause) {
                ends.add(cause);
            }
        });
    }

    private Channel channel() {
        return (Channel) Proxy.newProxyInstance(
                Channel.class.getClassLoader(), new Class<?>[] {Channel.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("basicAck")) {
                        if (closed) {
                            throw new AlreadyClosedException(new ShutdownSignalException(false, false, null, proxy));
                        }
                        acked.add((Long) arguments[0]);
                    }
                    return null;
                });
    }
}
