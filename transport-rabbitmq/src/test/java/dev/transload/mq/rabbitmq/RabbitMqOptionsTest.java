package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RabbitMqOptionsTest {

    @Test
    void defaultsAreThoseOfABroker() {
        RabbitMqOptions options = options("rabbitmq://localhost");

        assertThat(options.virtualHost()).isEqualTo("/");
        assertThat(options.maxMessageBytes()).isEqualTo(16_777_216);
        assertThat(options.consumerTimeout()).isEqualTo(Duration.ofMinutes(30));
        assertThat(options.verifyHostname()).isTrue();
        assertThat(options.tls()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "rabbitmq://localhost/, /",
        "rabbitmq://localhost/%2F, /",
        "rabbitmq://localhost/shop, shop",
        "rabbitmq://localhost/a%20b, a b",
        "rabbitmq://localhost/a+b, a+b",
    })
    void thePathIsTheVirtualHost(String uri, String virtualHost) {
        assertThat(options(uri).virtualHost()).isEqualTo(virtualHost);
    }

    @ParameterizedTest
    @CsvSource({
        "rabbitmq://localhost?maxMessageBytes=many, maxMessageBytes",
        "rabbitmq://localhost?maxMessageBytes=1, maxMessageBytes",
        "rabbitmq://localhost?consumerTimeout=30, consumerTimeout",
        "rabbitmq://localhost?consumerTimeout=1s, consumerTimeout",
        "rabbitmq://localhost?heartbeat=0s, heartbeat",
        "rabbitmq://localhost?maxReconnectDelay=1ms, maxReconnectDelay",
        "rabbitmq://localhost?verifyHostname=yes, verifyHostname",
        "rabbitmq://localhost?connectionName=%0A, connectionName",
        "rabbitmq://localhost?trustStore=x, trustStore",
    })
    void aWrongValueNamesItsOption(String uri, String option) {
        assertThatThrownBy(() -> options(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("option " + option);
    }

    @Test
    void aTrustStoreThatCannotBeReadIsNamedWithoutItsPassword() {
        RabbitMqOptions options = options("rabbitmqs://localhost?trustStore=/nowhere.p12&trustStorePassword=tiger");

        assertThatThrownBy(options::sslContext)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("option trustStore")
                .message()
                .doesNotContain("tiger");
    }

    @Test
    void theTextHoldsNoSecret() {
        assertThat(options("rabbitmqs://scott:tiger@localhost?keyStorePassword=lion")
                        .toString())
                .contains("scott")
                .doesNotContain("tiger")
                .doesNotContain("lion");
    }

    @Test
    void everyOptionReadIsDescribed() {
        assertThat(RabbitMqOptions.descriptions())
                .containsOnlyKeys(
                        "maxMessageBytes",
                        "consumerTimeout",
                        "heartbeat",
                        "maxReconnectDelay",
                        "connectionName",
                        "trustStore",
                        "trustStorePassword",
                        "keyStore",
                        "keyStorePassword",
                        "verifyHostname");
    }

    private static RabbitMqOptions options(String uri) {
        return RabbitMqOptions.of(TransportUri.parse(uri));
    }
}
