package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DelayLadderTest {

    @ParameterizedTest
    @CsvSource({
        "1, 0",
        "999, 0",
        "1000, 0",
        "3999, 0",
        "4000, 1",
        "15999, 1",
        "16000, 2",
        "64000, 3",
        "1048576000, 10",
        "31536000000, 10"
    })
    void aMessageGoesToTheLongestLaneItFillsOut(long millis, int rung) {
        assertThat(DelayLadder.rung(millis)).isEqualTo(rung);
    }

    @Test
    void lanesWaitFourTimesAsLongEach() {
        assertThat(DelayLadder.waitSeconds(0)).isEqualTo(1);
        for (int rung = 1; rung < DelayLadder.RUNGS; rung++) {
            assertThat(DelayLadder.waitSeconds(rung)).isEqualTo(4 * DelayLadder.waitSeconds(rung - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void hopsAddUpToTheDelayAndNoneIsLongerThanItsLane(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            long delay = 1 + (long) (Math.pow(random.nextDouble(), 6) * 365 * 86_400_000L);
            int[] visits = new int[DelayLadder.RUNGS];
            long left = delay;
            int before = DelayLadder.RUNGS - 1;
            while (left > 0) {
                int rung = DelayLadder.rung(left);
                long hop = DelayLadder.hop(rung, left);
                assertThat(rung).isLessThanOrEqualTo(before);
                assertThat(hop).isPositive().isLessThanOrEqualTo(DelayLadder.waitSeconds(rung) * 1000);
                if (rung > 0) {
                    assertThat(hop).isEqualTo(DelayLadder.waitSeconds(rung) * 1000);
                }
                visits[rung]++;
                before = rung;
                left -= hop;
            }
            assertThat(left).isZero();
            for (int rung = 1; rung < DelayLadder.RUNGS - 1; rung++) {
                assertThat(visits[rung]).isLessThanOrEqualTo(3);
            }
            assertThat(visits[0]).as("whole seconds and a rest").isLessThanOrEqualTo(4);
        }
    }
}
