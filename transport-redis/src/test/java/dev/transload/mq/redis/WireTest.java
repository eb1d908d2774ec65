package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisConnectionException;

class WireTest {

    private final EchoServer server = new EchoServer();
    private final Wire wire = server.connect();

    WireTest() throws java.io.IOException {}

    @AfterEach
    void close() {
        Connector.drop(wire);
        server.close();
    }

    private static byte[] word(int number) {
        return Bytes.of(number + "-" + "x".repeat(1_000));
    }

    private static List<String> texts(List<Object> answers) {
        return answers.stream().map(Bytes::text).toList();
    }

    @Test
    void whatIsWrittenTogetherLeavesTogether() {
        int greetings = server.commands();
        for (int i = 0; i < 40; i++) {
            wire.sendCommand(Command.ECHO, word(i));
        }
        await("nothing leaves by itself")
                .during(Duration.ofMillis(100))
                .atMost(Duration.ofSeconds(10))
                .until(() -> server.commands() == greetings);

        wire.sendOff();
        await("all leave").until(() -> server.commands() == greetings + 40);
        assertThat(texts(wire.getMany(40)))
                .isEqualTo(IntStream.range(0, 40)
                        .mapToObj(i -> Bytes.text(word(i)))
                        .toList());
    }

    @Test
    void moreThanAPieceIsAnsweredInOrder() {
        List<byte[]> words =
                List.of(word(1), Bytes.of("y".repeat(200_000)), word(2), Bytes.of("z".repeat(65_536)), word(3));
        words.forEach(word -> wire.sendCommand(Command.ECHO, word));

        assertThat(texts(wire.getMany(5)))
                .isEqualTo(words.stream().map(Bytes::text).toList());
    }

    @Test
    void aConnectionThatWasDroppedIsNotMadeAgainUnasked() {
        Connector.drop(wire);

        assertThatThrownBy(() -> {
                    wire.sendCommand(Command.ECHO, word(1));
                    wire.sendOff();
                })
                .isInstanceOf(JedisConnectionException.class);
        assertThat(wire.isConnected()).isFalse();
        assertThatThrownBy(() -> wire.sendCommand(Command.ECHO, word(2))).isInstanceOf(JedisConnectionException.class);
    }
}
