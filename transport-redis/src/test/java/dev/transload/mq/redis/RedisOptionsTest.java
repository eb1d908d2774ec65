package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.DefaultJedisClientConfig;

class RedisOptionsTest {

    private static RedisOptions of(String uri) {
        return RedisOptions.of(TransportUri.parse(uri));
    }

    @Test
    void whatIsNotGivenHasItsDefault() {
        RedisOptions options = of("redis:");
        assertThat(options.servers()).hasToString("[localhost:6379]");
        assertThat(options.database()).isZero();
        assertThat(options.shards()).isEqualTo(8);
        assertThat(options.bodyField()).isEqualTo("body");
        assertThat(options.maxMessageBytes()).isEqualTo(16 * 1024 * 1024);
        assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.tls()).isFalse();
    }

    @Test
    void thePathIsTheDatabaseAndTheUserIsAnAclUser() {
        RedisOptions options = of("redis://alice:s3cret@[::1]:7000/3");
        DefaultJedisClientConfig config = options.config("a client\u00e9", Duration.ofSeconds(2));
        assertThat(options.servers().get(0).getHost()).isEqualTo("::1");
        assertThat(config.getDatabase()).isEqualTo(3);
        assertThat(config.getUser()).isEqualTo("alice");
        assertThat(config.getPassword()).isEqualTo("s3cret");
        assertThat(config.getClientName()).isEqualTo("a_client_");
        assertThat(config.getConnectionTimeoutMillis()).isEqualTo(2_000);
    }

    @Test
    void aPasswordWithoutAUserIsThatOfTheDefaultUser() {
        assertThat(of("redis://:s3cret@h").config("c", Duration.ofSeconds(1)).getUser())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "redis://h/mail, database",
        "redis://h/-1, database",
        "redis://alice@h, password",
        "'redis://a,b', one host",
        "redis://h?shards=0, shards",
        "redis://h?bodyField=mq-x, bodyField",
        "redis://h?timeout=1ms, timeout",
        "redis://h?trustStore=/x, rediss",
        "redis://h?waitTimeout=2s, waitReplicas",
        "redis://h/1?cluster=true, database 0",
        "redis://h?cluster=true&sentinel=m, exclude each other",
        "redis://h?cluster=perhaps, cluster",
        "'redis://h?channels=news,', channels",
        "redis://h?channels=a*b, channels",
    })
    void whatIsWrongIsNamed(String uri, String named) {
        assertThatThrownBy(() -> of(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void withASentinelTheHostsAreSentinels() {
        RedisOptions options = of("redis://a,b:1/2?sentinel=main");
        assertThat(options.servers()).hasToString("[a:26379, b:1]");
        assertThat(options.where()).isEqualTo("main of the sentinels a:26379,b:1");
    }

    @Test
    void ofAClusterAnyNodesAreNamed() {
        RedisOptions options = of("redis://a,b:7000/0?cluster=true");
        assertThat(options.cluster()).isTrue();
        assertThat(options.servers()).hasToString("[a:6379, b:7000]");
        assertThat(of("redis://a").cluster()).isFalse();
    }

    @Test
    void aStoreThatCannotBeReadIsNamed() {
        assertThatThrownBy(() -> of("rediss://h?trustStore=/nowhere").config("c", Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("trustStore");
    }

    @Test
    void itsTextHoldsNoSecret() {
        assertThat(of("rediss://alice:s3cret@h?trustStorePassword=other").toString())
                .doesNotContain("s3cret")
                .doesNotContain("other");
    }

    @Test
    void everyOptionIsDescribed() {
        assertThat(RedisOptions.descriptions())
                .containsKeys("shards", "bodyField", "timeout", "trustStore")
                .allSatisfy((name, what) -> assertThat(what).isNotBlank());
    }
}
