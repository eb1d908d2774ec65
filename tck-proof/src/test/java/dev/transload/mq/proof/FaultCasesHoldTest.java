package dev.transload.mq.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.KitCases;
import dev.transload.mq.tck.KitCases.KitCase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Cases that break things hold where nothing is wrong, in the surroundings in which mutants meet them: else a mutant
 * would be killed by the proof's own doing.
 */
class FaultCasesHoldTest {

    /** What must hold may take its time on a slow machine. */
    private static final double PATIENCE_SECONDS = 20;

    private final KitRunner runner = new KitRunner(PATIENCE_SECONDS, getClass().getSimpleName());

    @Test
    void casesThatKillMutantsHoldWithoutOne() {
        List<String> killers = Mutants.list().stream()
                .flatMap(mutant -> mutant.killedBy().stream())
                .distinct()
                .map(id -> KitCases.byId().get(id))
                .filter(KitCase::breaks)
                .map(KitCase::id)
                .toList();
        Map<String, Verdict> verdicts = runner.run(Mutants.HEALTHY, killers);
        assertThat(verdicts).containsOnlyKeys(killers);
        assertThat(verdicts.values())
                .allSatisfy(verdict ->
                        assertThat(verdict.end()).as(verdict.toString()).isEqualTo(Verdict.End.SURVIVED));
    }
}
