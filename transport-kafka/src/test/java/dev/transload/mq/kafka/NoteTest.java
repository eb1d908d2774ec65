package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class NoteTest {

    private static final int OWNERS = 12;

    @Test
    void aCrashThatWasSeenCounts() {
        assertThat(new Note(2, 0, true).afterCrash(false)).isEqualTo(new Note(2, 1, false));
        assertThat(new Note(2, 1, true).afterCrash(true)).isEqualTo(new Note(2, 2, false));
    }

    @Test
    void theFirstCrashUnderSuspicionStandsForTheUnseenOneToo() {
        assertThat(new Note(0, 0, true).afterCrash(true)).isEqualTo(new Note(0, 2, false));
    }

    @Test
    void whatHadNotBegunDidNotCrash() {
        assertThat(Note.NONE.afterCrash(true)).isEqualTo(Note.NONE);
        assertThat(new Note(1, 3, false).afterCrash(true)).isEqualTo(new Note(1, 3, false));
    }

    /** The story of one message whose owners die at any moment, by the rules of {@link Lane}. */
    @RepeatedTest(500)
    void howeverOwnersDieTheCountIsOffByOneAtMost(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Progress progress = Progress.at(0);
        int begun = 0;
        for (int owner = 1; owner <= OWNERS; owner++) {
            progress = progress.handedOver(10, 1);
            boolean suspected = progress.suspectedUntil() > 0;
            Note note = progress.notes().getOrDefault(0L, Note.NONE);
            int count = note.failures() + note.crashes();
            assertThat(count - begun).as("owner %d, %s", owner, progress).isBetween(-1, 1);
            if (begun > 0) {
                assertThat(count > 0 || suspected).as("redelivered").isTrue();
            }
            if (random.nextInt(5) == 0) {
                note = note.withFailures(note.failures() + 1);
                begun++;
            }
            boolean begins = random.nextBoolean();
            begun += begins ? 1 : 0;
            if (begins && (suspected || random.nextBoolean())) {
                note = note.withRunning(true);
            }
            TreeMap<Long, Note> notes = new TreeMap<>();
            notes.put(0L, note);
            progress = new Progress(0, false, owner, progress.suspectedUntil(), new TreeMap<>(), notes);
        }
    }
}
