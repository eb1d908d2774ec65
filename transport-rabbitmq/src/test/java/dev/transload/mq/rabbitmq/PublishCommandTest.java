package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.AMQCommand;
import com.rabbitmq.client.impl.AMQImpl;
import com.rabbitmq.client.impl.Frame;
import dev.transload.mq.Message;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

@SuppressWarnings("JavaUtilDate") // the client has nothing newer
class PublishCommandTest {

    private static final int FRAME_MAX = 4_096;

    @Test
    void theBytesAreThoseOfTheClient() throws Exception {
        byte[] body = bytes(10_000);
        Message message = Message.builder("an id with é", body)
                .timestamp(1_763_000_000_123L)
                .contentType("text/plain")
                .correlationId("c")
                .replyTo("r")
                .type("t")
                .build();
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .messageId("an id with é")
                .timestamp(new Date(1_763_000_000_123L))
                .headers(Map.of("mq-timestamp", 1_763_000_000_123L))
                .contentType("text/plain")
                .correlationId("c")
                .replyTo("r")
                .type("t")
                .deliveryMode(2)
                .build();

        assertThat(Published.bytes(message, 1, FRAME_MAX)).isEqualTo(byTheClient(properties, body));
    }

    @Test
    void aMessageOfAnySizeArrivesWhole() throws Exception {
        for (int size : List.of(0, 1, FRAME_MAX - 9, FRAME_MAX - 8, FRAME_MAX - 7, 3 * (FRAME_MAX - 8), 100_001)) {
            byte[] body = bytes(size);

            AMQCommand command = Published.command(Message.builder("i", body).build(), 1, FRAME_MAX);

            assertThat(command.getContentBody()).isEqualTo(body);
            assertThat(command.getMethod())
                    .usingRecursiveComparison()
                    .isEqualTo(new AMQImpl.Basic.Publish(0, "an.exchange", "a.key", true, false));
        }
    }

    @Test
    void noFrameIsLargerThanTheConnectionAllows() throws Exception {
        List<Frame> frames =
                Published.frames(Message.builder("i", bytes(100_001)).build(), 1, FRAME_MAX);

        assertThat(frames).allSatisfy(frame -> assertThat(frame.size()).isLessThanOrEqualTo(FRAME_MAX));
        assertThat(frames).hasSize(2 + (100_001 + FRAME_MAX - 9) / (FRAME_MAX - 8));
    }

    @Test
    void headersThatDoNotFitAFrameAreRefused() {
        Message message = Message.builder("i", bytes(1))
                .header("h", "x".repeat(FRAME_MAX))
                .build();

        assertThatThrownBy(() -> Published.bytes(message, 1, FRAME_MAX))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 4088");
    }

    @Test
    void namesThatAreTooLongAreRefused() {
        PublishCommand command = new PublishCommand(1, FRAME_MAX);
        Message message = Message.builder("i", bytes(1)).build();

        assertThatThrownBy(() -> command.prepare("", "é".repeat(200), false, message, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("400 bytes");
    }

    @Test
    void aCommandIsUsedAgainAfterOneThatWasRefused() throws Exception {
        PublishCommand command = new PublishCommand(7, FRAME_MAX);
        Message good = Message.builder("i", bytes(5)).build();
        Message bad = Message.builder("i", bytes(5)).header("é".repeat(200), "").build();

        assertThatThrownBy(() -> command.prepare("an.exchange", "a.key", true, bad, 1))
                .isInstanceOf(IllegalArgumentException.class);
        command.prepare("an.exchange", "a.key", true, good, 1);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        command.frames().writeTo(new DataOutputStream(written));

        assertThat(written.toByteArray()).isEqualTo(Published.bytes(good, 1, FRAME_MAX));
    }

    private static byte[] byTheClient(AMQP.BasicProperties properties, byte[] body) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        new AMQImpl.Basic.Publish(0, "an.exchange", "a.key", true, false)
                .toFrame(7)
                .writeTo(out);
        properties.toFrame(7, body.length).writeTo(out);
        for (int at = 0; at < body.length; at += FRAME_MAX - 8) {
            int length = Math.min(FRAME_MAX - 8, body.length - at);
            Frame.fromBodyFragment(7, ByteBuffer.wrap(body), at, length).writeTo(out);
        }
        return bytes.toByteArray();
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
