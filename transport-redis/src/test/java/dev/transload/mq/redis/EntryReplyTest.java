package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.RedisInputStream;

class EntryReplyTest {

    private final List<String> told = new ArrayList<>();
    private final List<byte[]> bodies = new ArrayList<>();
    private final EntryReply reply = new EntryReply(new EntryFields(), new EntryReply.Sink() {
        @Override
        public void stream(byte[] key, int entries) {
            told.add(Bytes.text(key) + " " + entries);
        }

        @Override
        public void entry(byte[] id, EntryFields fields) {
            StringBuilder entry = new StringBuilder(Bytes.text(id));
            for (int i = 0; i < fields.pairs(); i++) {
                entry.append(' ').append(fields.name(i)).append('=').append(fields.value(i));
                bodies.add(fields.bytes(i));
            }
            told.add(entry.toString());
        }
    });

    private static String string(String text) {
        return "$" + text.length() + "\r\n" + text + "\r\n";
    }

    private static String entry(String id, String... fields) {
        StringBuilder all = new StringBuilder("*2\r\n" + string(id) + "*" + fields.length + "\r\n");
        for (String field : fields) {
            all.append(string(field));
        }
        return all.toString();
    }

    private boolean read(String answer, int piece) {
        return reply.read(new RedisInputStream(new ByteArrayInputStream(Bytes.of(answer)), piece));
    }

    @Test
    void entriesOfSeveralStreamsAreToldInOrderHoweverTheAnswerIsCut() {
        String answer = "*2\r\n*2\r\n" + string("one") + "*2\r\n" + entry("1-0", "a", "b")
                + entry("2-0", "c", "", "d", "e") + "*2\r\n" + string("two") + "*1\r\n" + entry("3-0");

        for (int piece = 1; piece < answer.length(); piece++) {
            told.clear();
            assertThat(read(answer, piece)).isTrue();
            assertThat(told).containsExactly("one 2", "1-0 a=b", "2-0 c= d=e", "two 1", "3-0");
        }
    }

    @Test
    void aValueStaysAsItIsWhenTheNextEntryIsRead() {
        String longOne = "x".repeat(300);
        List<String> all = new ArrayList<>();
        StringBuilder answer = new StringBuilder("*1\r\n*2\r\n" + string("s") + "*40\r\n");
        for (int i = 0; i < 40; i++) {
            String value = i % 2 == 0 ? "short " + i : longOne + i;
            all.add(value);
            answer.append(entry(i + "-0", "f", value));
        }

        assertThat(read(answer.toString(), 64)).isTrue();
        assertThat(bodies.stream().map(Bytes::text)).containsExactlyElementsOf(all);
    }

    @Test
    void moreAndLongerFieldsThanThereIsRoomForAreReadAllTheSame() {
        String[] fields = new String[100];
        StringBuilder expected = new StringBuilder("1-0");
        for (int i = 0; i < fields.length; i += 2) {
            fields[i] = "n" + i;
            fields[i + 1] = "v".repeat(200) + i;
            expected.append(' ').append(fields[i]).append('=').append(fields[i + 1]);
        }

        assertThat(read("*1\r\n*2\r\n" + string("s") + "*1\r\n" + entry("1-0", fields), 64))
                .isTrue();
        assertThat(told).containsExactly("s 1", expected.toString());
    }

    @Test
    void anEntryThatWasDeletedIsLeftOut() {
        assertThat(read(
                        "*1\r\n*2\r\n" + string("s") + "*2\r\n*2\r\n" + string("1-0") + "*-1\r\n"
                                + entry("2-0", "a", "b"),
                        64))
                .isTrue();
        assertThat(told).containsExactly("s 2", "2-0 a=b");
    }

    @Test
    void anAnswerThatNothingCameHasNoEntries() {
        assertThat(read("*-1\r\n", 64)).isFalse();
        assertThat(told).isEmpty();
    }

    @Test
    void whatIsNoEntryIsRefused() {
        for (String entry : List.of(
                string("1-0"),
                "*3\r\n" + string("1-0") + "*0\r\n:1\r\n",
                "*2\r\n" + string("1-0") + "*1\r\n$-1\r\n",
                "*2\r\n" + string("1-0") + "*1\r\n$1\r\nab\r\n")) {
            assertThatThrownBy(() -> read("*1\r\n*2\r\n" + string("s") + "*1\r\n" + entry, 64))
                    .as(entry)
                    .isInstanceOf(JedisConnectionException.class);
        }
    }
}
