package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.fixtures.RabbitMqBroker;
import dev.transload.mq.fixtures.RabbitMqVersion;
import dev.transload.mq.spi.Place;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RabbitMqTlsIT {

    private static RabbitMqBroker broker;

    @BeforeAll
    static void start() {
        broker = RabbitMqBroker.builder(RabbitMqVersion.newest()).tls().start();
    }

    @AfterAll
    static void end() {
        broker.close();
    }

    @Test
    void aTrustedBrokerIsTalkedToByTls() {
        try (Spi spi = Spi.connect(uri("localhost") + trust())) {
            Place queue = Spi.queue(Spi.unique("secret"));
            spi.declare(queue);
            Inbox inbox = new Inbox();
            spi.receive(queue, 100, inbox);
            List<Sent> sent = IntStream.range(0, 100)
                    .mapToObj(i -> spi.send(queue, "m" + i))
                    .toList();
            sent.forEach(Sent::confirmed);

            assertThat(inbox.texts(100)).startsWith("m0").endsWith("m99");
        }
    }

    @Test
    void aCertificateOfAnUnknownAuthorityIsRefused() {
        assertThatThrownBy(() -> Spi.connect(uri("localhost"))).isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void aWrongPasswordOfTheTrustStoreNamesTheOptionAndNotThePassword() {
        assertThatThrownBy(() -> Spi.connect(
                        uri("localhost") + "?trustStore=" + broker.trustStore() + "&trustStorePassword=tiger"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trustStorePassword")
                .message()
                .doesNotContain("tiger");
    }

    private static String uri(String host) {
        return "rabbitmqs://guest:guest@" + host + ":" + broker.tlsUri().getPort();
    }

    private static String trust() {
        return "?trustStore=" + broker.trustStore() + "&trustStorePassword=" + broker.trustStorePassword();
    }
}
