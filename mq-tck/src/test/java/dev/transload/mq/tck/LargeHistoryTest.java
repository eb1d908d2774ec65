package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.tck.HistoryEvent.Kind;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories as long as a stress run makes them, and their files. */
class LargeHistoryTest {

    private static final String Q = "q";
    private static final Judge JUDGE = Judge.of(Q, Q, false).inOrder();

    @TempDir
    private Path folder;

    @Test
    void aMillionEventsAreJudgedInSeconds() {
        List<HistoryEvent> events = history(250_000);
        assertThat(events.size()).isGreaterThan(1_000_000);

        // Time of the processor: that of the wall depends on who else is at work.
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long start = threads.getCurrentThreadCpuTime();
        Verdict verdict = HistoryChecker.check(events, JUDGE);
        Duration took = Duration.ofNanos(threads.getCurrentThreadCpuTime() - start);

        System.out.printf("%,d events judged in %d ms%n", events.size(), took.toMillis());
        assertThat(verdict.violations()).isEmpty();
        assertThat(verdict.inconclusive()).isEmpty();
        assertThat(took).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void aStoredHistoryIsReadAsItWasWrittenAndJudgedTheSame() {
        List<HistoryEvent> events = history(100);
        HistoryFile file = new HistoryFile("SOAK-02", "77", List.of(JUDGE, Judge.of("other", "q", true)), events);
        Path path = folder.resolve("below/SOAK-02.jsonl");
        file.write(path);

        HistoryFile read = HistoryFile.read(path);

        assertThat(read).isEqualTo(file);
        assertThat(HistoryChecker.check(read.events(), read.judges().get(0)))
                .isEqualTo(HistoryChecker.check(events, JUDGE));
    }

    @Test
    void aHistoryThatFindsNoRoomIsCutAndSaysSo() {
        HistoryLog log = new HistoryLog(System::nanoTime, 3);
        for (int i = 0; i < 5; i++) {
            log.sent("m" + i, Q);
        }

        assertThat(log.events()).hasSize(3);
        assertThat(log.leftOut()).isEqualTo(2);
        assertThat(log.last(2)).extracting(HistoryEvent::id).containsExactly("m1", "m2");
    }

    // Sixty-four keys, ten messages of each under way at once, every twentieth fails once.
    private static List<HistoryEvent> history(int messages) {
        long[] nanos = {0};
        HistoryLog log = new HistoryLog(() -> nanos[0] += 1_000, Integer.MAX_VALUE);
        int behind = 640;
        log.consumer(Kind.CONSUMER_OPENED, "c", Q);
        for (int i = 0; i < messages + behind; i++) {
            if (i < messages) {
                String id = "m" + i;
                log.sending(id, "k" + i % 64, Q, "s", "#" + i, 0);
                log.sent(id, Q);
            }
            if (i >= behind) {
                int n = i - behind;
                int attempt = 1;
                if (n % 20 == 0) {
                    long call = log.delivered("m" + n, "k" + n % 64, Q, "c", attempt++, false, "#" + n, "");
                    log.ended(Kind.FAILED, "m" + n, Q, call, "");
                    log.retried("m" + n, Q, "", 0);
                }
                long call = log.delivered("m" + n, "k" + n % 64, Q, "c", attempt, attempt > 1, "#" + n, "");
                log.ended(Kind.ACKED, "m" + n, Q, call, "");
            }
        }
        log.depth(Q, 0);
        return log.events();
    }
}
