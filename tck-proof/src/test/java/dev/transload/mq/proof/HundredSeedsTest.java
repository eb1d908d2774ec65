package dev.transload.mq.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.KitCases;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A transport in which nothing is wrong passes whatever the cases draw: a kit that cries wolf proves nothing by its cries.
 *
 * <p>What a seed has no part in is the same with every seed; it is run by the suites of the transport in memory, with a
 * new seed in every build.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES) // half a minute on an idle machine
class HundredSeedsTest {

    private static final double PATIENCE_SECONDS = 30;

    private final KitRunner runner = new KitRunner(PATIENCE_SECONDS, getClass().getSimpleName());

    @Test
    void theTransportInMemoryPassesWithAHundredSeeds() {
        passes(KitCases.drawn(true), 100);
    }

    @Test
    void theTransportInMemoryPassesLargerCasesWithTenSeeds() {
        passes(KitCases.drawn(false), 10);
    }

    private void passes(List<String> cases, int seeds) {
        assertThat(cases).hasSizeGreaterThan(3);
        Map<String, Set<Long>> done = new HashMap<>();
        for (int seed = 0; seed < seeds; seed++) {
            done(cases, seed)
                    .forEach((id, what) ->
                            done.computeIfAbsent(id, each -> new HashSet<>()).add(what));
        }
        for (String id : cases) {
            assertThat(done.get(id)).as("what %s did with %s seeds", id, seeds).hasSize(seeds);
        }
    }

    @Test
    void aSeedDrawsTheSameAgain() {
        List<String> cases = KitCases.drawn(true);

        assertThat(done(cases, 7)).isEqualTo(done(cases, 7));
    }

    private Map<String, Long> done(Collection<String> cases, int seed) {
        Watched.take();
        assertThat(runner.run(Mutants.WATCHED, cases, seed).values())
                .as("with seed %s", seed)
                .hasSameSizeAs(cases)
                .allMatch(verdict -> verdict.end() == Verdict.End.SURVIVED);
        return Watched.take();
    }
}
