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
        return IntStream.range(0, 40)
                .map(slot -> SlotSizes.of(slot, spec))
                .filter(size -> size > 0)
                .boxed()
                .toList();
    }

    @Test
    void eachHasHalfOfWhatIsLeft() {
        assertThat(sizes(250, 8)).startsWith(188).hasSize(SlotSizes.MOST);
        assertThat(sizes(250, 250)).startsWith(125, 62, 31, 16, 8, 4, 2, 1);
        assertThat(sizes(7, 4)).containsExactly(3, 2, 1, 1);
        assertThat(sizes(4, 4)).containsExactly(2, 1, 1, 1);
    }

    @Test
    void theFirstHasAsMuchAsLeavesEnoughForAllHandlersAndThreeQuartersAtMost() {
        assertThat(sizes(250, 2)).startsWith(188, 31);
        assertThat(sizes(250, 100)).startsWith(150, 50);
        assertThat(sizes(250, 200)).startsWith(125, 62);
        assertThat(sizes(2_000, 8)).containsExactly(1_000, 500, 250, 125, 62, 31, 16, 8);
        assertThat(sizes(3, 2)).containsExactly(1, 1, 1);
    }

    @Test
    void whereOneHandlerWorksTheFirstHasAllIfItIsMany() {
        assertThat(sizes(250, 1)).containsExactly(250);
        assertThat(sizes(4, 1)).as("too few to wait for").containsExactly(2, 1, 1);
        assertThat(sizes(1_600, 1)).containsExactly(1_000, 600);
    }

    @Test
    void oneMessageIsOneSlot() {
        assertThat(sizes(1, 1)).containsExactly(1);
        assertThat(sizes(2, 2)).containsExactly(1, 1);
    }

    @Test
    void thereIsASlotForEachHandlerWithinBounds() {
        assertThat(sizes(10, 10)).containsExactly(5, 2, 1, 1, 1, 1, 1, 1, 1, 1);
        for (int handlers = 1; handlers <= 3_000; handlers++) {
            assertThat(sizes(3_000, handlers))
                    .hasSizeBetween(Math.min(handlers, SlotSizes.MOST_OF_ALL), SlotSizes.MOST_OF_ALL);
        }
    }

    @Test
    void thoseForSeveralMessagesNeverTakeMoreThanTheEngineDoes() {
        for (int credit = 1; credit <= 3_000; credit++) {
            for (int handlers : new int[] {1, 2, credit / 2 + 1, credit}) {
                assertThat(sizes(credit, handlers).stream()
                                .limit(SlotSizes.MOST)
                                .mapToInt(size -> size)
                                .filter(size -> size > 1)
                                .sum())
                        .isLessThanOrEqualTo(credit);
            }
        }
    }

    @Test
    void noPollBringsMoreThanHalfOfWhatAGroupLends() {
        assertThat(sizes(100_000, 8)).containsOnly(1_000).hasSize(SlotSizes.MOST);
    }
}
