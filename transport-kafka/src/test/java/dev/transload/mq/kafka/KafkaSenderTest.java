package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.kafka.KafkaTopology.TopicState;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaSenderTest {

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaSender sender = new KafkaSender(
            producer,
            new StandingClock(),
            topic -> new TopicState(1, null, false, -1),
            topic -> {},
            1000,
            () -> true,
            topic -> {});

    private void send(String queue) {
        sender.send(new Sending(
                Place.of(Role.QUEUE, queue, Shape.PLAIN),
                Message.builder("1", new byte[0]).build()));
    }

    @Test
    void eachMessageGoesToTheTopicOfItsOwnPlace() {
        send("a");
        send("a");
        send("b");
        send("a");

        assertThat(producer.history()).extracting(ProducerRecord::topic).containsExactly("a", "a", "b", "a");
    }

    @Test
    void aTopicIsStuckWhereSomethingIsOnItsWayAndNothingComesBack() {
        send("a");
        send("a");
        send("b");
        assertThat(sender.stuck()).as("sent just now").isEmpty();
        assertThat(sender.stuck()).containsExactlyInAnyOrder("a", "b");

        producer.completeNext();
        assertThat(sender.stuck()).containsExactly("b");
    }

    @Test
    void aTopicToWhichNothingIsOnItsWayIsNotStuck() {
        send("a");
        producer.completeNext();

        assertThat(sender.stuck()).isEmpty();
        assertThat(sender.stuck()).isEmpty();
        assertThat(sender.stuck()).isEmpty();
    }
}
