package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import dev.transload.mq.RetryPolicy;
import dev.transload.mq.spi.Annotations;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttemptsTest {

    @Test
    void aFreshMessageHasNoFailureAndNoCrash() {
        assertThat(of(null, 1, 0)).isEqualTo(new Attempts(0, 0));
        assertThat(of(null, 1, 0).attempt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        // mq-attempt, broker's count, noted failures, failures, crashes
        "2, 1, 0, 1, 0",
        "3, 4, 0, 2, 3",
        "'', 3, 2, 2, 0",
        "'', 4, 2, 2, 1",
        "2, 4, 2, 2, 1",
        "1, 1, 0, 0, 0"
    })
    void failuresAreReadAndCrashesAreInferred(String attempt, int count, int noted, int failures, int crashes) {
        assertThat(of(attempt, count, noted)).isEqualTo(new Attempts(failures, crashes));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "x", "-1", "0", "+3", "3.0", "1e3", "99999", "1002", "２", "2147483648", " 2", "2\n"})
    void anAttemptThatIsNoneCountsAsAbsent(String attempt) {
        assertThat(of(attempt, 1, 0)).isEqualTo(Attempts.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1})
    void aBrokerThatDoesNotCountAccusesNobody(int count) {
        assertThat(of(null, count, 0).crashes()).isZero();
        assertThat(of(null, count, Integer.MAX_VALUE).crashes()).isZero();
    }

    @Test
    void hugeCountsStayWithinBounds() {
        Attempts attempts = of("1001", Integer.MAX_VALUE, 0);

        assertThat(attempts).isEqualTo(new Attempts(RetryPolicy.MAX_ATTEMPTS, RetryPolicy.MAX_ATTEMPTS));
        assertThat(of(null, Integer.MAX_VALUE, Integer.MIN_VALUE).failures()).isZero();
        assertThat(attempts.failed().failures()).isEqualTo(RetryPolicy.MAX_ATTEMPTS);
    }

    @Test
    void crashesAloneNeverUseUpTheRetriesOfAFailingMessage() {
        Attempts attempts = new Attempts(0, 2);

        assertThat(attempts.mayRetry(3)).isTrue();
        assertThat(attempts.suspect(3)).isFalse();
        assertThat(new Attempts(2, 0).mayRetry(3)).isFalse();
        assertThat(new Attempts(0, 3).suspect(3)).isTrue();
    }

    /** A run of one message, in a process that dies at random and a handler that fails at random. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void callsStayWithinTheirBounds(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            int maxAttempts = 1 + random.nextInt(8);
            boolean notes = random.nextBoolean();
            double crashing = random.nextInt(3) / 2.0; // never, at times, always
            Run run = new Run(maxAttempts, notes, crashing, random);

            run.toTheEnd();

            if (run.crashes == 0) {
                assertThat(run.calls).as("without crashes: %s", run).isLessThanOrEqualTo(maxAttempts);
            }
            if (crashing == 1) {
                assertThat(run.calls).as("a killer: %s", run).isLessThanOrEqualTo(maxAttempts + 1);
            }
            assertThat(run.failures).as("failures: %s", run).isLessThanOrEqualTo(maxAttempts);
        }
    }

    private static final class Run {
        final int maxAttempts;
        final boolean notes;
        final double crashing;
        final Random random;
        int written = 1;
        int noted;
        int brokerCount;
        int calls;
        int failures;
        int crashes;

        Run(int maxAttempts, boolean notes, double crashing, Random random) {
            this.maxAttempts = maxAttempts;
            this.notes = notes;
            this.crashing = crashing;
            this.random = random;
        }

        void toTheEnd() {
            while (true) {
                brokerCount++;
                Attempts attempts = of(Integer.toString(written), brokerCount, noted);
                boolean alone = attempts.suspect(maxAttempts);
                calls++;
                if (random.nextDouble() < crashing) {
                    crashes++;
                    if (alone) {
                        return; // dead-lettered as CRASHED when it comes again
                    }
                    continue;
                }
                failures++;
                if (!attempts.mayRetry(maxAttempts)) {
                    return;
                }
                if (notes) {
                    noted = attempts.failures() + 1;
                } else { // sent again: the broker starts to count anew
                    written = attempts.failures() + 2;
                    brokerCount = 0;
                }
            }
        }

        @Override
        public String toString() {
            return calls + " calls, " + failures + " failures, " + crashes + " crashes of " + maxAttempts
                    + (notes ? ", noted" : ", sent again");
        }
    }

    private static Attempts of(String attempt, int brokerCount, int noted) {
        Message.Builder message = Message.builder("id", new byte[0]);
        if (attempt != null) {
            message.annotation(Annotations.ATTEMPT, attempt);
        }
        ScriptedTransport.Delivered delivered = new ScriptedTransport.Delivered(message.build(), "q")
                .brokerCount(brokerCount)
                .notedFailures(noted);
        return Attempts.of(delivered.message(), delivered);
    }
}
