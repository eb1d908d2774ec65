package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.kafka.KafkaTopology.TopicState;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class KafkaSenderTest {

    private static final long TEN_SECONDS = 10_000;
    private static final long TWO_MINUTES = 120_000;

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaSender sender = sender(new StandingClock());

    private KafkaSender sender(TimeSource time) {
        return new KafkaSender(
                producer,
                time,
                topic -> new TopicState(1, null, false, -1),
                topic -> {},
                1000,
                () -> true,
                topic -> {});
    }

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

    /** Moved by the test; knows how often it was read. */
    private static final class Clock implements TimeSource {
        private long now = 100 * TWO_MINUTES;
        private int reads;

        @Override
        public long millis() {
            reads++;
            return now;
        }

        @Override
        public long nanos() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Timer schedule(Duration delay, Runnable task) {
            throw new UnsupportedOperationException();
        }
    }

    private ProducerRecord<byte[], byte[]> sent(KafkaSender by, long timestamp) {
        by.send(new Sending(
                Place.of(Role.QUEUE, "a", Shape.PLAIN),
                Message.builder("1", new byte[0]).timestamp(timestamp).build()));
        return producer.history().get(producer.history().size() - 1);
    }

    @Test
    void aMessageThatIsNewKeepsItsTimeAndNobodyReadsTheClockForIt() {
        Clock clock = new Clock();
        KafkaSender by = sender(clock);
        clock.now += TEN_SECONDS;
        int reads = clock.reads;

        ProducerRecord<byte[], byte[]> record = sent(by, clock.now);

        assertThat(record.timestamp()).isEqualTo(clock.now);
        assertThat(record.headers()).extracting(Header::key).containsExactly("mq-id");
        assertThat(clock.reads).isEqualTo(reads);
    }

    @Test
    void aMessageOfLongAgoGoesWithTheTimeOfItsSend() {
        Clock clock = new Clock();
        KafkaSender by = sender(clock);
        long longAgo = clock.now - TWO_MINUTES;
        clock.now += TEN_SECONDS;

        ProducerRecord<byte[], byte[]> record = sent(by, longAgo);

        assertThat(record.timestamp()).isEqualTo(clock.now);
        assertThat(record.headers()).extracting(Header::key).containsExactly("mq-id", "mq-timestamp");
    }

    @Test
    void aNewMessageIsSeenAsSuchThoughTheClockWasNotReadForLong() {
        Clock clock = new Clock();
        KafkaSender by = sender(clock);
        clock.now += TWO_MINUTES;

        ProducerRecord<byte[], byte[]> record = sent(by, clock.now);

        assertThat(record.timestamp()).isEqualTo(clock.now);
        assertThat(record.headers()).extracting(Header::key).containsExactly("mq-id");
    }

    @Test
    void aMessageOfLongAgoIsSeenAsSuchOnceTheClockWasReadAgain() {
        Clock clock = new Clock();
        KafkaSender by = sender(clock);
        long longAgo = clock.now;
        clock.now += TWO_MINUTES;
        by.lookAtClock();

        assertThat(sent(by, longAgo).timestamp()).isEqualTo(clock.now);
    }
}
