package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SlotSizesTest {

    private static List<Integer> sizes(int maxCredit) {
        return IntStream.range(0, 20)
                .map(slot -> SlotSizes.of(slot, maxCredit))
                .filter(size -> size > 0)
                .boxed()
                .toList();
    }

    @Test
    void theFirstHasThreeQuartersAndEachFurtherOneHalfOfWhatIsLeft() {
        assertThat(sizes(250)).containsExactly(188, 31, 15, 8, 4, 2, 1, 1);
        assertThat(sizes(2_000)).containsExactly(500, 500, 500, 250, 125, 62, 31, 16);
        assertThat(sizes(7)).containsExactly(6, 1);
        assertThat(sizes(4)).containsExactly(3, 1);
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
            assertThat(sizes(credit).stream().mapToInt(size -> size).sum()).isLessThanOrEqualTo(credit);
        }
    }

    @Test
    void noPollBringsMoreThanConsumersDoByThemselves() {
        assertThat(sizes(100_000)).containsOnly(500).hasSize(SlotSizes.MOST);
    }
}
