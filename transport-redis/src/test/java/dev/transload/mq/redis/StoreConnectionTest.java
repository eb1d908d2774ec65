package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreConnectionTest {

    private static StoreConnection of(String uri) {
        return new StoreConnection(TransportUri.parse(uri));
    }

    @Test
    void whatIsNotGivenHasItsDefault() {
        StoreConnection connection = of("redis:");

        assertThat(connection.prefix()).isEqualTo("mq:idempotency:");
        assertThat(connection.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(connection.cluster()).isFalse();
        assertThat(connection.where()).isEqualTo("localhost:6379");
    }

    @Test
    void anyNodesOfAClusterAreNamed() {
        StoreConnection connection = of("redis://a,b:7000?cluster=true");

        assertThat(connection.cluster()).isTrue();
        assertThat(connection.where()).isEqualTo("a:6379,b:7000");
    }

    @ParameterizedTest
    @CsvSource({
        "kafka://h, scheme redis or rediss",
        "'redis://a,b', one host",
        "redis://h?shards=3, unknown option 'shards'",
        "redis://h?prefix=, prefix",
        "redis://h?connections=0, connections",
        "redis://h?cluster=perhaps, cluster",
        "redis://h/1?cluster=true, database 0",
        "redis://h?cluster=true&sentinel=m, exclude each other",
        "redis://h?trustStore=/x, rediss",
    })
    void whatIsWrongIsNamed(String uri, String reason) {
        assertThatThrownBy(() -> of(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }
}
