package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CreditGateTest {

    private record Numbered(int number) implements Incoming {

        @Override
        public Message message() {
            return Spi.message("m" + number);
        }

        @Override
        public String destination() {
            return "somewhere";
        }

        @Override
        public int lane() {
            return 0;
        }

        @Override
        public int brokerCount() {
            return 1;
        }

        @Override
        public void ack(Completion completion) {}

        @Override
        public void release(Duration delay, boolean failed, Completion completion) {}
    }

    private static final class Numbers implements Sink {
        final List<Integer> seen = new ArrayList<>();
        private final AtomicInteger inside = new AtomicInteger();
        Runnable then = () -> {};

        @Override
        public void deliver(Incoming delivery) {
            assertThat(inside.incrementAndGet()).as("calls at once").isEqualTo(1);
            seen.add(((Numbered) delivery).number());
            then.run();
            inside.decrementAndGet();
        }

        @Override
        public void lost(List<? extends Incoming> deliveries, String why) {
            seen.add(-1);
        }

        @Override
        public void failed(Throwable cause) {}
    }

    private final Numbers sink = new Numbers();
    private final CreditGate<Numbered> gate = new CreditGate<>(sink, 10, delivery -> delivery.number() >= 0);

    @Test
    void nothingPassesWithoutCredit() {
        offer(1, 2, 3);
        assertThat(sink.seen).isEmpty();

        gate.credit(2);

        assertThat(sink.seen).containsExactly(1, 2);
    }

    @Test
    void creditNeverExceedsTheMost() {
        gate.credit(1_000);
        offer(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

        assertThat(sink.seen).hasSize(10);
    }

    @Test
    void aSinkThatGivesCreditInsideADeliveryGetsTheNextAfterIt() {
        sink.then = () -> gate.credit(1);
        offer(1, 2, 3);

        gate.credit(1);

        assertThat(sink.seen).containsExactly(1, 2, 3);
    }

    @Test
    void aDeliveryThatIsNoLongerOursCostsNoCredit() {
        offer(-5, 1);

        gate.credit(1);

        assertThat(sink.seen).containsExactly(1);
    }

    @Test
    void newsComeBetweenDeliveriesAndNeedNoCredit() {
        sink.then = () -> {
            if (sink.seen.size() == 1) {
                gate.tell(() -> sink.lost(List.of(), "gone"));
            }
        };
        gate.credit(2);
        offer(1, 2);

        assertThat(sink.seen).containsExactly(1, -1, 2);
    }

    @Test
    void aShutGateHandsBackWhatWaitsInOrder() {
        offer(1, 2, 3);

        assertThat(gate.shut()).extracting(Numbered::number).containsExactly(1, 2, 3);
        gate.credit(5);
        offer(4);

        assertThat(sink.seen).isEmpty();
    }

    @Test
    void manyThreadsBringDeliveriesAndCreditAndNothingIsLostOrReordered() throws Exception {
        CreditGate<Numbered> wide = new CreditGate<>(sink, Integer.MAX_VALUE, delivery -> true);
        Thread credits = new Thread(
                () -> {
                    for (int i = 0; i < 100_000; i++) {
                        wide.credit(1);
                    }
                },
                "credits");
        credits.start();
        for (int i = 0; i < 100_000; i++) {
            wide.offer(new Numbered(i));
        }
        credits.join();

        assertThat(wide.shut()).isEmpty();
        assertThat(sink.seen).hasSize(100_000).isSorted();
    }

    private void offer(int... numbers) {
        for (int number : numbers) {
            gate.offer(new Numbered(number));
        }
    }
}
