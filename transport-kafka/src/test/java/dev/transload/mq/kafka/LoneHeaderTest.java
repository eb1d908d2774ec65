package dev.transload.mq.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

class LoneHeaderTest {

    private final ProducerRecord<byte[], byte[]> record =
            LoneHeader.record("jobs", 3, 1_000, new byte[] {1}, new byte[] {2}, "mq-id", "a".getBytes(UTF_8));
    private final Headers headers = record.headers();

    private static List<String> texts(Iterable<Header> headers) {
        return StreamSupport.stream(headers.spliterator(), false)
                .map(header -> header.key() + "=" + new String(header.value(), UTF_8))
                .toList();
    }

    @Test
    void theRecordIsAsGiven() {
        assertThat(record.topic()).isEqualTo("jobs");
        assertThat(record.partition()).isEqualTo(3);
        assertThat(record.timestamp()).isEqualTo(1_000);
        assertThat(record.key()).containsExactly(1);
        assertThat(record.value()).containsExactly(2);
    }

    @Test
    void itIsTheOnlyOne() {
        assertThat(texts(headers)).containsExactly("mq-id=a");
        assertThat(texts(List.of(headers.toArray()))).containsExactly("mq-id=a");
        assertThat(texts(headers.headers("mq-id"))).containsExactly("mq-id=a");
        assertThat(headers.headers("other")).isEmpty();
        assertThat(headers.lastHeader("mq-id").value()).isEqualTo("a".getBytes(UTF_8));
        assertThat(headers.lastHeader("other")).isNull();
    }

    @Test
    void othersCanBeAdded() {
        Headers more = headers.add("trace", "b".getBytes(UTF_8)).add(new RecordHeader("mq-id", "c".getBytes(UTF_8)));

        assertThat(more).isSameAs(headers);
        assertThat(texts(headers)).containsExactly("mq-id=a", "trace=b", "mq-id=c");
        assertThat(texts(List.of(headers.toArray()))).containsExactly("mq-id=a", "trace=b", "mq-id=c");
        assertThat(texts(headers.headers("mq-id"))).containsExactly("mq-id=a", "mq-id=c");
        assertThat(headers.lastHeader("mq-id").value()).isEqualTo("c".getBytes(UTF_8));
    }

    @Test
    void itCanBeTakenAway() {
        assertThat(headers.remove("mq-id")).isSameAs(headers);

        assertThat(headers).isEmpty();
        assertThat(headers.toArray()).isEmpty();
        assertThat(headers.lastHeader("mq-id")).isNull();
    }
}
