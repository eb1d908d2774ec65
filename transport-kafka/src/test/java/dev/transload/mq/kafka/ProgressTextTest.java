package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTextTest {

    @Test
    void whatIsWrittenIsRead() {
        ProgressText.Writer writer = new ProgressText.Writer(1_000, false, 42, 1_500, ProgressText.MOST_CHARS);
        writer.noted(new Note(2, 0, true));
        writer.done(3);
        writer.open(2);
        writer.noted(new Note(0, 7, false));
        writer.done(100);

        ProgressText.Written written = writer.write();

        Progress read = ProgressText.read(1_000, written.text());
        assertThat(written.whole()).isTrue();
        assertThat(read.clean()).isFalse();
        assertThat(read.fence()).isEqualTo(42);
        assertThat(read.suspectedUntil()).isEqualTo(1_500);
        assertThat(read.done()).containsOnly(entry(1_001, 1_004), entry(1_007, 1_107));
        assertThat(read.notes())
                .containsOnly(
                        org.assertj.core.api.Assertions.entry(1_000L, new Note(2, 0, true)),
                        org.assertj.core.api.Assertions.entry(1_006L, new Note(0, 7, false)));
    }

    private static java.util.Map.Entry<Long, Long> entry(long from, long to) {
        return org.assertj.core.api.Assertions.entry(from, to);
    }

    @Test
    void nothingKnownIsShort() {
        ProgressText.Writer writer =
                new ProgressText.Writer(123_456_789, true, 1_700_000_000_000L, 0, ProgressText.MOST_CHARS);
        assertThat(writer.write().text()).hasSizeLessThan(32);
    }

    @Test
    void aBrokerThatTakesLessGetsLess() {
        for (int most = 0; most < 300; most++) {
            ProgressText.Writer writer = new ProgressText.Writer(5, false, 9, 0, most);
            for (int i = 0; i < 100; i++) {
                writer.noted(new Note(i + 1, 0, false));
                writer.done(i);
            }
            ProgressText.Written written = writer.write();
            assertThat(written.text()).hasSizeLessThanOrEqualTo(most);
            assertThat(written.whole()).isFalse();
            assertThat(ProgressText.read(5, written.text()).notes().keySet())
                    .allMatch(offset -> offset < written.notedUntil());
        }
    }

    @Test
    void runsAndBitmapSayTheSame() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            long base = random.nextInt(5) == 0 ? Long.MAX_VALUE / 2 : random.nextInt(1_000_000);
            int span = 1 + random.nextInt(8_000);
            double done = random.nextDouble();
            double noted = random.nextInt(3) == 0 ? random.nextDouble() * 0.05 : 0;
            ProgressText.Writer writer =
                    new ProgressText.Writer(base, random.nextBoolean(), seed, base + span, ProgressText.MOST_CHARS);
            TreeMap<Long, Note> notes = new TreeMap<>();
            boolean[] isDone = new boolean[span];
            for (int i = 0; i < span; i++) {
                if (i > 0 && random.nextDouble() < done) {
                    isDone[i] = true;
                    writer.done(1);
                } else if (random.nextDouble() < noted) {
                    Note note =
                            new Note(random.nextInt(20), random.nextInt(2) * random.nextInt(5), random.nextBoolean());
                    if (!note.isNone()) {
                        notes.put(base + i, note);
                    }
                    writer.noted(note);
                } else {
                    writer.open(1);
                }
            }

            ProgressText.Written written = writer.write();
            Progress read = ProgressText.read(base, written.text());

            assertThat(written.text()).hasSizeLessThanOrEqualTo(ProgressText.MOST_CHARS);
            if (written.whole()) {
                for (int i = 0; i < span; i++) {
                    assertThat(read.isDone(base + i))
                            .as("seed %d, offset %d", seed, i)
                            .isEqualTo(isDone[i]);
                }
                assertThat(read.notes()).as("seed %d", seed).isEqualTo(notes);
            } else {
                assertThat(read.notes()).isEqualTo(notes.headMap(written.notedUntil(), false));
            }
            assertThat(read.isDone(base + span)).isFalse();
        }
    }

    @Test
    void theWorstPatternOfTenThousandFits() {
        ProgressText.Writer writer = new ProgressText.Writer(0, false, Long.MAX_VALUE, 10_000, ProgressText.MOST_CHARS);
        for (int i = 0; i < 5_000; i++) {
            writer.open(1);
            writer.done(1);
        }
        ProgressText.Written written = writer.write();
        assertThat(written.whole()).isTrue();
        assertThat(ProgressText.read(0, written.text()).doneCount()).isEqualTo(5_000);
    }

    @Test
    void aThousandFailuresSpreadOverTenThousandFit() {
        ProgressText.Writer writer =
                new ProgressText.Writer(0, false, 1_700_000_000_000L, 10_000, ProgressText.MOST_CHARS);
        for (int i = 0; i < 1_000; i++) {
            writer.noted(new Note(3, 0, false));
            writer.done(9);
        }
        assertThat(writer.write().whole()).isTrue();
    }

    @Test
    void whatDoesNotFitLosesWhatIsDoneBeforeAnyNote() {
        ProgressText.Writer writer = new ProgressText.Writer(0, false, 1, 0, ProgressText.MOST_CHARS);
        for (int i = 0; i < 1_200; i++) {
            writer.noted(new Note(3, 0, false));
            writer.done(40);
        }
        ProgressText.Written written = writer.write();
        Progress read = ProgressText.read(0, written.text());
        assertThat(written.whole()).isFalse();
        assertThat(written.notedUntil()).isEqualTo(Long.MAX_VALUE);
        assertThat(read.notes()).hasSize(1_200);
        assertThat(read.done()).isEmpty();
    }

    @Test
    void whenNotesAloneDoNotFitTheOldestStay() {
        ProgressText.Writer writer = new ProgressText.Writer(0, false, 1, 0, ProgressText.MOST_CHARS);
        for (int i = 0; i < 9_000; i++) {
            writer.noted(new Note(i % 3 + 1, i % 2, false));
            writer.done(1);
        }
        ProgressText.Written written = writer.write();
        Progress read = ProgressText.read(0, written.text());
        assertThat(written.text()).hasSizeLessThanOrEqualTo(ProgressText.MOST_CHARS);
        assertThat(written.whole()).isFalse();
        assertThat(read.notes()).hasSizeGreaterThan(1_000);
        assertThat(read.notes().lastKey()).isLessThan(written.notedUntil());
        assertThat(read.notes().get(read.notes().lastKey())).isNotNull();
        assertThat(read.notes().size()).isEqualTo((int) (written.notedUntil() / 2));
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"mq1:", "mq1:AAAA", "mq1:%%%", "mq2:AAAAAAAA", "someone else's", "{\"a\":1}"})
    void textOfOthersSaysNothing(String text) {
        Progress read = ProgressText.read(77, text);
        assertThat(read.base()).isEqualTo(77);
        assertThat(read.clean()).isTrue();
        assertThat(read.done()).isEmpty();
        assertThat(read.notes()).isEmpty();
    }

    @Test
    void damagedTextSaysNothing() {
        ProgressText.Writer writer = new ProgressText.Writer(1_000, false, 42, 0, ProgressText.MOST_CHARS);
        writer.noted(new Note(2, 0, true));
        writer.done(30);
        String text = writer.write().text();
        byte[] bytes = Base64.getDecoder().decode(text.substring(4));
        for (int i = 0; i < bytes.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = bytes.clone();
                damaged[i] ^= (byte) (1 << bit);
                String garbled = "mq1:" + Base64.getEncoder().withoutPadding().encodeToString(damaged);
                assertThat(ProgressText.read(1_000, garbled).done()).isEmpty();
            }
        }
        for (int cut = 0; cut < text.length(); cut++) {
            assertThat(ProgressText.read(1_000, text.substring(0, cut)).done()).isEmpty();
        }
    }

    @Test
    void textOfAnotherOffsetSaysNothing() {
        ProgressText.Writer writer = new ProgressText.Writer(1_000, false, 42, 0, ProgressText.MOST_CHARS);
        writer.open(1);
        writer.done(30);
        String text = writer.write().text();
        assertThat(ProgressText.read(1_000, text).done()).isNotEmpty();
        assertThat(ProgressText.read(999, text).done()).isEmpty();
    }
}
