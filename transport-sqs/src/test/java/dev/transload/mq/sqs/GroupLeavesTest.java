package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupLeavesTest {

    private final GroupLeaves leaves = new GroupLeaves();
    private final List<String> gone = new ArrayList<>();

    @Test
    void whereNothingIsBeingDeletedItGoesAtOnce() {
        leaves.begun("other");
        leaves.behind("g", () -> gone.add("a"));

        assertThat(gone).containsExactly("a");
    }

    @Test
    void whatGoesBackWaitsForAllDeletesOfItsGroupAndKeepsItsOrder() {
        leaves.begun("g");
        leaves.begun("g");
        leaves.behind("g", () -> gone.add("a"));
        leaves.behind("g", () -> gone.add("b"));

        assertThat(leaves.ended("g")).isFalse();
        assertThat(gone).isEmpty();

        assertThat(leaves.ended("g")).isTrue();
        assertThat(gone).containsExactly("a", "b");
    }

    @Test
    void afterTheDeletesNothingWaitsAnyMore() {
        leaves.begun("g");

        assertThat(leaves.ended("g")).isFalse();
        leaves.behind("g", () -> gone.add("a"));

        assertThat(gone).containsExactly("a");
    }
}
