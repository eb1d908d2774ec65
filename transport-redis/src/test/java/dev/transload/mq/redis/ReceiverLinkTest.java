package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.TimeSource;
import dev.transload.mq.spi.TransportUri;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Acks that go along with a read. */
@Timeout(60)
class ReceiverLinkTest {

    private static final String NOTHING = "*-1\r\n";
    private static final String ONE_ENTRY =
            "*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$3\r\n7-0\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n";

    private final List<String> heard = new ArrayList<>();
    private final Settle settle = new Settle();
    private EchoServer server;
    private RecordedCalls commands;
    private ReceiverLink link;

    @BeforeEach
    void connect() throws IOException {
        server = new EchoServer();
        commands = new RecordedCalls(server::connect);
        TimeSource time = new StandingClock();
        RedisOptions options = RedisOptions.of(TransportUri.parse("redis:"));
        RedisTopology topology = new RedisTopology(commands, Topology.NONE, options, time);
        TopicTrimmer trimmer = new TopicTrimmer(commands, topology, time);
        RedisSender sender = new RedisSender(commands, topology, trimmer, options.channels());
        link = new ReceiverLink(
                new Surroundings(commands, topology, sender, trimmer, time, options, "client"), Bytes.of("s"));
        link.connect();
    }

    @AfterEach
    void disconnect() {
        link.drop();
        server.close();
    }

    private BatchedCall acks() {
        return new BatchedCall(new BatchedCall.Together(Script.ACK, List.of(Bytes.of("s")), List.of(), "mark"), settle);
    }

    private boolean read(boolean goOn) {
        EntryReply reply = new EntryReply(new EntryFields(), new Entries());
        return link.read(() -> goOn, acks(), reply, Bytes.of("STREAMS"), Bytes.of("s"), Bytes.of(">"));
    }

    @Test
    void acksAreAnsweredBeforeTheEntriesOfTheReadTheyWentWith() {
        server.prepare("*1\r\n:1\r\n", ONE_ENTRY);

        assertThat(read(true)).isTrue();
        assertThat(heard).containsExactly("ended 1", "entry 7-0");
        assertThat(commands.all()).isEmpty();
    }

    @Test
    void acksAreSubmittedIfThereIsNothingToRead() {
        assertThat(read(false)).isFalse();
        assertThat(commands.all()).hasSize(1);
    }

    @Test
    void acksAreSubmittedIfTheServerHasForgottenTheScriptAndTheReadGoesOn() {
        server.prepare("-NOSCRIPT No matching script\r\n", ONE_ENTRY);

        assertThat(read(true)).isTrue();
        assertThat(heard).containsExactly("entry 7-0");
        assertThat(commands.all()).hasSize(1);
    }

    @Test
    void acksAreSubmittedIfAnotherNodeHasTheStream() {
        server.prepare("-MOVED 1 127.0.0.1:1\r\n", NOTHING);

        assertThat(read(true)).isFalse();
        assertThat(commands.all()).hasSize(1);
    }

    @Test
    void acksFailIfTheServerRefusesThemAndTheReadGoesOn() {
        server.prepare("-ERR no\r\n", ONE_ENTRY);

        assertThat(read(true)).isTrue();
        assertThat(settle.cause).isInstanceOf(JedisDataException.class).hasMessage("ERR no");
        assertThat(heard).containsExactly("entry 7-0");
        assertThat(commands.all()).isEmpty();
    }

    @Test
    void whatBecameOfAcksIsUnknownIfTheConnectionEnds() {
        server.close();

        assertThatThrownBy(() -> read(true)).isInstanceOf(JedisConnectionException.class);
        assertThat(settle.cause)
                .isInstanceOfSatisfying(
                        ConnectionLostException.class,
                        lost -> assertThat(lost.outcome()).isEqualTo(Outcome.UNKNOWN));
    }

    private final class Settle extends BatchedCall.Part {
        private RuntimeException cause;

        @Override
        byte[] id() {
            return Bytes.of("1-0");
        }

        @Override
        void ended(long number) {
            heard.add("ended " + number);
        }

        @Override
        void failed(RuntimeException why) {
            cause = why;
        }
    }

    private final class Entries implements EntryReply.Sink {
        @Override
        public void stream(byte[] key, int entries) {}

        @Override
        public void entry(byte[] id, EntryFields fields) {
            heard.add("entry " + Bytes.text(id));
        }
    }
}
