package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.impl.LongStringHelper;
import dev.transload.mq.Message;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RabbitMqMessagesTest {

    @Test
    void everythingOnTheEnvelopeComesBack() {
        Message message = Message.builder("id-1", new byte[] {0, 1, -1})
                .key("order-1")
                .type("OrderPlaced")
                .contentType("application/json")
                .timestamp(1_763_000_000_123L)
                .correlationId("c")
                .replyTo("r")
                .ttl(5_000)
                .header("traceparent", "00-é\n\"😀")
                .annotation("mq-attempt", "2")
                .build();

        Message back = RabbitMqMessages.message(Published.properties(message, 1), message.body());

        assertThat(back).usingRecursiveComparison().isEqualTo(message);
    }

    @Test
    void wholeSecondsOfTheTimestampAreThePropertyAndMillisecondsAHeader() {
        AMQP.BasicProperties properties = Published.properties(
                Message.builder("i", new byte[0]).timestamp(1_500L).build(), 1);

        assertThat(properties.getTimestamp()).hasTime(1_000);
        assertThat(properties.getHeaders()).containsEntry("mq-timestamp", 1_500L);
    }

    @Test
    void textTooLongForAPropertyTravelsAsHeader() {
        String id = "é".repeat(200);
        Message message =
                Message.builder(id, new byte[0]).correlationId("x".repeat(255)).build();

        AMQP.BasicProperties properties = Published.properties(message, 1);

        assertThat(properties.getMessageId()).isNull();
        assertThat(properties.getHeaders()).containsEntry("mq-id", LongStringHelper.asLongString(id));
        assertThat(properties.getCorrelationId()).hasSize(255);
        Message back = RabbitMqMessages.message(properties, new byte[0]);
        assertThat(back.id()).isEqualTo(id);
        assertThat(back.idAssigned()).isFalse();
    }

    @Test
    void aPriorityIsAPropertyOnlyWhereThePlaceHasPriorities() {
        Message message = Message.builder("i", new byte[0]).priority(2).build();

        AMQP.BasicProperties plain = Published.properties(message, 1);
        AMQP.BasicProperties levels = Published.properties(message, 3);

        assertThat(plain.getPriority()).isNull();
        assertThat(levels.getPriority()).isEqualTo(2);
        assertThat(RabbitMqMessages.message(plain, new byte[0]).priority()).isEqualTo(2);
        assertThat(RabbitMqMessages.message(levels, new byte[0]).priority()).isEqualTo(2);
        assertThat(Published.properties(Message.builder("i", new byte[0]).build(), 3)
                        .getPriority())
                .isZero();
    }

    @Test
    void aForeignMessageGetsAnIdThatIsMarkedAndItsHeadersAsText() {
        Map<String, Object> headers = new HashMap<>();
        headers.put("n", 42);
        headers.put("yes", true);
        headers.put("nothing", null);
        headers.put("text", LongStringHelper.asLongString("straße"));
        headers.put("list", List.of(1, LongStringHelper.asLongString("b")));
        headers.put("table", Map.of("a", 1));
        headers.put("bytes", "raw".getBytes(java.nio.charset.StandardCharsets.UTF_8));

        Message message = RabbitMqMessages.message(
                new AMQP.BasicProperties.Builder().headers(headers).build(), new byte[0]);

        assertThat(message.idAssigned()).isTrue();
        assertThat(message.id()).isNotBlank();
        assertThat(message.timestamp()).isZero();
        assertThat(message.headers())
                .containsEntry("n", "42")
                .containsEntry("yes", "true")
                .containsEntry("nothing", "")
                .containsEntry("text", "straße")
                .containsEntry("list", "[1, b]")
                .containsEntry("table", "{a=1}")
                .containsEntry("bytes", "raw");
    }

    @Test
    void whatTheBrokerWroteIsNoHeaderOfTheApplication() {
        Map<String, Object> headers = new HashMap<>();
        headers.put("x-death", List.of());
        headers.put("x-first-death-queue", "q");
        headers.put("x-last-death-reason", "expired");
        headers.put("x-delivery-count", 3L);
        headers.put("x-acquired-count", 4L);
        headers.put("x-mine", "kept");

        AMQP.BasicProperties properties =
                new AMQP.BasicProperties.Builder().headers(headers).build();

        assertThat(RabbitMqMessages.message(properties, new byte[0]).headers()).containsOnlyKeys("x-mine");
        assertThat(RabbitMqMessages.deliveries(properties, true)).isEqualTo(4);
    }

    @Test
    void deliveriesAreCountedByTheQueueOrElseByTheRedeliveredFlag() {
        AMQP.BasicProperties none = new AMQP.BasicProperties();
        AMQP.BasicProperties released = new AMQP.BasicProperties.Builder()
                .headers(Map.of("x-acquired-count", 1L))
                .build();

        assertThat(RabbitMqMessages.deliveries(none, false)).isEqualTo(1);
        assertThat(RabbitMqMessages.deliveries(none, true)).isEqualTo(2);
        assertThat(RabbitMqMessages.deliveries(released, true)).isEqualTo(1);
    }
}
