package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Shape;
import dev.transload.mq.kafka.KafkaOptions.Part;
import dev.transload.mq.kafka.KafkaOptions.Protocol;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaOptionsTest {

    private static KafkaOptions of(String uri) {
        return KafkaOptions.of(TransportUri.parse(uri));
    }

    private static Map<String, Object> properties(String uri) {
        return of(uri).properties(Part.PRODUCER, Map.of("linger.ms", 0));
    }

    @Test
    void whatIsNotGivenHasItsDefault() {
        KafkaOptions options = of("kafka:");
        assertThat(options.partitions(Shape.PLAIN)).isEqualTo(8);
        assertThat(options.replication()).isEmpty();
        assertThat(options.retention()).isEmpty();
        assertThat(options.protocol()).isEqualTo(Protocol.AUTO);
        assertThat(options.revocationWait()).isEqualTo(Duration.ofSeconds(30));
        assertThat(properties("kafka:"))
                .containsOnly(Map.entry("linger.ms", 0), Map.entry("bootstrap.servers", "localhost:9092"));
    }

    @Test
    void queuesAreReadByConsumerGroupsOrByShareGroups() {
        assertThat(of("kafka:").shares()).isFalse();
        assertThat(of("kafka:?queues=group").shares()).isFalse();
        assertThat(of("kafka:?queues=share").shares()).isTrue();
        assertThatThrownBy(() -> of("kafka:?queues=many"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("queues")
                .hasMessageContaining("many");
    }

    @Test
    void onePartitionIsEnoughWhereAllConsumersShareIt() {
        Shape ordered = new Shape(true, 0, 1, null);
        assertThat(of("kafka:?queues=share").partitions(Shape.PLAIN)).isEqualTo(1);
        assertThat(of("kafka:?queues=share").partitions(ordered)).isEqualTo(8);
        assertThat(of("kafka:?queues=share&partitions=3").partitions(Shape.PLAIN))
                .isEqualTo(3);
    }

    @Test
    void allServersAreGivenToTheClient() {
        assertThat(properties("kafka://a:1,b,[::1]:3")).containsEntry("bootstrap.servers", "a:1,b:9092,[::1]:3");
    }

    @Test
    void anyPropertyOfTheClientGoesByItsPrefix() {
        KafkaOptions options =
                of("kafka://h?kafka.linger.ms=7&kafka.producer.batch.size=9&kafka.consumer.client.rack=r1"
                        + "&kafka.request.timeout.ms=11");
        assertThat(options.properties(Part.PRODUCER, Map.of("linger.ms", 0)))
                .containsEntry("linger.ms", "7")
                .containsEntry("batch.size", "9")
                .containsEntry("request.timeout.ms", "11")
                .doesNotContainKey("client.rack");
        assertThat(options.properties(Part.CONSUMER, Map.of()))
                .containsEntry("client.rack", "r1")
                .containsEntry("request.timeout.ms", "11")
                .doesNotContainKeys("linger.ms", "batch.size");
        assertThat(options.properties(Part.ADMIN, Map.of()))
                .containsEntry("request.timeout.ms", "11")
                .doesNotContainKeys("linger.ms", "client.rack");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka.acks=0",
                "kafka.producer.acks=1",
                "kafka.enable.idempotence=false",
                "kafka.consumer.group.id=g",
                "kafka.enable.auto.commit=true",
                "kafka.bootstrap.servers=x:1"
            })
    void whatThePromisesHangOnCannotBeSet(String option) {
        assertThatThrownBy(() -> of("kafka://h?" + option))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("option " + option.substring(0, option.indexOf('=')))
                .hasMessageContaining("the transport decides it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kafka.nonsense=1", "kafka.consumer.linger.ms=1", "kafka.producer.client.racks=1"})
    void aPropertyThatTheClientDoesNotKnowIsRefused(String option) {
        assertThatThrownBy(() -> of("kafka://h?" + option))
                .hasMessageContaining(option.substring(0, option.indexOf('=')))
                .hasMessageContaining("names no property");
    }

    @ParameterizedTest
    @CsvSource({
        "kafka://h/path, has no path",
        "kafka://h?partitions=0, option partitions",
        "kafka://h?replication=0, option replication",
        "kafka://h?protocol=new, option protocol",
        "kafka://h?retention=1s, option retention",
        "kafka://h?sasl=PLAIN, needs a user",
        "kafka://u:p@h?sasl=GSSAPI, option sasl",
        "kafka://u@h, has a user but no password",
        "kafka://h?trustStore=x, needs option tls=true"
    })
    void aWrongValueIsRefusedByName(String uri, String text) {
        assertThatThrownBy(() -> of(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }

    @Test
    void userAndPasswordLogInByThePlainMechanismUnlessAnotherIsNamed() {
        assertThat(properties("kafka://me:pw@h"))
                .containsEntry("security.protocol", "SASL_PLAINTEXT")
                .containsEntry("sasl.mechanism", "PLAIN")
                .hasEntrySatisfying(
                        "sasl.jaas.config",
                        config -> assertThat(config.toString())
                                .contains("PlainLoginModule required username=\"me\" password=\"pw\";"));
        assertThat(properties("kafkas://me:pw@h?sasl=SCRAM-SHA-512"))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
                .hasEntrySatisfying(
                        "sasl.jaas.config",
                        config -> assertThat(config.toString()).contains("ScramLoginModule"));
    }

    @Test
    void aPasswordCannotBreakOutOfItsQuotes() {
        assertThat(properties("kafka://me:a%22%3B%20b%5C@h"))
                .hasEntrySatisfying(
                        "sasl.jaas.config",
                        config -> assertThat(config.toString()).endsWith("password=\"a\\\"; b\\\\\";"));
    }

    @Test
    void tlsHasItsStores() {
        assertThat(properties(
                        "kafka://h?tls=true&trustStore=/t.p12&trustStorePassword=s&keyStore=/k.jks&keyStorePassword=z"
                                + "&verifyHostname=false"))
                .containsEntry("security.protocol", "SSL")
                .containsEntry("ssl.truststore.location", "/t.p12")
                .containsEntry("ssl.truststore.password", "s")
                .containsEntry("ssl.truststore.type", "PKCS12")
                .containsEntry("ssl.keystore.location", "/k.jks")
                .containsEntry("ssl.keystore.type", "JKS")
                .containsEntry("ssl.endpoint.identification.algorithm", "");
    }

    @Test
    void itsTextHoldsNoSecret() {
        assertThat(of("kafka://me:secret@h?tls=true&trustStore=/t&trustStorePassword=hidden"
                        + "&kafka.sasl.jaas.config=concealed"))
                .asString()
                .contains("me", "trustStore")
                .doesNotContain("secret", "hidden", "concealed");
    }

    @Test
    void everyOptionIsDescribed() {
        assertThat(KafkaOptions.descriptions().keySet())
                .contains(
                        "partitions",
                        "replication",
                        "retention",
                        "protocol",
                        "revocationWait",
                        "tls",
                        "sasl",
                        "kafka.*");
    }
}
