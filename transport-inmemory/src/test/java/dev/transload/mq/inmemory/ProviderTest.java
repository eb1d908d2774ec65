package dev.transload.mq.inmemory;

import static dev.transload.mq.inmemory.Probe.queue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Shape;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.TransportProvider;
import java.time.Duration;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ProviderTest {

    @Test
    void theServiceLoaderFindsIt() {
        assertThat(ServiceLoader.load(TransportProvider.class).stream()
                        .map(p -> p.get().schemes()))
                .anySatisfy(schemes -> assertThat(schemes).containsExactly("inmemory"));
    }

    @Test
    void clientsOfOneNameShareABrokerAndOthersDoNot() {
        Probe one = Probe.on("inmemory:provider-test", Topology.CREATE);
        Probe same = Probe.on("inmemory:provider-test", Topology.CREATE);
        Probe other = Probe.on("inmemory:provider-test.other", Topology.CREATE);
        one.declare(queue("shared"));
        same.send(queue("shared"), "1");

        assertThat(one.transport.admin().depth(queue("shared")).join()).hasValue(1);
        assertThat(other.transport.admin().depth(queue("shared")).join()).isEmpty();
        InMemoryBroker view = one.transport.unwrap(InMemoryBroker.class).orElseThrow();
        assertThat(view.messages("shared")).hasSize(1);
        assertThat(one.transport.unwrap(String.class)).isEmpty();
        assertThat(one.transport.time()).as("the system's, as on any broker").isEmpty();
        assertThatThrownBy(view::awaitIdle).hasMessageContaining("inmemory:provider-test");
        one.close();
        same.close();
        other.close();
    }

    @Test
    void theFirstClientFixesTheProfile() {
        Probe first = Probe.on("inmemory:provider-profile?profile=kafka", Topology.CREATE);
        Probe second = Probe.on("inmemory:provider-profile", Topology.CREATE);
        assertThat(second.transport.capabilities(Shape.PLAIN).broker()).contains("kafka");
        assertThatThrownBy(() -> Probe.on("inmemory:provider-profile?profile=redis", Topology.CREATE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("kafka")
                .hasMessageContaining("redis");
        first.close();
        second.close();
    }

    @ParameterizedTest
    @CsvSource({
        "inmemory://host, no host",
        "inmemory://user:secret@host, no host",
        "inmemory:/path, no host",
        "inmemory:UPPER, lower-case",
        "inmemory:two words, blanks",
        "inmemory:x?profile=pulsar, profile",
        "inmemory:~999999, was closed"
    })
    void aWrongUriIsRefusedByName(String uri, String culprit) {
        assertThatThrownBy(() -> Probe.on(uri, Topology.CREATE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(culprit)
                .hasMessageNotContaining("secret");
    }

    @Test
    void aClosedBrokerTakesNobody() {
        InMemoryBroker broker = InMemoryBroker.create();
        broker.close();
        broker.close();
        assertThatThrownBy(() -> Probe.on(broker)).hasMessageContaining("was closed");
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void everyProfileSaysHowAndWhyNot(Profile profile) {
        for (Shape shape : new Shape[] {Shape.PLAIN, Probe.ordered(0), new Shape(false, 0, 3, Duration.ofDays(1))}) {
            Capabilities capabilities = profile.capabilities(shape);
            for (Capability capability : Capability.values()) {
                assertThat(
                                capabilities.has(capability)
                                        ? capabilities.note(capability)
                                        : capabilities.refusal(capability))
                        .as(profile + " " + capability)
                        .isNotBlank();
            }
            assertThat(capabilities.durability()).isEqualTo("in this process only");
        }
        assertThat(Profile.parse(profile.text())).isEqualTo(profile);
    }

    @Test
    void profilesDifferWhereTheirBrokersDo() {
        assertThat(Profile.SQS_STANDARD.capabilities(Probe.ordered(0)).has(Capability.LANES))
                .isFalse();
        assertThat(Profile.SQS_FIFO.capabilities(Probe.ordered(0)).maxSendDelay())
                .isZero();
        assertThat(Profile.SQS_FIFO.capabilities(Shape.PLAIN).maxSendDelay()).isEqualTo(Duration.ofMinutes(15));
        assertThat(Profile.KAFKA.capabilities(Shape.PLAIN).maxSendDelay()).isZero();
        assertThat(Profile.RABBITMQ.capabilities(Shape.PLAIN).has(Capability.HISTORY))
                .isFalse();
        assertThat(Profile.RABBITMQ.capabilities(Shape.PLAIN).counting().exact())
                .isFalse();
        assertThat(Profile.REDIS.capabilities(Shape.PLAIN).counting().exact()).isTrue();
        assertThat(Profile.SQS_STANDARD.inSteps(Duration.ofMillis(1001))).isEqualTo(Duration.ofSeconds(2));
        assertThat(Profile.SQS_STANDARD.inSteps(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(2));
        assertThat(Profile.NONE.inSteps(Duration.ofNanos(1))).isEqualTo(Duration.ofNanos(1));
        assertThat(Profile.SQS_STANDARD.capabilities(Shape.PLAIN).limits().payload())
                .isEqualTo(758_784);
    }
}
