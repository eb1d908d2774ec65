package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandingOutTest {

    private final MemberBench bench = new MemberBench(100);
    private final Lane first = bench.open(0);
    private final Lane second = bench.open(1);

    /** Records of a lane, from an offset on, that were stored at these times. */
    private void arrive(Lane lane, long offset, long... times) {
        List<KafkaDelivery> records = new ArrayList<>();
        for (int i = 0; i < times.length; i++) {
            Message message = Message.builder("at " + times[i], new byte[0]).build();
            records.add(new KafkaDelivery(lane, offset + i, message, "q", times[i]));
        }
        bench.lanes.arrived(lane, records);
    }

    private List<String> handedOut() {
        return bench.delivered.stream().map(delivery -> delivery.message().id()).toList();
    }

    @Test
    void whatComesAtOnceIsHandedOutByAge() {
        bench.lanes.more();
        arrive(second, 0, 2, 3, 6);
        arrive(first, 0, 1, 4, 5);
        bench.receiver.credit(100);
        assertThat(handedOut()).containsExactly("at 1", "at 2", "at 3", "at 4", "at 5", "at 6");
    }

    @Test
    void aPartitionWhoseMessagesSeemOldKeepsNoOtherWaiting() {
        bench.lanes.more();
        arrive(first, 0, 10);
        bench.lanes.more();
        arrive(second, 0, 1, 2);
        arrive(first, 1, 11);
        bench.receiver.credit(100);
        assertThat(handedOut()).containsExactly("at 10", "at 1", "at 2", "at 11");
    }

    @Test
    void aPartitionKeepsItsOrderWhateverItsTimes() {
        bench.lanes.more();
        arrive(first, 0, 9, 1, 5);
        arrive(second, 0, 7);
        bench.receiver.credit(100);
        assertThat(handedOut()).containsExactly("at 7", "at 9", "at 1", "at 5");
    }

    private KafkaDelivery fetched(Lane lane, long offset, byte[] fetch) {
        Message message = Message.lateBuilder("m" + offset, () -> fetch.clone()).build();
        KafkaDelivery delivery = new KafkaDelivery(lane, offset, message, "q", 0);
        bench.lanes.arrived(lane, List.of(delivery));
        bench.receiver.outlet().pass();
        return delivery;
    }

    @Test
    void whatAHandlerOrTheLackOfCreditKeepsLingers() {
        bench.receiver.credit(1);
        KafkaDelivery running = fetched(first, 0, new byte[1]);
        running.began();
        KafkaDelivery buffered = fetched(second, 0, new byte[1]);
        assertThat(bench.lanes.lingering()).isEmpty();

        assertThat(bench.lanes.lingering()).containsExactlyInAnyOrder(running, buffered);
        assertThat(bench.lanes.lingering()).isEmpty();
    }

    @Test
    void aHandlerWhosePartitionHasGoneKeepsItsMessageAlone() {
        bench.receiver.credit(1);
        byte[] fetch = {1};
        KafkaDelivery running = fetched(first, 0, fetch);
        running.began();

        bench.handOver(first);
        fetch[0] = 9;

        assertThat(running.message().copyBody()).containsExactly(1);
    }

    @Test
    void creditIsNotExceeded() {
        bench.lanes.more();
        arrive(first, 0, 1, 3);
        arrive(second, 0, 2, 4);
        bench.receiver.credit(3);
        assertThat(handedOut()).containsExactly("at 1", "at 2", "at 3");
        bench.receiver.credit(1);
        assertThat(handedOut()).hasSize(4);
    }
}
