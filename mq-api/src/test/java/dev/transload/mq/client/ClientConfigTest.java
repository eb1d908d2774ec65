package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.MqListener;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientConfigTest {

    @Test
    void aUriAloneHasDefaults() {
        ClientConfig config = ClientConfig.of("inmemory:").build();

        assertThat(config.settings().clientId()).matches("client-[0-9a-f]{12}");
        assertThat(config.settings().topology()).isEqualTo(Topology.CREATE);
        assertThat(config.settings().sendTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.settings().connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.settings().maxOutstandingSends()).isEqualTo(1000);
        assertThat(config.settings().failFastOnBackpressure()).isFalse();
        assertThat(ClientConfig.of("inmemory:").build().settings().clientId())
                .isNotEqualTo(config.settings().clientId());
    }

    @Test
    void theQueryIsSplitBetweenEngineAndTransport() {
        ClientConfig config = ClientConfig.of(
                        "rabbitmq://h/v?clientId=app-1&topology=assert&sendTimeout=500ms&connectTimeout=3s"
                                + "&maxOutstandingSends=7&backpressure=fail&heartbeat=10s")
                .build();

        assertThat(config.settings().clientId()).isEqualTo("app-1");
        assertThat(config.settings().topology()).isEqualTo(Topology.ASSERT);
        assertThat(config.settings().sendTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(config.settings().connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.settings().maxOutstandingSends()).isEqualTo(7);
        assertThat(config.settings().failFastOnBackpressure()).isTrue();
        assertThat(config.settings().uri().options()).containsOnlyKeys("heartbeat");
    }

    @Test
    void whatIsGivenByNameGoesBeforeTheUri() {
        ClientConfig config = ClientConfig.of("rabbitmq://u:p@h?sendTimeout=1s&topology=none&heartbeat=1s")
                .sendTimeout(Duration.ofMinutes(2))
                .topology(Topology.ASSERT)
                .connectTimeout(Duration.ofSeconds(1))
                .maxOutstandingSends(5)
                .failFastOnBackpressure(true)
                .clientId("me")
                .option("heartbeat", "2s")
                .credentials("other", "secret")
                .build();

        assertThat(config.settings().sendTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(config.settings().topology()).isEqualTo(Topology.ASSERT);
        assertThat(config.settings().uri().option("heartbeat")).contains("2s");
        assertThat(config.settings().uri().username()).contains("other");
        assertThat(config.settings().uri().password()).contains("secret");
    }

    @Test
    void propertiesAreRead() {
        ClientConfig config = ClientConfig.fromProperties(Map.of(
                        "mq.uri", "rabbitmq://h",
                        "mq.username", "u",
                        "mq.password", "p",
                        "mq.client-id", "app",
                        "mq.topology", "none",
                        "mq.send-timeout", "5s",
                        "mq.connect-timeout", "6s",
                        "mq.max-outstanding-sends", "8",
                        "mq.backpressure", "fail",
                        "mq.options.consumer-timeout", "1h"))
                .build();

        assertThat(config.settings().uri().username()).contains("u");
        assertThat(config.settings().clientId()).isEqualTo("app");
        assertThat(config.settings().topology()).isEqualTo(Topology.NONE);
        assertThat(config.settings().sendTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.settings().connectTimeout()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.settings().maxOutstandingSends()).isEqualTo(8);
        assertThat(config.settings().failFastOnBackpressure()).isTrue();
        assertThat(config.settings().uri().options()).containsExactly(Map.entry("consumerTimeout", "1h"));
    }

    @Test
    void environmentVariablesAreRead() {
        ClientConfig config = ClientConfig.fromEnvironment(Map.of(
                        "MQ_URI", "rabbitmq://h",
                        "MQ_USERNAME", "u",
                        "MQ_PASSWORD", "p",
                        "MQ_CLIENT_ID", "app",
                        "MQ_SEND_TIMEOUT", "5s",
                        "MQ_TOPOLOGY", "",
                        "MQ_OPTIONS_CONSUMER_TIMEOUT", "1h",
                        "MQ_SERVICE_HOST", "10.0.0.1",
                        "PATH", "/bin"))
                .build();

        assertThat(config.settings().clientId()).isEqualTo("app");
        assertThat(config.settings().sendTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.settings().topology()).isEqualTo(Topology.CREATE);
        assertThat(config.settings().uri().password()).contains("p");
        assertThat(config.settings().uri().options()).containsOnlyKeys("consumerTimeout");
    }

    @Test
    void anUnknownPropertyIsNamedWithTheKnownOnes() {
        assertThatThrownBy(() -> ClientConfig.fromProperties(Map.of("mq.uri", "inmemory:", "mq.sendtimeout", "5s")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'mq.sendtimeout'", "mq.send-timeout", "mq.options.NAME");
    }

    @Test
    void propertiesOfOthersAreLeftAlone() {
        ClientConfig config = ClientConfig.fromProperties(Map.of("mq.uri", "inmemory:", "server.port", "80"))
                .build();

        assertThat(config.settings().uri().scheme()).isEqualTo("inmemory");
        assertThat(config.settings().uri().options()).isEmpty();
    }

    @Test
    void aMissingUriIsNamed() {
        assertThatThrownBy(() -> ClientConfig.fromProperties(Map.of())).hasMessageContaining("mq.uri");
        assertThatThrownBy(() -> ClientConfig.fromEnvironment(Map.of("MQ_URI", "")))
                .hasMessageContaining("MQ_URI");
    }

    @Test
    void aUsernameNeedsAPasswordButNotTheOtherWayRound() {
        assertThatThrownBy(() -> ClientConfig.fromProperties(Map.of("mq.uri", "redis://h", "mq.username", "u"))
                        .build())
                .hasMessage("a username is given, but no password");
        assertThat(withPassword("redis://h").username()).contains("");
        assertThat(withPassword("redis://u:old@h").username()).contains("u");
        assertThat(withPassword("redis://u:old@h").password()).contains("p");
    }

    private static TransportUri withPassword(String uri) {
        return ClientConfig.fromProperties(Map.of("mq.uri", uri, "mq.password", "p"))
                .build()
                .settings()
                .uri();
    }

    @Test
    void listenersAndObserverAreKept() {
        MqListener listener = new MqListener() {};
        MqObserver observer = new MqObserver() {};

        ClientConfig config = ClientConfig.of("inmemory:")
                .listener(listener)
                .observer(observer)
                .waitForBroker(Duration.ofSeconds(5))
                .virtualThreads(false)
                .build();

        assertThat(config.listeners()).containsExactly(listener);
        assertThat(config.observer()).isSameAs(observer);
        assertThat(config.settings().waitForBroker()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.settings().virtualThreads()).isFalse();
    }

    @Test
    void aWrongValueInCodeIsRefusedWhereItIsGiven() {
        ClientConfig.Builder builder = ClientConfig.of("inmemory:");

        assertThatThrownBy(() -> builder.sendTimeout(Duration.ZERO))
                .hasMessage("sendTimeout must be 10 ms to 1 h, was PT0S");
        assertThatThrownBy(() -> builder.connectTimeout(Duration.ofHours(2))).hasMessageContaining("connectTimeout");
        assertThatThrownBy(() -> builder.waitForBroker(Duration.ofMillis(-1))).hasMessageContaining("waitForBroker");
        assertThatThrownBy(() -> builder.maxOutstandingSends(0)).hasMessageContaining("maxOutstandingSends");
        assertThatThrownBy(() -> builder.clientId("a/b")).hasMessageContaining("clientId");
    }

    @ParameterizedTest
    @CsvSource({
        "mq.send-timeout, 0s, sendTimeout",
        "mq.send-timeout, 2h, sendTimeout",
        "mq.send-timeout, 5, sendTimeout",
        "mq.connect-timeout, soon, connectTimeout",
        "mq.max-outstanding-sends, 0, maxOutstandingSends",
        "mq.max-outstanding-sends, 1000001, maxOutstandingSends",
        "mq.backpressure, maybe, backpressure",
        "mq.topology, all, topology",
        "mq.client-id, a b, clientId",
        "mq.client-id, '', mq.client-id",
        "'mq.options.', x, mq.options."
    })
    void aWrongValueNamesItsSetting(String name, String value, String named) {
        assertThatThrownBy(() -> ClientConfig.fromProperties(Map.of("mq.uri", "inmemory:", name, value))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void itsTextHasNoSecrets() {
        ClientConfig config = ClientConfig.of("rabbitmq://user:hunter2@h/v?token=hunter3")
                .option("key", "hunter4")
                .build();

        assertThat(config.toString()).contains("rabbitmq", "user").doesNotContain("hunter");
        assertThat(ClientConfig.fromProperties(
                                Map.of("mq.uri", "rabbitmq://h", "mq.username", "u", "mq.password", "hunter5"))
                        .build()
                        .toString())
                .doesNotContain("hunter");
    }
}
