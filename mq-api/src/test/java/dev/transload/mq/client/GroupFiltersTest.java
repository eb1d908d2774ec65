package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupFiltersTest {

    private final GroupFilters filters = new GroupFilters();

    @Test
    void membersWithTheSameFilterShareAGroup() {
        filters.join("orders--eu", Map.of("region", "eu"));

        assertThatCode(() -> filters.join("orders--eu", Map.of("region", "eu"))).doesNotThrowAnyException();
    }

    @Test
    void anotherFilterIsRefusedNamingTheGroupAndTheHeaders() {
        filters.join("orders--eu", Map.of("region", "eu"));

        assertThatThrownBy(() -> filters.join("orders--eu", Map.of("tenant", "secret-value")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("orders--eu")
                .hasMessageContaining("region")
                .hasMessageContaining("tenant")
                .hasMessageNotContaining("secret-value");
    }

    @Test
    void anotherFilterIsWelcomeWhenTheLastMemberHasLeft() {
        filters.join("orders--eu", Map.of("region", "eu"));
        filters.join("orders--eu", Map.of("region", "eu"));
        filters.leave("orders--eu");
        filters.leave("orders--eu");

        assertThatCode(() -> filters.join("orders--eu", Map.of("region", "us"))).doesNotThrowAnyException();
    }
}
