package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.Group;
import dev.transload.mq.Message;
import dev.transload.mq.Queue;
import dev.transload.mq.Topic;
import dev.transload.mq.UnsupportedCapabilityException;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Place;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineAdminTest {

    private static final Queue<String> EMAILS = Queue.of("emails", String.class);
    private static final Group<String> BILLING =
            Topic.of("orders", String.class).group("billing");

    private final ScriptedEngine engine = new ScriptedEngine();
    private final EngineAdmin admin = new EngineAdmin(engine);

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void whatIsNotThereHasNoDepth() {
        assertThat(admin.exists(EMAILS)).isFalse();
        assertThat(admin.depth(EMAILS)).isEmpty();
        assertThat(admin.deadLetterDepth(EMAILS)).isZero();
        admin.purge(EMAILS);
        assertThat(engine.transport.purged).isEmpty();
    }

    @Test
    void whatIsThereIsCounted() {
        engine.transport.stock("emails", message("a"), message("b"));
        engine.transport.stock("emails.dlq", message("c"));
        engine.transport.stock("orders--billing");

        assertThat(admin.exists(EMAILS)).isTrue();
        assertThat(admin.depth(EMAILS)).hasValue(2);
        assertThat(admin.deadLetterDepth(EMAILS)).isEqualTo(1);
        assertThat(admin.depth(BILLING)).hasValue(0);
    }

    @Test
    void lanesOfPriorityBelongToTheirQueue() {
        Queue<String> queue = Queue.of("jobs", String.class).priorities(2);
        engine.transport.stock("jobs--p0", message("a"));
        engine.transport.stock("jobs--p1", message("b"), message("c"));

        assertThat(admin.depth(queue)).hasValue(3);
        admin.purge(queue);

        assertThat(engine.transport.purged).extracting(Place::name).containsExactly("jobs--p0", "jobs--p1");
    }

    @Test
    void deletingAQueueDeletesWhatIsDerivedFromIt() {
        admin.delete(EMAILS);

        assertThat(engine.transport.deleted)
                .extracting(Place::name)
                .containsExactly("emails", "emails.suspects", "emails.dlq");
    }

    @Test
    void whatWasDeletedIsDeclaredAgainAtItsNextUse() {
        admin.delete(EMAILS);

        assertThat(engine.forgotten).isEqualTo(engine.transport.deleted);
    }

    @Test
    void deletingAGroupLeavesItsTopic() {
        admin.delete(BILLING);

        assertThat(engine.transport.deleted)
                .extracting(Place::name)
                .containsExactly("orders--billing", "orders--billing.suspects", "orders--billing.dlq");
    }

    @Test
    void deletingATopicLeavesItsGroups() {
        admin.delete(Topic.of("orders", String.class));

        assertThat(engine.transport.deleted).extracting(Place::name).containsExactly("orders");
    }

    @Test
    void creatingDeclares() {
        admin.create(EMAILS);

        assertThat(engine.transport.declared).extracting(Place::name).containsExactly("emails");
    }

    @Test
    void whatTheBrokerCannotBeIsRefusedBeforeAnything() {
        engine.transport.capabilities(Capabilities.builder("Scripted 1.0", ScriptedTransport.LIMITS)
                .has(Capability.GROUPS, "yes")
                .build());

        assertThatThrownBy(() -> admin.create(EMAILS.ordered())).isInstanceOf(UnsupportedCapabilityException.class);
        admin.create(Topic.of("orders", String.class));

        assertThat(engine.transport.declared).extracting(Place::name).containsExactly("orders");
    }

    @Test
    void anEphemeralGroupHasNothingToAskAbout() {
        Group<String> ephemeral = Topic.of("orders", String.class).ephemeral();

        assertThatThrownBy(() -> admin.depth(ephemeral)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Message message(String id) {
        return Message.builder(id, new byte[0]).build();
    }
}
