package dev.transload.mq.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Annotations;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class KafkaMessagesTest {

    private static final long NOW = 1_800_000_000_000L;

    private static ProducerRecord<byte[], byte[]> record(Message message) {
        return KafkaMessages.record(new Sending(Place.of(Role.QUEUE, "q", Shape.PLAIN), message), NOW, false, 2);
    }

    private static Message stored(ProducerRecord<byte[], byte[]> record, TimestampType type, long brokerTime) {
        return KafkaMessages.message(new ConsumerRecord<>(
                record.topic(),
                0,
                7,
                type == TimestampType.LOG_APPEND_TIME ? brokerTime : record.timestamp(),
                type,
                0,
                0,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty()));
    }

    /** A record whose value is a slice of what else was fetched with it. */
    private static ConsumerRecord<byte[], ByteBuffer> fetched(ByteBuffer value) {
        return new ConsumerRecord<>(
                "q",
                0,
                7,
                NOW,
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                value,
                new RecordHeaders().add(Annotations.ID, "a".getBytes(UTF_8)),
                Optional.empty());
    }

    private static void assertSame(Message read, Message sent) {
        assertThat(read.id()).isEqualTo(sent.id());
        assertThat(read.idAssigned()).isFalse();
        assertThat(read.key()).isEqualTo(sent.key());
        assertThat(read.body()).isEqualTo(sent.body());
        assertThat(read.headers()).isEqualTo(sent.headers());
        assertThat(read.annotations()).isEqualTo(sent.annotations());
        assertThat(read.type()).isEqualTo(sent.type());
        assertThat(read.contentType()).isEqualTo(sent.contentType());
        assertThat(read.timestamp()).isEqualTo(sent.timestamp());
        assertThat(read.correlationId()).isEqualTo(sent.correlationId());
        assertThat(read.replyTo()).isEqualTo(sent.replyTo());
        assertThat(read.priority()).isEqualTo(sent.priority());
        assertThat(read.ttl()).isEqualTo(sent.ttl());
    }

    @Test
    void aWholeEnvelopeArrives() {
        Message sent = Message.builder("id-1", new byte[] {0, -1, 10})
                .key("kéy\n")
                .header("trace", "ünïcode \"quoted\"\r\n😀")
                .header("empty", "")
                .annotation(Annotations.ATTEMPT, "2")
                .type("Email")
                .contentType("application/json")
                .timestamp(NOW)
                .correlationId("c")
                .replyTo("mq--replies/1/me")
                .priority(4)
                .ttl(5_000)
                .build();
        assertSame(stored(record(sent), TimestampType.CREATE_TIME, 0), sent);
    }

    @Test
    void eachMessageHasItsOwnContentType() {
        for (String type : List.of("text/plain", "text/plain", "application/json", "text/plain")) {
            Message sent =
                    Message.builder("id-1", new byte[0]).contentType(type).build();

            assertThat(stored(record(sent), TimestampType.CREATE_TIME, 0).contentType())
                    .isEqualTo(type);
        }
    }

    @Test
    void anotherContentTypeFromAForeignSenderIsReadThoughItsSizeIsThatOfTheLast() {
        ProducerRecord<byte[], byte[]> first = record(
                Message.builder("id-1", new byte[0]).contentType("text/aa").build());
        ProducerRecord<byte[], byte[]> second = record(
                Message.builder("id-2", new byte[0]).contentType("text/bb").build());

        assertThat(stored(first, TimestampType.CREATE_TIME, 0).contentType()).isEqualTo("text/aa");
        assertThat(stored(second, TimestampType.CREATE_TIME, 0).contentType()).isEqualTo("text/bb");
    }

    @Test
    void aDelayLaneIsItsPartitionWhateverTheKey() {
        Place lane = Place.of(Role.DELAY_LANE, "mq--delays-16s", Shape.PLAIN);
        for (String key : new String[] {null, "k"}) {
            Message sent = Message.builder("id-1", new byte[0]).key(key).build();
            ProducerRecord<byte[], byte[]> record = KafkaMessages.record(new Sending(lane, sent), NOW, true, 9);
            assertThat(record.topic()).isEqualTo("mq--delays");
            assertThat(record.partition()).isEqualTo(2);
        }
    }

    @Test
    void aBareMessageStaysBare() {
        Message sent = Message.builder("id-1", new byte[0]).timestamp(NOW).build();
        ProducerRecord<byte[], byte[]> record = record(sent);
        assertThat(record.headers().toArray()).hasSize(1);
        assertThat(record.key()).isNull();
        assertSame(stored(record, TimestampType.CREATE_TIME, 0), sent);
    }

    @Test
    void keysDecideThePartitionAndOthersTakeTurns() {
        assertThat(record(Message.builder("a", new byte[0]).build()).partition())
                .isEqualTo(2);
        assertThat(record(Message.builder("a", new byte[0]).key("k").build()).partition())
                .isNull();
    }

    @Test
    void theTimeOfTheSendOutlivesABrokerThatWritesItsOwn() {
        Message sent = Message.builder("a", new byte[0]).timestamp(NOW - 5).build();
        ProducerRecord<byte[], byte[]> record =
                KafkaMessages.record(new Sending(Place.of(Role.DELAY_LANE, "l", Shape.PLAIN), sent), NOW, true, null);
        assertThat(stored(record, TimestampType.LOG_APPEND_TIME, NOW + 99).timestamp())
                .isEqualTo(NOW - 5);
    }

    @Test
    void aMessageOfLongAgoIsStoredAsOfNowSoThatItsTopicKeepsIt() {
        long then = NOW - 30L * 24 * 3600 * 1000;
        Message sent = Message.builder("a", new byte[0]).timestamp(then).build();
        ProducerRecord<byte[], byte[]> record = record(sent);
        assertThat(record.timestamp()).isEqualTo(NOW);
        assertThat(stored(record, TimestampType.CREATE_TIME, 0).timestamp()).isEqualTo(then);
    }

    @Test
    void aSenderWhoseClockIsFarAheadIsNotRefusedByTheBroker() {
        Message sent =
                Message.builder("a", new byte[0]).timestamp(NOW + 7_200_000).build();
        assertThat(record(sent).timestamp()).isEqualTo(NOW);
    }

    @Test
    void aForeignRecordHasItsPositionForAnId() {
        RecordHeaders headers = new RecordHeaders();
        headers.add("binary", new byte[] {(byte) 0xff});
        headers.add("none", null);
        headers.add("twice", "1".getBytes(UTF_8));
        headers.add("twice", "2".getBytes(UTF_8));
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "orders",
                3,
                42,
                NOW,
                TimestampType.CREATE_TIME,
                0,
                0,
                "order-123".getBytes(UTF_8),
                null,
                headers,
                Optional.empty());

        Message message = KafkaMessages.message(record);

        assertThat(message.id()).isEqualTo("orders/3/42");
        assertThat(message.idAssigned()).isFalse();
        assertThat(message.key()).isEqualTo("order-123");
        assertThat(message.body()).isEmpty();
        assertThat(message.timestamp()).isEqualTo(NOW);
        assertThat(message.headers())
                .containsEntry("none", "")
                .containsEntry("twice", "2")
                .containsKey("binary");
    }

    @Test
    void aBodyIsMadeOfItsSliceAlone() {
        byte[] fetch = {0, 1, 2, 3, 4};
        for (ByteBuffer whole :
                List.of(ByteBuffer.wrap(fetch), ByteBuffer.wrap(fetch).asReadOnlyBuffer())) {
            Message message =
                    KafkaMessages.late(fetched(whole.position(1).limit(4).slice()));

            assertThat(message.id()).isEqualTo("a");
            assertThat(message.copyBody()).containsExactly(1, 2, 3);
            assertThat(message.copyBody()).containsExactly(1, 2, 3).isNotSameAs(message.body());
        }
    }

    @Test
    void aMessageWhoseBodyWasMadeDoesNotKeepTheFetch() {
        byte[] fetch = {0, 1, 2};
        Message message = KafkaMessages.late(fetched(ByteBuffer.wrap(fetch, 1, 1)));
        Message copy = message.toBuilder().header("h", "v").build();
        assertThat(message.body()).containsExactly(1);

        fetch[1] = 9;

        assertThat(message.copyBody()).containsExactly(1);
        assertThat(copy.body()).isSameAs(message.body());
    }

    @Test
    void aRecordWithoutAValueHasAnEmptyBody() {
        assertThat(KafkaMessages.late(fetched(null)).body()).isEmpty();
    }

    @Test
    void numbersThatAreNoneDoNoHarm() {
        RecordHeaders headers = new RecordHeaders();
        headers.add(Annotations.TTL, "soon".getBytes(UTF_8));
        headers.add(Annotations.PRIORITY, "99999999999999".getBytes(UTF_8));
        headers.add(Annotations.TIMESTAMP, "-3".getBytes(UTF_8));
        Message message = KafkaMessages.message(new ConsumerRecord<>(
                "q", 0, 1, NOW, TimestampType.CREATE_TIME, 0, 0, null, new byte[0], headers, Optional.empty()));
        assertThat(message.ttl()).isZero();
        assertThat(message.priority()).isEqualTo(Message.NO_PRIORITY);
        assertThat(message.timestamp()).isZero();
    }

    @Test
    void aReplyGoesToItsInboxAlone() {
        Message reply = Message.builder("r", new byte[0]).correlationId("c").build();
        Place to = new Place(Role.REPLY, "mq--replies/5/me", null, null, Shape.PLAIN, false);
        ProducerRecord<byte[], byte[]> record = KafkaMessages.record(new Sending(to, reply), NOW, false, 1);
        assertThat(record.topic()).isEqualTo("mq--replies");
        assertThat(record.partition()).isEqualTo(5);
        assertThat(KafkaMessages.last(record.headers(), KafkaMessages.INBOX)).isEqualTo("me");
        assertThat(stored(record, TimestampType.CREATE_TIME, 0).annotations()).isEmpty();
    }
}
