package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.Simulation.Trouble;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checker raises no alarm over what a broker and its clients may do. */
class CorrectHistoriesTest {

    private static final int SEEDS = Integer.getInteger("mq.test.histories", 100);

    @Test
    void withoutTrouble() {
        judge();
    }

    @ParameterizedTest
    @EnumSource
    void withOneKindOfTrouble(Trouble trouble) {
        judge(trouble);
    }

    @Test
    void withAllKindsOfTrouble() {
        judge(Trouble.values());
    }

    private static void judge(Trouble... troubles) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = new Simulation(seed, 150, seed % 2 == 0, troubles);
            List<HistoryEvent> events = simulation.run();
            Verdict verdict = HistoryChecker.check(events, simulation.judge());
            assertThat(verdict.sound())
                    .as("seed %d, %s\n%s", seed, List.of(troubles), verdict.report())
                    .isTrue();
            assertThat(verdict.measures().get(0).deliveries()).isGreaterThan(100);
        }
    }
}
