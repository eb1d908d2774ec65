package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.DestinationNotFoundException;
import dev.transload.mq.Message;
import dev.transload.mq.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SendSessionTest {

    private static final int LIMIT = 16;
    private static final String NO_EXCHANGE = "NOT_FOUND - no exchange 'orders' in vhost '/'";

    private final ScriptedConnection connection = ScriptedConnection.open();
    private SendSession session;

    @BeforeEach
    void open() throws IOException {
        session = new SendSession(connection.opened(), task -> {});
        session.requestChannel(connection.createChannel());
    }

    @Test
    void theCallerWritesNoMoreOnceSoManyRequestsAreUnconfirmed() throws IOException {
        for (int i = 0; i < LIMIT; i++) {
            assertThat(RabbitMqSender.mayWriteHere(session)).isTrue();
            session.write(request());
        }
        assertThat(RabbitMqSender.mayWriteHere(session)).isFalse();

        connection.channels.get(1).confirm(1);

        assertThat(RabbitMqSender.mayWriteHere(session)).isTrue();
    }

    @Test
    void theCallerWritesNoMoreOnceSoManyBytesOfRequestsAreUnconfirmed() throws IOException {
        session.write(request(new byte[64 * 1024]));

        assertThat(RabbitMqSender.mayWriteHere(session)).isFalse();
    }

    @Test
    void messagesAndRequestsCountTogether() throws IOException {
        for (int i = 0; i < LIMIT / 2; i++) {
            session.write(request());
            session.write(message());
        }

        assertThat(RabbitMqSender.mayWriteHere(session)).isFalse();
    }

    @Test
    void oneMessageAloneWithoutItsExchangeWasNotSent() throws IOException {
        Sent lone = message();
        session.write(lone);

        connection.channels.get(0).closeByBroker(404, NO_EXCHANGE);

        assertThat(lone.failure())
                .isInstanceOfSatisfying(
                        DestinationNotFoundException.class,
                        e -> assertThat(e.outcome()).isEqualTo(Outcome.NOT_SENT));
    }

    @Test
    void ofManyMessagesWithoutTheirExchangeAnyMayHaveBeenStoredBeforeItWent() throws IOException {
        Sent first = message();
        Sent second = message();
        session.write(first);
        session.write(second);

        connection.channels.get(0).closeByBroker(404, NO_EXCHANGE);

        assertThat(List.of(first.failure(), second.failure()))
                .allSatisfy(failure -> assertThat(failure)
                        .isInstanceOfSatisfying(
                                DestinationNotFoundException.class,
                                e -> assertThat(e.outcome()).isEqualTo(Outcome.UNKNOWN)));
    }

    private static Sent message() {
        return new Sent(Spi.topic("orders"), Spi.message("an order"), 0);
    }

    private static Sent request() {
        return request("a question".getBytes(StandardCharsets.UTF_8));
    }

    private static Sent request(byte[] body) {
        Message message = Message.builder("question", body)
                .replyTo(RabbitMqReplyInbox.ADDRESS)
                .build();
        return new Sent(Spi.queue("questions"), message, 0);
    }
}
