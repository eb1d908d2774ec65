package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PausesTest {

    private static final TopicPartition FIRST = MemberBench.partition(0);
    private static final TopicPartition OTHERS = new TopicPartition("other", 0);

    private final MemberBench bench = new MemberBench(2);
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final Pauses pauses = new Pauses(bench.lanes, consumer);

    private void assigned(TopicPartition... partitions) {
        consumer.assign(List.of(partitions));
        pauses.begin(List.of(partitions));
    }

    @Test
    void nothingIsFetchedOfALaneThatIsNotOpen() {
        bench.member.assigned(FIRST, -1);
        assigned(FIRST);
        assertThat(pauses.set()).isFalse();
        assertThat(consumer.paused()).containsExactly(FIRST);
    }

    @Test
    void whatIsOpenIsFetched() {
        bench.open(0);
        assigned(FIRST);
        assertThat(pauses.set()).isTrue();
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void nothingIsFetchedOfWhatNobodyHereReads() {
        bench.open(0);
        bench.member.assigned(OTHERS, -1);
        assigned(FIRST, OTHERS);
        assertThat(pauses.set()).isTrue();
        assertThat(consumer.paused()).containsExactly(OTHERS);
    }

    @Test
    void aReceiverThatHasEnoughIsFetchedForAgainWhenItHasRoom() {
        Lane lane = bench.open(0);
        assigned(FIRST);
        bench.arrive(lane, 0, 1);
        assertThat(pauses.set()).isFalse();
        bench.receiver.credit(2);
        assertThat(pauses.set()).isTrue();
        assertThat(consumer.paused()).isEmpty();
    }

    @Test
    void whatIsGoneIsForgotten() {
        bench.open(0);
        assigned(FIRST);
        pauses.forget(List.of(FIRST));
        consumer.assign(List.of());
        assertThat(pauses.set()).as("something may come").isTrue();
    }
}
