package dev.transload.mq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GroupTest {
    private static final Topic<String> ORDERS = Topic.of("orders", String.class);

    @Test
    void aGroupOfARetainedTopicMayStartInThePast() {
        Group<String> group = ORDERS.retained(Duration.ofDays(1)).group("billing");

        assertThat(group.start()).isNull();
        assertThat(group.fromBeginning().start()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void aTopicThatKeepsNothingHasNoPast() {
        assertThatThrownBy(() -> ORDERS.group("billing").fromBeginning())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("orders retained");
    }

    @Test
    void anEphemeralGroupHasNoPast() {
        Topic<String> retained = ORDERS.retained(Duration.ofDays(1));

        assertThatThrownBy(() -> retained.ephemeral().fromBeginning())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ephemeral group of orders");
    }
}
