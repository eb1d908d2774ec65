package dev.transload.mq.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.proof.Mutant.Layer;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every mutant of some layers is killed by the cases that must kill it. One class for each JVM that shares the work. */
abstract class MutantsAreKilled {

    /** Enough on a slow machine for what must not happen; what must fail need not be waited for. */
    private static final double PATIENCE_SECONDS = 2;

    /** Some mutants only break what threads do at the same moment. */
    private static final int TRIES = 3;

    private final KitRunner runner = new KitRunner(PATIENCE_SECONDS, getClass().getSimpleName());
    private final Set<Layer> layers;

    MutantsAreKilled(Layer... layers) {
        this.layers = Set.of(layers);
    }

    @TestFactory
    Stream<DynamicTest> everyOneIsKilled() {
        return Mutants.list().stream()
                .filter(mutant -> layers.contains(mutant.layer()))
                .map(mutant -> DynamicTest.dynamicTest(mutant.toString(), () -> isKilled(mutant)));
    }

    private void isKilled(Mutant mutant) {
        assertThat(mutant.killedBy()).as("cases that must kill it").isNotEmpty();
        Set<String> alive = new LinkedHashSet<>(mutant.killedBy());
        StringBuilder how = new StringBuilder();
        for (int tries = 0; tries < TRIES && !alive.isEmpty(); tries++) {
            runner.run(mutant, alive).values().forEach(verdict -> {
                if (verdict.end() == Verdict.End.KILLED && verdict.why().contains(mutant.saying())) {
                    alive.remove(verdict.caseId());
                } else {
                    how.append('\n').append(verdict);
                }
            });
        }
        assertThat(alive)
                .as("cases that do not notice that %s%s", mutant.what(), how)
                .isEmpty();
    }
}
