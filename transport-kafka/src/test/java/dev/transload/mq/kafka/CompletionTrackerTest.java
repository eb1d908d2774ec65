package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CompletionTrackerTest {

    private static final class Item extends CompletionTracker.Entry<Item> {
        Item(long offset) {
            super(offset);
        }
    }

    private static CompletionTracker<Item> tracker(long base) {
        return new CompletionTracker<>(Progress.at(base), 1);
    }

    private static Item arrive(CompletionTracker<Item> tracker, long offset) {
        assertThat(tracker.arrives(offset)).isTrue();
        Item item = new Item(offset);
        tracker.add(item);
        return item;
    }

    @Test
    void theBaseIsTheOldestThatIsNotDone() {
        CompletionTracker<Item> tracker = tracker(10);
        Item a = arrive(tracker, 10);
        Item b = arrive(tracker, 11);
        Item c = arrive(tracker, 12);

        tracker.done(b);
        assertThat(tracker.base()).isEqualTo(10);
        tracker.done(a);
        assertThat(tracker.base()).isEqualTo(12);
        tracker.done(c);
        assertThat(tracker.base()).isEqualTo(13);
        assertThat(tracker.span()).isZero();
    }

    @Test
    void doneTwiceIsRefused() {
        CompletionTracker<Item> tracker = tracker(0);
        Item a = arrive(tracker, 0);
        assertThat(tracker.done(a)).isTrue();
        assertThat(tracker.done(a)).isFalse();
        assertThat(tracker.open()).isZero();
    }

    @Test
    void aMessageOfAnotherOwnerIsRefused() {
        CompletionTracker<Item> before = tracker(0);
        Item late = arrive(before, 0);
        CompletionTracker<Item> after = tracker(0);
        arrive(after, 0);

        assertThat(after.isOpen(new Item(0))).isFalse();
        assertThat(after.done(new Item(0))).isFalse();
        assertThat(after.base()).isZero();
        assertThat(before.done(late)).isTrue();
        assertThat(after.base()).isZero();
    }

    @Test
    void anotherCanStandInThePlaceOfAnOpenMessage() {
        CompletionTracker<Item> tracker = tracker(0);
        Item a = arrive(tracker, 0);
        Item b = arrive(tracker, 1);
        Item c = arrive(tracker, 2);
        tracker.note(b, new Note(1, 0, false));
        for (Item item : List.of(a, b, c)) {
            Item again = new Item(item.offset());
            tracker.replace(item, again);
            assertThat(tracker.isOpen(item)).isFalse();
            assertThat(tracker.done(item)).isFalse();
            assertThat(again.note()).isEqualTo(item.note());
        }
        assertThatThrownBy(() -> tracker.replace(a, new Item(0))).isInstanceOf(IllegalArgumentException.class);
        List<Item> again = tracker.entries();
        assertThat(again).extracting(CompletionTracker.Entry::offset).containsExactly(0L, 1L, 2L);
        again.forEach(tracker::done);
        assertThat(tracker.base()).isEqualTo(3);
    }

    @Test
    void offsetsWithoutAMessageAreDone() {
        CompletionTracker<Item> tracker = tracker(5);
        Item a = arrive(tracker, 9);
        assertThat(tracker.base()).isEqualTo(9);
        Item b = arrive(tracker, 1_000_000_000);
        assertThat(tracker.span()).isEqualTo(1_000_000_001L - 9);
        tracker.done(a);
        assertThat(tracker.base()).isEqualTo(1_000_000_000);
        tracker.done(b);
        assertThat(tracker.base()).isEqualTo(1_000_000_001);
    }

    @Test
    void offsetsGoUp() {
        CompletionTracker<Item> tracker = tracker(5);
        arrive(tracker, 7);
        assertThat(tracker.arrives(7)).isFalse();
        assertThatThrownBy(() -> tracker.add(new Item(7))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatTheLastOwnerDidIsNotHandledAgain() {
        CompletionTracker<Item> first = tracker(0);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            items.add(arrive(first, i));
        }
        first.done(items.get(3));
        first.done(items.get(4));
        first.note(items.get(5), new Note(2, 0, false));
        first.done(items.get(9));

        CompletionTracker<Item> second = next(first, false, 100, 10, 2);

        assertThat(second.base()).isZero();
        List<Long> again = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            if (second.arrives(i)) {
                Item item = new Item(i);
                second.add(item);
                again.add((long) i);
                assertThat(item.note().failures()).isEqualTo(i == 5 ? 2 : 0);
            }
        }
        assertThat(again).containsExactly(0L, 1L, 2L, 5L, 6L, 7L, 8L, 10L, 11L);
    }

    private static CompletionTracker<Item> next(
            CompletionTracker<Item> last, boolean clean, long window, long logEnd, long fence) {
        Progress read = ProgressText.read(
                last.base(), last.write(clean, ProgressText.MOST_CHARS).text());
        assertThat(read.clean()).isEqualTo(clean);
        return new CompletionTracker<>(read.handedOver(window, logEnd), fence);
    }

    @Test
    void knowledgeOutlivesAnOwnerWhoReceivedNothing() {
        CompletionTracker<Item> first = tracker(0);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            items.add(arrive(first, i));
        }
        first.done(items.get(2));
        first.note(items.get(4), new Note(1, 1, false));
        first.done(items.get(5));

        CompletionTracker<Item> third = next(next(first, true, 100, 6, 2), true, 100, 6, 3);

        assertThat(third.arrives(2)).isFalse();
        assertThat(third.arrives(5)).isFalse();
        assertThat(third.base()).isEqualTo(6);
    }

    @Test
    void aPartHandledByTheNextOwnerKeepsTheRest() {
        CompletionTracker<Item> first = tracker(0);
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            items.add(arrive(first, i));
        }
        first.done(items.get(2));
        first.note(items.get(5), new Note(3, 0, false));
        first.done(items.get(6));
        CompletionTracker<Item> second = next(first, true, 100, 8, 2);
        Item zero = arrive(second, 0);
        arrive(second, 1);
        second.done(zero);

        Progress kept = ProgressText.read(
                second.base(), second.write(true, ProgressText.MOST_CHARS).text());

        assertThat(kept.base()).isEqualTo(1);
        assertThat(kept.isDone(2)).isTrue();
        assertThat(kept.isDone(6)).isTrue();
        assertThat(kept.isDone(3)).isFalse();
        assertThat(kept.notes()).containsOnlyKeys(5L);
    }

    @Test
    void whoDiesRunningHasCrashedOnceAndTheOthersNever() {
        CompletionTracker<Item> first = tracker(0);
        Item running = arrive(first, 0);
        arrive(first, 1);
        first.note(running, running.note().withRunning(true));

        CompletionTracker<Item> second = next(first, false, 100, 2, 2);

        assertThat(arrive(second, 0).note()).isEqualTo(new Note(0, 1, false));
        assertThat(arrive(second, 1).note()).isEqualTo(Note.NONE);
    }

    @Test
    void theFirstCrashUnderSuspicionStandsForTheUnseenOne() {
        CompletionTracker<Item> first = tracker(0);
        arrive(first, 0);
        arrive(first, 1);

        CompletionTracker<Item> second = next(first, false, 100, 2, 2);
        Item again = arrive(second, 0);
        assertThat(again.note()).isEqualTo(Note.NONE);
        assertThat(second.suspected(0)).isTrue();
        assertThat(second.suspected(1)).isTrue();
        assertThat(second.suspected(2)).isFalse();
        second.note(again, again.note().withRunning(true));

        CompletionTracker<Item> third = next(second, false, 100, 2, 3);
        assertThat(arrive(third, 0).note()).isEqualTo(new Note(0, 2, false));
        assertThat(arrive(third, 1).note()).isEqualTo(Note.NONE);
    }

    @Test
    void whoGivesUpInOrderLeavesNoSuspicion() {
        CompletionTracker<Item> first = tracker(0);
        Item running = arrive(first, 0);
        first.note(running, running.note().withRunning(true));

        CompletionTracker<Item> second = next(first, true, 100, 2, 2);

        assertThat(second.suspected(0)).isFalse();
        assertThat(arrive(second, 0).note()).isEqualTo(Note.NONE);
    }

    @Test
    void suspicionReachesNoFurtherThanTheLogOrTheWindow() {
        CompletionTracker<Item> first = tracker(50);
        arrive(first, 50);
        assertThat(next(first, false, 10, 1_000, 2).suspected(59)).isTrue();
        assertThat(next(first, false, 10, 1_000, 2).suspected(60)).isFalse();
        assertThat(next(first, false, 1_000, 70, 2).suspected(69)).isTrue();
        assertThat(next(first, false, 1_000, 70, 2).suspected(70)).isFalse();
    }

    @Test
    void whatTheLogHasLostIsDone() {
        TreeMap<Long, Long> done = new TreeMap<>(Map.of(12L, 15L, 15L, 20L, 30L, 40L));
        TreeMap<Long, Note> notes = new TreeMap<>(Map.of(11L, new Note(1, 0, false), 25L, new Note(2, 0, false)));
        Progress progress = new Progress(10, true, 1, 0, done, notes);

        assertThat(progress.from(10).base()).isEqualTo(10);
        assertThat(progress.from(11).base()).isEqualTo(11);
        assertThat(progress.from(14).base()).isEqualTo(20);
        assertThat(progress.from(14).notes()).containsOnlyKeys(25L);
        assertThat(progress.from(22).base()).isEqualTo(22);
        assertThat(progress.from(35).base()).isEqualTo(40);
        assertThat(progress.from(99).base()).isEqualTo(99);
    }
}
