package dev.transload.mq.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every mutant is killed by the cases that must kill it. */
class ProofTest {

    private final KitRunner runner = new KitRunner(2);

    @TestFactory
    Stream<DynamicTest> everyMutantIsKilled() {
        return Mutants.list().stream()
                .map(mutant -> DynamicTest.dynamicTest(mutant.toString(), () -> {
                    assertThat(mutant.killedBy()).as("cases that must kill it").isNotEmpty();
                    runner.run(mutant, mutant.killedBy()).values().forEach(verdict -> {
                        assertThat(verdict.end()).as(verdict.toString()).isEqualTo(Verdict.End.KILLED);
                    });
                }));
    }
}
