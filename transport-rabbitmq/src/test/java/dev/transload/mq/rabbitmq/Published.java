package dev.transload.mq.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQCommand;
import com.rabbitmq.client.impl.Frame;
import dev.transload.mq.Message;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** What a {@link PublishCommand} writes, read by the broker's own client. */
final class Published {

    private Published() {}

    /** The properties that arrive. */
    static AMQP.BasicProperties properties(Message message, int levels) {
        return (AMQP.BasicProperties) command(message, levels, 0).getContentHeader();
    }

    /** The whole command that arrives. */
    static AMQCommand command(Message message, int levels, int frameMax) {
        try {
            AMQCommand command = new AMQCommand();
            boolean whole = false;
            for (Frame frame : frames(message, levels, frameMax)) {
                if (whole) {
                    throw new AssertionError("more frames than the command has");
                }
                whole = command.handleFrame(frame);
            }
            if (!whole) {
                throw new AssertionError("fewer frames than the command has");
            }
            return command;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The frames that arrive. */
    static List<Frame> frames(Message message, int levels, int frameMax) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes(message, levels, frameMax)));
        List<Frame> frames = new ArrayList<>();
        while (in.available() > 0) {
            frames.add(Frame.readFrom(in, () -> frameMax == 0 ? Integer.MAX_VALUE : frameMax - 8));
        }
        return frames;
    }

    /** What goes over the wire. */
    static byte[] bytes(Message message, int levels, int frameMax) throws IOException {
        PublishCommand command = new PublishCommand(7, frameMax);
        command.prepare("an.exchange", "a.key", true, message, levels);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        command.frames().writeTo(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
