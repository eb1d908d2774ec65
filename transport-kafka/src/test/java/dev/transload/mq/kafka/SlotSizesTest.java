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
    void theFirstHasThreeQuartersTheSecondHalfAndEachFurtherOneHalfOfThat() {
        assertThat(sizes(250)).containsExactly(188, 125, 62, 31, 15, 7, 3, 1);
        assertThat(sizes(7)).containsExactly(6, 3, 1, 1, 1, 1, 1);
        assertThat(sizes(4)).containsExactly(3, 2, 1, 1);
    }

    @Test
    void oneMessageIsOneSlot() {
        assertThat(sizes(1)).containsExactly(1);
        assertThat(sizes(2)).containsExactly(1, 1);
    }

    @Test
    void togetherTheyFillWhatTheEngineTakesButForALittle() {
        for (int credit = 1; credit <= 2_000; credit++) {
            int left = credit;
            for (int size : sizes(credit)) {
                left -= size <= left ? size : 0;
            }
            assertThat(left).as("credit of %s", credit).isLessThanOrEqualTo(credit / 50);
        }
    }

    @Test
    void noPollBringsMoreThanConsumersDoByThemselves() {
        assertThat(sizes(100_000)).containsOnly(500).hasSize(SlotSizes.MOST);
    }
}
