package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.ClientClosedException;
import org.junit.jupiter.api.Test;

class RabbitMqSenderTest {

    @Test
    void aMessageThatMeetsTheCloseIsToldAlthoughTheWriterHasEnded() throws Exception {
        ScriptedConnection connection = ScriptedConnection.open();
        SendSession session = new SendSession(connection.opened(), task -> {});
        connection.block(); // so that the caller leaves it to the writer
        RabbitMqSender sender = new RabbitMqSender();
        sender.close();
        sender.writer.join();
        sender.up(session); // connected just then
        Sent message = new Sent(Spi.queue("orders"), Spi.message("an order"), 0);

        sender.send(message);

        assertThat(message.end()).isCompletedExceptionally();
        assertThat(message.failure()).isInstanceOf(ClientClosedException.class);
    }
}
