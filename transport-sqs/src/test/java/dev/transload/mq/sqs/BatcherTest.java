package dev.transload.mq.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatcherTest {

    private static final long LONG = 60_000;

    private final Worker worker = new Worker("test");
    private final List<List<Integer>> sent = new ArrayList<>();
    private final Deque<Runnable> open = new ArrayDeque<>();

    @AfterEach
    void end() {
        worker.end();
    }

    @Test
    void aLoneEntryWaitsForNothing() {
        Batcher<Integer> batcher = batcher(100, 4, true);
        add(batcher, 1, 1);

        assertThat(sent).containsExactly(List.of(1));
    }

    @Test
    void whatComesMeanwhileWaitsForTheEndOfTheRequest() {
        Batcher<Integer> batcher = batcher(100, 4, true);
        add(batcher, 1, 1);
        add(batcher, 2, 3);
        assertThat(sent).hasSize(1);

        open.remove().run();

        assertThat(sent).containsExactly(List.of(1), List.of(2, 3));
    }

    @Test
    void tenAreABatchAndGoThoughARequestIsUnderWay() {
        Batcher<Integer> batcher = batcher(100, 4, true);
        add(batcher, 1, 25);

        assertThat(sent).extracting(List::size).containsExactly(10, 10);
        open.remove().run();
        open.remove().run();
        assertThat(sent).extracting(List::size).containsExactly(10, 10, 5);
    }

    @Test
    void aBatchHasNoMoreBytesThanItMay() {
        Batcher<Integer> batcher = batcher(3, 4, true);
        add(batcher, 1, 7);

        assertThat(sent).extracting(List::size).containsExactly(3, 3);
    }

    @Test
    void anEntryThatIsLargerThanABatchGoesAlone() {
        Batcher<Integer> batcher = batcher(3, 4, true);
        batcher.add(1, 5);
        batcher.go();

        assertThat(sent).containsExactly(List.of(1));
    }

    @Test
    void moreRequestsThanAllowedAreNeverUnderWay() {
        Batcher<Integer> batcher = batcher(100, 2, true);
        add(batcher, 1, 40);

        assertThat(sent).hasSize(2);
    }

    @Test
    void whereNobodyWaitsForTheFirstItWaitsForOthers() {
        Batcher<Integer> batcher = batcher(100, 4, false);
        add(batcher, 1, 9);
        assertThat(sent).isEmpty();

        add(batcher, 10, 10);

        assertThat(sent).extracting(List::size).containsExactly(10);
    }

    @Test
    void aFlushSendsWhatWaits() {
        Batcher<Integer> batcher = batcher(100, 4, false);
        add(batcher, 1, 3);
        batcher.flush();

        assertThat(sent).containsExactly(List.of(1, 2, 3));
        assertThat(batcher.isIdle()).isFalse();
        open.remove().run();
        assertThat(batcher.isIdle()).isTrue();
    }

    @Test
    void entriesOfALaneGoTogetherAndInOneRequestAtATime() {
        Batcher<Integer> batcher = lanes();
        add(batcher, 1, 15); // all of one lane
        add(batcher, 100, 100);

        assertThat(sent).containsExactly(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        open.remove().run();

        assertThat(sent.get(1)).containsExactly(100, 11, 12, 13, 14, 15);
    }

    @Test
    void whatWaitsInALaneUnderWayCanBeTakenOut() {
        Batcher<Integer> batcher = lanes();
        add(batcher, 1, 13);

        assertThat(batcher.drop("0")).containsExactly(11, 12, 13);
        open.remove().run();

        assertThat(sent).hasSize(1);
        assertThat(batcher.isIdle()).isTrue();
    }

    @Test
    void aLaneThatIsToStayWholeIsNotDividedAmongRequests() {
        Batcher<Integer> batcher = lanes(true);
        add(batcher, 1, 1); // keeps the others waiting
        for (int lane = 1; lane <= 3; lane++) {
            for (int i = 0; i < 4; i++) {
                batcher.add(100 * lane + i, 1);
            }
        }
        batcher.flush();

        assertThat(sent)
                .containsExactly(
                        List.of(1), List.of(100, 101, 102, 103, 200, 201, 202, 203), List.of(300, 301, 302, 303));
    }

    @Test
    void aLaneThatIsTooMuchForOneRequestIsDividedAllTheSame() {
        Batcher<Integer> batcher = lanes(true);
        add(batcher, 1, 12);
        open.remove().run();

        assertThat(sent).extracting(List::size).containsExactly(10, 2);
    }

    private Batcher<Integer> lanes() {
        return lanes(false);
    }

    private Batcher<Integer> lanes(boolean whole) {
        return new Batcher<>(
                1000, 4, LONG, true, worker, entry -> Integer.toString(entry / 100), whole, (batch, ended) -> {
                    sent.add(batch);
                    open.add(ended);
                });
    }

    private Batcher<Integer> batcher(int bytes, int requests, boolean eager) {
        return new Batcher<>(bytes, requests, LONG, eager, worker, (batch, ended) -> {
            sent.add(batch);
            open.add(ended);
        });
    }

    private static void add(Batcher<Integer> batcher, int from, int to) {
        for (int i = from; i <= to; i++) {
            batcher.add(i, 1);
        }
        batcher.go();
    }
}
