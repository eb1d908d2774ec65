package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class HeldPartitionsTest {

    private static final TopicPartition ONE = new TopicPartition("orders", 1);
    private static final TopicPartition TWO = new TopicPartition("orders", 2);

    private final HeldPartitions held = new HeldPartitions();

    @Test
    void whatWasTakenAwayIsNotHeldHoweverLongTheConsumerNamesIt() {
        held.given(List.of(ONE, TWO));
        held.taken(List.of(TWO));

        assertThat(held.of(Set.of(ONE, TWO))).containsExactly(ONE);
    }

    @Test
    void whatIsNotAssignedIsNotHeldThoughNoCallbackSaidSo() {
        held.given(List.of(ONE, TWO));

        assertThat(held.of(Set.of(TWO))).containsExactly(TWO);
    }

    @Test
    void whatIsGivenAgainIsHeldAgain() {
        held.given(List.of(ONE));
        held.taken(List.of(ONE));
        held.given(List.of(ONE));

        assertThat(held.of(Set.of(ONE))).containsExactly(ONE);
    }
}
