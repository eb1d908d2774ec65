package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.DestinationMismatchException;
import dev.transload.mq.MqObserver;
import dev.transload.mq.Queue;
import dev.transload.mq.Source;
import dev.transload.mq.Topic;
import dev.transload.mq.Topology;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShapesTest {

    private static final Queue<String> EMAILS = Queue.of("emails", String.class);
    private static final Topic<String> ORDERS = Topic.of("orders", String.class);

    private final ScriptedTransport transport = new ScriptedTransport();
    private final SystemTime time = new SystemTime("test");
    private final Shapes shapes = new Shapes(new Engine(
            new EngineSettings(
                    TransportUri.parse("scripted:"),
                    "test",
                    Topology.CREATE,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    Duration.ZERO,
                    10,
                    false,
                    false),
            transport,
            time,
            new ConnectionState(),
            List.of(),
            MqObserver.NONE));

    @AfterEach
    void close() {
        time.close();
        transport.close();
    }

    private void has(int nameLength, Capability... all) {
        Capabilities.Builder capable =
                Capabilities.builder("Scripted 1.0", new Capabilities.Limits(1000, 1000, 10, nameLength));
        for (Capability one : all) {
            capable.has(one, "yes");
        }
        transport.capabilities(capable.build());
    }

    private static Place queue(Queue<String> queue) {
        return Places.of((Source<String>) queue);
    }

    @Test
    void twoShapesUnderOneNameAreRefusedAndBothNamed() {
        has(255, Capability.LANES, Capability.GROUPS);
        shapes.check(queue(EMAILS));
        shapes.check(queue(EMAILS));

        assertThatThrownBy(() -> shapes.check(queue(EMAILS.ordered())))
                .isInstanceOf(DestinationMismatchException.class)
                .hasMessageContainingAll("queue emails", "ordered=false", "ordered=true");
    }

    @Test
    void aTopicAndItsGroupsShareOneShape() {
        has(255, Capability.LANES, Capability.GROUPS);
        shapes.check(Places.of(ORDERS.ordered()));
        shapes.check(Places.of(ORDERS.ordered().group("billing")));

        assertThatThrownBy(() -> shapes.check(Places.of(ORDERS.group("audit"))))
                .isInstanceOf(DestinationMismatchException.class)
                .hasMessageContaining("topic orders");
    }

    @Test
    void aQueueAndATopicOfOneNameAreDifferentThings() {
        has(255, Capability.LANES, Capability.GROUPS);
        shapes.check(queue(Queue.of("orders", String.class)));

        assertThatCode(() -> shapes.check(Places.of(ORDERS.ordered()))).doesNotThrowAnyException();
    }

    @Test
    void whatTheBrokerCannotBeIsRefusedWithItsReason() {
        transport.capabilities(Capabilities.builder("Scripted 1.0", ScriptedTransport.LIMITS)
                .refuses(Capability.LANES, "it has no lanes")
                .build());

        assertThatThrownBy(() -> shapes.check(queue(EMAILS.ordered())))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessage(
                        "order by key (emails) on Scripted 1.0: it has no lanes; leave out ordered() if order is not"
                                + " needed, or use a broker that keeps it")
                .satisfies(e -> {
                    UnsupportedCapabilityException refused = (UnsupportedCapabilityException) e;
                    assertThat(refused.capability()).isEqualTo("ordered by key");
                    assertThat(refused.broker()).isEqualTo("Scripted 1.0");
                    assertThat(refused.remedy()).startsWith("leave out ordered()");
                });
        assertThatThrownBy(() -> shapes.check(Places.of(ORDERS)))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("topics (orders)");
        has(255, Capability.GROUPS);
        assertThatThrownBy(() -> shapes.check(Places.of(ORDERS.retained(Duration.ofDays(1)))))
                .hasMessageContaining("retained messages (orders)");
    }

    @Test
    void aRefusedShapeIsNotRemembered() {
        has(255);
        assertThatThrownBy(() -> shapes.check(queue(EMAILS.ordered())))
                .isInstanceOf(UnsupportedCapabilityException.class);

        assertThat(shapes.check(queue(EMAILS)).broker()).isEqualTo("Scripted 1.0");
    }

    @Test
    void aNameLeavesRoomForThePlacesDerivedFromIt() {
        has(20);
        shapes.check(queue(Queue.of("elevenchars", String.class)));

        assertThatThrownBy(() -> shapes.check(queue(Queue.of("twelve-chars", String.class))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name twelve-chars must have at most 11 characters on this broker, had 12");
        shapes.check(queue(Queue.named("twelve-chars-of-others", String.class)));
    }
}
