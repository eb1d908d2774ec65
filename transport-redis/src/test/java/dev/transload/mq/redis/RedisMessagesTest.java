package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RedisMessagesTest {

    private static final byte[] BODY_FIELD = Bytes.of("body");

    private static EntryFields fields(String... fields) {
        return EntryFields.of(Stream.of(fields).map(Bytes::of).toList());
    }

    private static Message read(String... fields) {
        return RedisMessages.read("q", Bytes.of("1700000000123-4"), fields(fields), BODY_FIELD);
    }

    @Test
    void everythingComesBackAsItWas() {
        byte[] body = {0, 1, -1, 10, 13};
        Message message = Message.builder("id-1", body)
                .key("k\u00fc")
                .type("t")
                .contentType("application/json")
                .timestamp(1_700_000_000_000L)
                .correlationId("c")
                .replyTo("r")
                .priority(3)
                .ttl(5_000)
                .header("body", "a header of that name")
                .header("Emoji", "\ud83d\ude80\n\"quoted\"")
                .header("empty", "")
                .annotation("mq-attempt", "2")
                .build();
        List<byte[]> fields = new ArrayList<>();
        RedisMessages.write(message, fields);
        Message back = RedisMessages.read("q", Bytes.of("1-0"), EntryFields.of(fields), BODY_FIELD);
        assertThat(back.body()).isEqualTo(body);
        assertThat(back.id()).isEqualTo("id-1");
        assertThat(back.key()).isEqualTo("k\u00fc");
        assertThat(back.type()).isEqualTo("t");
        assertThat(back.contentType()).isEqualTo("application/json");
        assertThat(back.timestamp()).isEqualTo(1_700_000_000_000L);
        assertThat(back.correlationId()).isEqualTo("c");
        assertThat(back.replyTo()).isEqualTo("r");
        assertThat(back.priority()).isEqualTo(3);
        assertThat(back.ttl()).isEqualTo(5_000);
        assertThat(back.headers()).isEqualTo(message.headers());
        assertThat(back.annotations()).isEqualTo(message.annotations());
    }

    @Test
    void anEntryOfSomeoneElseHasItsPositionForAnIdAndItsTimeForATimestamp() {
        Message message = read("body", "hello", "tenant", "blue");
        assertThat(message.id()).isEqualTo("q/1700000000123-4");
        assertThat(message.timestamp()).isEqualTo(1_700_000_000_123L);
        assertThat(message.body()).isEqualTo(Bytes.of("hello"));
        assertThat(message.headers()).isEqualTo(Map.of("tenant", "blue"));
    }

    @Test
    void theOnlyFieldOfAnEntryIsItsBodyWhateverItsName() {
        Message message = read("data", "hello", "mq-key", "k");
        assertThat(message.body()).isEqualTo(Bytes.of("hello"));
        assertThat(message.headers()).isEmpty();
        assertThat(message.key()).isEqualTo("k");
    }

    @Test
    void withoutABodyAmongSeveralFieldsAllAreHeaders() {
        Message message = read("a", "1", "b", "2");
        assertThat(message.body()).isEmpty();
        assertThat(message.headers()).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void theCountOfAReleasedEntryIsNoPartOfItsMessage() {
        EntryFields fields = fields("mq-id", "i", "mq-count", "2001", "mq-body", "x");
        assertThat(RedisMessages.count(fields)).isEqualTo(2_001);
        assertThat(RedisMessages.read("q", Bytes.of("1-0"), fields, BODY_FIELD).annotations())
                .isEmpty();
        assertThat(RedisMessages.count(fields("mq-count", "many", "mq-body", "x")))
                .isZero();
    }
}
