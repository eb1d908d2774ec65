package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class CompletionTrackerStoriesTest {

    private static final class Item extends CompletionTracker.Entry<Item> {
        Item(long offset) {
            super(offset);
        }
    }

    /** Owners come and go, in order or by dying, and messages are done in any order; against a model that is plain. */
    @Test
    void nothingDoneIsLostNorAnythingOpenForgottenWhateverHappens() {
        for (long seed = 0; seed < 400; seed++) {
            new Story(seed).tell();
        }
    }

    /** Messages come, are done and are put back in any order between looks for those that linger. */
    @Test
    void aMessageLingersOnceIfItIsOpenAtTheSecondLookAfterItCame() {
        for (long seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            CompletionTracker<Item> tracker = new CompletionTracker<>(Progress.at(random.nextInt(3)), 1);
            Map<Long, Item> open = new TreeMap<>();
            Set<Long> came = new TreeSet<>();
            Set<Long> seen = new TreeSet<>();
            for (int step = 0; step < 200; step++) {
                int what = random.nextInt(10);
                if (what < 5) {
                    Item item = new Item(tracker.next() + random.nextInt(3));
                    tracker.add(item);
                    open.put(item.offset(), item);
                    came.add(item.offset());
                } else if (what < 9 && !open.isEmpty()) {
                    List<Item> all = List.copyOf(open.values());
                    Item item = all.get(random.nextInt(all.size()));
                    if (what == 8) {
                        Item again = new Item(item.offset());
                        tracker.replace(item, again);
                        open.put(item.offset(), again);
                    } else {
                        tracker.done(item);
                        open.remove(item.offset());
                    }
                } else {
                    List<Item> lingering = new ArrayList<>();
                    tracker.lingering(lingering);
                    seen.retainAll(open.keySet());
                    assertThat(lingering)
                            .as("seed %d, step %d", seed, step)
                            .containsExactlyInAnyOrderElementsOf(
                                    seen.stream().map(open::get).toList());
                    seen.clear();
                    seen.addAll(came);
                    came.clear();
                }
            }
        }
    }

    private static final class Story {
        private final long seed;
        private final Random random;
        private final int total;
        private final BitSet exists = new BitSet();
        private final BitSet handled = new BitSet();
        private final Map<Integer, Integer> failures = new HashMap<>();

        private Progress committed = Progress.at(0);
        private BitSet committedHandled = new BitSet();
        private Map<Integer, Integer> committedFailures = new HashMap<>();
        private boolean whole = true;

        Story(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.total = 20 + random.nextInt(random.nextInt(4) == 0 ? 6_000 : 200);
            for (int i = 0; i < total; i++) {
                if (random.nextInt(10) != 0) {
                    exists.set(i);
                }
            }
        }

        void tell() {
            long fence = 0;
            for (int owner = 0; owner < 6; owner++) {
                // What was not committed did not happen for the next owner.
                handled.clear();
                handled.or(committedHandled);
                failures.clear();
                failures.putAll(committedFailures);
                fence = own(committed.handedOver(10_000, total), fence + 1);
            }
            finish(fence + 1);
        }

        private long own(Progress from, long fence) {
            CompletionTracker<Item> tracker = new CompletionTracker<>(from, fence);
            List<Item> open = new ArrayList<>();
            int at = (int) from.base();
            int steps = random.nextInt(3 * total);
            for (int step = 0; step < steps; step++) {
                int what = random.nextInt(10);
                if (what < 5 && at < total) {
                    at = receive(tracker, open, at);
                } else if (what < 8 && !open.isEmpty()) {
                    int which = random.nextInt(4) == 0 ? 0 : random.nextInt(open.size());
                    Item item = open.remove(which);
                    assertThat(tracker.done(item)).isTrue();
                    handled.set((int) item.offset());
                    failures.remove((int) item.offset());
                } else if (what == 8 && !open.isEmpty()) {
                    Item item = open.get(random.nextInt(open.size()));
                    tracker.note(item, item.note().withFailures(item.note().failures() + 1));
                    failures.merge((int) item.offset(), 1, Integer::sum);
                } else if (random.nextInt(20) == 0) {
                    commit(tracker, false);
                }
                check(tracker, open);
            }
            if (random.nextBoolean()) {
                commit(tracker, true);
            }
            return fence;
        }

        private int receive(CompletionTracker<Item> tracker, List<Item> open, int at) {
            if (!exists.get(at)) {
                return at + 1;
            }
            boolean wanted = tracker.arrives(at);
            if (whole) {
                assertThat(wanted).as("seed %d, offset %d", seed, at).isEqualTo(!handled.get(at));
            } else if (!handled.get(at)) {
                assertThat(wanted).as("seed %d, offset %d", seed, at).isTrue();
            }
            if (wanted) {
                Item item = new Item(at);
                tracker.add(item);
                assertThat(item.note().failures())
                        .as("seed %d, offset %d", seed, at)
                        .isEqualTo(failures.getOrDefault(at, 0));
                handled.clear(at);
                open.add(item);
            }
            return at + 1;
        }

        private void check(CompletionTracker<Item> tracker, List<Item> open) {
            assertThat(tracker.open()).isEqualTo(open.size());
            long oldest = open.stream()
                    .mapToLong(CompletionTracker.Entry::offset)
                    .min()
                    .orElse(Long.MAX_VALUE);
            assertThat(tracker.base()).as("seed %d", seed).isLessThanOrEqualTo(oldest);
            int firstMissing = exists.nextSetBit((int) committed.base());
            while (firstMissing >= 0 && handled.get(firstMissing)) {
                firstMissing = exists.nextSetBit(firstMissing + 1);
            }
            if (firstMissing >= 0) {
                assertThat(tracker.base()).as("seed %d", seed).isLessThanOrEqualTo(firstMissing);
            }
        }

        private void commit(CompletionTracker<Item> tracker, boolean clean) {
            ProgressText.Written written = tracker.write(clean, ProgressText.MOST_CHARS);
            assertThat(written.text()).hasSizeLessThanOrEqualTo(ProgressText.MOST_CHARS);
            committed = ProgressText.read(tracker.base(), written.text());
            assertThat(committed.fence()).isEqualTo(tracker.fence());
            whole &= written.whole();
            committedHandled = (BitSet) handled.clone();
            committedFailures = new HashMap<>(failures);
            failures.keySet().stream()
                    .filter(offset -> offset >= written.notedUntil())
                    .forEach(committedFailures::remove);
        }

        private void finish(long fence) {
            handled.clear();
            handled.or(committedHandled);
            CompletionTracker<Item> tracker = new CompletionTracker<>(committed.handedOver(10_000, total), fence);
            List<Item> open = new ArrayList<>();
            for (int at = (int) committed.base(); at < total; at++) {
                if (exists.get(at) && tracker.arrives(at)) {
                    Item item = new Item(at);
                    tracker.add(item);
                    open.add(item);
                }
            }
            Collections.shuffle(open, random);
            open.forEach(item -> {
                tracker.done(item);
                handled.set((int) item.offset());
            });
            assertThat(handled).as("seed %d: all that exist are handled", seed).isEqualTo(exists);
            assertThat(tracker.write(true, ProgressText.MOST_CHARS).text()).hasSizeLessThan(40);
        }
    }
}
