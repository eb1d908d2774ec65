package dev.transload.mq.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.inmemory.Profile;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A transport need not know when its broker stored a message: the waits that the engine emulates are right without. */
class TransportWithoutClockTest {

    /** What must hold may take its time on a slow machine. */
    private static final double PATIENCE_SECONDS = 20;

    private final KitRunner runner = new KitRunner(PATIENCE_SECONDS, getClass().getSimpleName());

    @ParameterizedTest
    @EnumSource(
            value = Profile.class,
            names = {"KAFKA", "SQS_STANDARD"})
    void noWaitIsCutShortWhereTheBrokerDoesNotTellWhenItStoredAMessage(Profile limits) {
        Mutant silent = Mutants.TELLS_NO_TIME.on(limits);

        assertThat(runner.run(silent, List.of("DLY-01", "DLY-03", "DLY-07", "DLY-08", "RTY-03", "RDV-12"))
                        .values())
                .isNotEmpty()
                .allSatisfy(verdict ->
                        assertThat(verdict.end()).as(verdict.toString()).isEqualTo(Verdict.End.SURVIVED));
    }
}
