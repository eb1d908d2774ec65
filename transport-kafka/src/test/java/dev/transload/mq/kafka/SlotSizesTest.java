package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlotSizesTest {

    private static List<Integer> sizes(int maxCredit, int concurrency) {
        ReceiveSpec spec = ReceiveSpec.builder(Place.of(Role.QUEUE, "q", Shape.PLAIN), maxCredit)
                .concurrency(concurrency)
                .build();
        return IntStream.range(0, 20)
                .map(slot -> SlotSizes.of(slot, spec))
                .filter(size -> size > 0)
                .boxed()
                .toList();
    }

    private static List<Integer> sizes(int maxCredit) {
        return sizes(maxCredit, maxCredit);
    }

    @Test
    void eachHasHalfOfWhatIsLeft() {
        assertThat(sizes(250)).containsExactly(125, 62, 31, 16, 8, 4, 2, 1);
        assertThat(sizes(7)).containsExactly(3, 2, 1, 1);
        assertThat(sizes(4)).containsExactly(2, 1, 1);
    }

    @Test
    void theFirstHasAsMuchAsLeavesEnoughForAllHandlersAndThreeQuartersAtMost() {
        assertThat(sizes(250, 1)).startsWith(188, 31);
        assertThat(sizes(250, 100)).startsWith(150, 50);
        assertThat(sizes(250, 200)).startsWith(125, 62);
        assertThat(sizes(2_000, 8)).containsExactly(500, 500, 500, 250, 125, 62, 31, 16);
        assertThat(sizes(3, 1)).containsExactly(2, 1);
    }

    @Test
    void oneMessageIsOneSlot() {
        assertThat(sizes(1)).containsExactly(1);
        assertThat(sizes(2)).containsExactly(1, 1);
    }

    @Test
    void togetherTheyNeverTakeMoreThanTheEngineDoes() {
        for (int credit = 1; credit <= 3_000; credit++) {
            assertThat(sizes(credit)).hasSizeBetween(1, SlotSizes.MOST);
            assertThat(sizes(credit, 1)).hasSizeBetween(1, SlotSizes.MOST);
            assertThat(sizes(credit, 1).stream().mapToInt(size -> size).sum()).isLessThanOrEqualTo(credit);
            assertThat(sizes(credit).stream().mapToInt(size -> size).sum()).isLessThanOrEqualTo(credit);
        }
    }

    @Test
    void noPollBringsMoreThanConsumersDoByThemselves() {
        assertThat(sizes(100_000)).containsOnly(500).hasSize(SlotSizes.MOST);
    }
}
