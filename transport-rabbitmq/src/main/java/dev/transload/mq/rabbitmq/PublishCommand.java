package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQChannel;
import com.rabbitmq.client.impl.AMQCommand;
import com.rabbitmq.client.impl.AMQConnection;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import com.rabbitmq.client.impl.Method;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Annotations;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code basic.publish} of one message after another, written as bytes without an object for each part; {@code
 * docs/wire-format.md} is the reference. The client's own way makes some 1,000 bytes of garbage for each message.
 *
 * <p>Goes through the channel as every command does, so that its state and its lock hold. Not thread-safe.
 */
final class PublishCommand extends AMQCommand {

    /** For the channel, which asks whether a command has content. */
    private static final Method PUBLISH = new AMQImpl.Basic.Publish(0, "", "", false, false);

    private static final byte[] NOTHING = {};
    private static final int PERSISTENT = 2;
    private static final int AROUND_PAYLOAD = 8;
    private static final int SHORT_STRING = 255;
    /** Text of this length fits a short string in any script. */
    private static final int SURELY_SHORT = SHORT_STRING / 4;

    private static final int CONTENT_TYPE = 1 << 15;
    private static final int HEADERS = 1 << 13;
    private static final int DELIVERY_MODE = 1 << 12;
    private static final int PRIORITY = 1 << 11;
    private static final int CORRELATION_ID = 1 << 10;
    private static final int REPLY_TO = 1 << 9;
    private static final int MESSAGE_ID = 1 << 7;
    private static final int TIMESTAMP = 1 << 6;
    private static final int TYPE = 1 << 5;

    private final int channel;
    private final int maxPayload;
    private final WireBuffer head = new WireBuffer();
    private final Frame frames;
    private byte[] body = NOTHING;

    /**
     * A command for one channel.
     *
     * @param frameMax most bytes of a frame, 0 for any
     */
    PublishCommand(int channel, int frameMax) {
        this.channel = channel;
        this.maxPayload = frameMax == 0 ? Integer.MAX_VALUE : frameMax - AROUND_PAYLOAD;
        this.frames = new Frames();
    }

    /**
     * Prepares a message.
     *
     * @param levels priorities the place keeps apart; with one, a priority travels as a header, since quorum queues
     *     from 4.0 on reorder by the property whether asked to or not
     * @throws IllegalArgumentException if its names or headers do not fit; nothing was written then
     */
    void prepare(String exchange, String routingKey, boolean mandatory, Message message, int levels) {
        head.clear();
        int method = begin(AMQP.FRAME_METHOD);
        head.shortInt(PUBLISH.protocolClassId());
        head.shortInt(PUBLISH.protocolMethodId());
        head.shortInt(0);
        head.shortString(exchange);
        head.shortString(routingKey);
        head.octet(mandatory ? 1 : 0);
        end(method);

        int header = begin(AMQP.FRAME_HEADER);
        head.shortInt(PUBLISH.protocolClassId());
        head.shortInt(0);
        head.longLong(message.body().length);
        properties(message, levels);
        if (head.size() - header - Integer.BYTES > maxPayload) {
            throw new IllegalArgumentException("headers take " + (head.size() - header) + " bytes, at most "
                    + maxPayload + " fit a frame of this connection");
        }
        end(header);
        body = message.body();
    }

    /** What was prepared, to be written as one. */
    Frame frames() {
        return frames;
    }

    /** Forgets the message. */
    void forget() {
        body = NOTHING;
    }

    private int begin(int type) {
        head.octet(type);
        head.shortInt(channel);
        return head.room(Integer.BYTES);
    }

    private void end(int start) {
        head.setLong(start);
        head.octet(AMQP.FRAME_END);
    }

    private void properties(Message message, int levels) {
        int at = head.room(Short.BYTES);
        int flags = DELIVERY_MODE;
        flags |= shortString(CONTENT_TYPE, message.contentType());
        flags |= headers(message, levels);
        head.octet(PERSISTENT);
        if (levels > 1) {
            flags |= PRIORITY;
            head.octet(Math.max(0, message.priority()));
        }
        flags |= shortString(CORRELATION_ID, message.correlationId());
        flags |= shortString(REPLY_TO, message.replyTo());
        flags |= shortString(MESSAGE_ID, message.id());
        if (message.timestamp() != 0) {
            flags |= TIMESTAMP;
            head.longLong(message.timestamp() / 1000);
        }
        flags |= shortString(TYPE, message.type());
        head.setShort(at, flags);
    }

    // A property where one can hold the text; what is longer is a header.
    private int shortString(int flag, @Nullable String text) {
        if (text == null || isLong(text)) {
            return 0;
        }
        head.shortString(text);
        return flag;
    }

    private int headers(Message message, int levels) {
        int at = head.room(Integer.BYTES);
        texts(message.headers());
        texts(message.annotations());
        if (message.timestamp() != 0) {
            number(Annotations.TIMESTAMP, message.timestamp());
        }
        if (message.ttl() != 0) {
            number(Annotations.TTL, message.ttl());
        }
        if (message.key() != null) {
            text(Annotations.KEY, message.key());
        }
        if (levels <= 1 && message.priority() != Message.NO_PRIORITY) {
            head.shortString(Annotations.PRIORITY);
            head.octet('I');
            head.longInt(message.priority());
        }
        ifLong(Annotations.ID, message.id());
        ifLong(Annotations.TYPE, message.type());
        ifLong(Annotations.CONTENT_TYPE, message.contentType());
        ifLong(Annotations.CORRELATION_ID, message.correlationId());
        ifLong(Annotations.REPLY_TO, message.replyTo());
        if (head.size() == at + Integer.BYTES) {
            head.back(Integer.BYTES);
            return 0;
        }
        head.setLong(at);
        return HEADERS;
    }

    private void texts(Map<String, String> table) {
        if (!table.isEmpty()) {
            table.forEach(this::text);
        }
    }

    private void ifLong(String name, @Nullable String text) {
        if (text != null && isLong(text)) {
            text(name, text);
        }
    }

    private void text(String name, String value) {
        head.shortString(name);
        head.octet('S');
        head.longString(value);
    }

    private void number(String name, long value) {
        head.shortString(name);
        head.octet('l');
        head.longLong(value);
    }

    private static boolean isLong(String text) {
        return text.length() > SURELY_SHORT && text.getBytes(StandardCharsets.UTF_8).length > SHORT_STRING;
    }

    @Override
    public Method getMethod() {
        return PUBLISH;
    }

    @Override
    public void transmit(AMQChannel to) throws IOException {
        AMQConnection connection = to.getConnection();
        connection.writeFrame(frames);
        connection.flush();
    }

    /** All frames of the message, which must not be torn apart. */
    private final class Frames extends Frame {
        Frames() {
            super(AMQP.FRAME_METHOD, channel);
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.write(head.bytes(), 0, head.size());
            for (int at = 0; at < body.length; ) {
                int length = Math.min(body.length - at, maxPayload);
                out.writeByte(AMQP.FRAME_BODY);
                out.writeShort(channel);
                out.writeInt(length);
                out.write(body, at, length);
                out.writeByte(AMQP.FRAME_END);
                at += length;
            }
        }
    }
}
