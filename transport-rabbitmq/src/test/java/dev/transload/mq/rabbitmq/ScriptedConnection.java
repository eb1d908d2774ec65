package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.impl.AMQCommand;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.ChannelN;
import com.rabbitmq.client.impl.ConnectionParams;
import com.rabbitmq.client.impl.ConsumerWorkService;
import com.rabbitmq.client.impl.DefaultExceptionHandler;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.FrameHandler;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;

/** The client's connection without a network: what is written goes nowhere, and the test says what the broker says. */
final class ScriptedConnection extends AMQConnection {

    private static final FrameHandler NOWHERE = (FrameHandler) Proxy.newProxyInstance(
            FrameHandler.class.getClassLoader(),
            new Class<?>[] {FrameHandler.class},
            (proxy, method, arguments) -> method.getReturnType() == int.class ? 0 : null);

    /** Channels in the order they were opened. */
    final List<ScriptedChannel> channels = new ArrayList<>();

    private final ConsumerWorkService work = new ConsumerWorkService(null, Executors.defaultThreadFactory(), 1_000);

    private ScriptedConnection(ConnectionParams params) {
        super(params, NOWHERE);
    }

    static ScriptedConnection open() {
        ConnectionParams params = new ConnectionParams();
        params.setClientProperties(Map.of());
        params.setThreadFactory(Executors.defaultThreadFactory());
        params.setExceptionHandler(new DefaultExceptionHandler());
        return new ScriptedConnection(params);
    }

    /** As the transport holds it. */
    RabbitMqConnections.Opened opened() {
        return new RabbitMqConnections.Opened(this, new BatchedFrames(NOWHERE));
    }

    @Override
    public Map<String, Object> getServerProperties() {
        return Map.of("product", "RabbitMQ", "version", "4.3.0");
    }

    @Override
    public Channel createChannel() {
        ScriptedChannel channel = new ScriptedChannel(channels.size() + 1);
        channels.add(channel);
        return channel;
    }

    @Override
    public void writeFrame(Frame frame) {}

    /** The broker takes no sends for now. */
    void block() throws IOException {
        processControlCommand(new AMQCommand(new AMQImpl.Connection.Blocked("no memory")));
    }

    /** One of its channels. */
    final class ScriptedChannel extends ChannelN {

        private ScriptedChannel(int number) {
            super(ScriptedConnection.this, number, work);
        }

        @Override
        public AMQImpl.Confirm.SelectOk confirmSelect() {
            return new AMQImpl.Confirm.SelectOk();
        }

        /** The broker confirms one message. */
        void confirm(long sequence) throws IOException {
            processAsync(new AMQCommand(new AMQImpl.Basic.Ack(sequence, false)));
        }

        /** The broker closes the channel. */
        void closeByBroker(int code, String text) throws IOException {
            processAsync(new AMQCommand(new AMQImpl.Channel.Close(code, text, 0, 0)));
        }
    }
}
