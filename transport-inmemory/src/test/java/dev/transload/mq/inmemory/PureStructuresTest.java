package dev.transload.mq.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Properties of the small structures, over many seeds. */
class PureStructuresTest {
    private static final int SEEDS = 200;

    private static Entry entry(long seq, String key) {
        Message message = Message.builder("m" + seq, new byte[0]).key(key).build();
        Entry entry = new Entry(message, "q", seq);
        entry.seq = seq;
        return entry;
    }

    @Test
    void aBacklogGivesOutTheOldestOfAllItHolds() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            Backlog backlog = new Backlog();
            List<Entry> model = new ArrayList<>();
            List<Entry> out = new ArrayList<>();
            for (int step = 0; step < 300; step++) {
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        Entry entry = entry(step, null);
                        backlog.add(entry);
                        model.add(entry);
                    }
                    case 2 -> {
                        model.sort(Comparator.comparingLong(e -> e.seq));
                        Entry expected = model.isEmpty() ? null : model.remove(0);
                        assertThat(backlog.peek()).isSameAs(expected);
                        assertThat(backlog.poll()).isSameAs(expected);
                        if (expected != null) {
                            out.add(expected);
                        }
                    }
                    default -> {
                        if (!out.isEmpty()) {
                            Entry back = out.remove(random.nextInt(out.size()));
                            backlog.giveBack(back);
                            model.add(back);
                        }
                    }
                }
                assertThat(backlog.size()).isEqualTo(model.size());
                assertThat(backlog.isEmpty()).isEqualTo(model.isEmpty());
            }
            model.sort(Comparator.comparingLong(e -> e.seq));
            List<Entry> shown = new ArrayList<>();
            backlog.forEach(shown::add);
            assertThat(shown).containsExactlyElementsOf(model);
        }
    }

    @Test
    void aKeyHasOneMessageOutAndKeepsItsOrder() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            KeyBacklog backlog = new KeyBacklog();
            Map<String, Long> settled = new HashMap<>();
            List<Entry> out = new ArrayList<>();
            int waiting = 0;
            for (int step = 0; step < 400; step++) {
                int what = random.nextInt(5);
                if (what < 2) {
                    backlog.add(entry(step, "k" + random.nextInt(5)));
                    waiting++;
                } else if (what < 4) {
                    Entry entry = backlog.poll();
                    if (entry != null) {
                        waiting--;
                        assertThat(out).extracting(e -> e.message.key()).doesNotContain(entry.message.key());
                        assertThat(entry.seq).isGreaterThan(settled.getOrDefault(entry.message.key(), -1L));
                        out.add(entry);
                    }
                } else if (!out.isEmpty()) {
                    Entry entry = out.remove(random.nextInt(out.size()));
                    if (random.nextBoolean()) {
                        backlog.giveBack(entry);
                        waiting++;
                    } else {
                        backlog.settled(entry);
                        settled.put(entry.message.key(), entry.seq);
                    }
                }
                assertThat(backlog.size()).isEqualTo(waiting);
            }
            out.forEach(backlog::settled);
            for (Entry entry = backlog.poll(); entry != null; entry = backlog.poll()) {
                assertThat(entry.seq).isGreaterThan(settled.getOrDefault(entry.message.key(), -1L));
                settled.put(entry.message.key(), entry.seq);
                backlog.settled(entry);
            }
            assertThat(backlog.size()).isZero();
            assertThat(backlog.keys()).as("idle keys take no room").isZero();
        }
    }

    @Test
    void messagesWithoutAKeyWaitForNobody() {
        KeyBacklog backlog = new KeyBacklog();
        backlog.add(entry(1, null));
        backlog.add(entry(2, null));
        assertThat(backlog.poll()).isNotNull();
        assertThat(backlog.poll()).isNotNull();
    }

    @Test
    void lanesAreSharedEvenlyAndFewMove() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            int lanes = 1 + random.nextInt(20);
            int members = 1 + random.nextInt(6);
            int[] owners = new int[lanes];
            for (int i = 0; i < lanes; i++) {
                owners[i] = random.nextInt(members + 1) - 1;
            }
            int[] shared = LaneBalance.balance(owners, members);

            int[] owned = new int[members];
            int[] had = new int[members];
            int moved = 0;
            for (int i = 0; i < lanes; i++) {
                owned[shared[i]]++;
                if (owners[i] >= 0) {
                    had[owners[i]]++;
                    moved += owners[i] == shared[i] ? 0 : 1;
                }
            }
            assertThat(Arrays.stream(owned).max().getAsInt()
                            - Arrays.stream(owned).min().getAsInt())
                    .isLessThanOrEqualTo(1);
            int tooMany = 0;
            int odd = lanes % members;
            int[] most = Arrays.stream(had).sorted().toArray();
            for (int i = 0; i < members; i++) {
                int quota = lanes / members + (i >= members - odd ? 1 : 0);
                tooMany += Math.max(0, most[i] - quota);
            }
            assertThat(moved).as("seed " + seed).isEqualTo(tooMany);
        }
        assertThat(LaneBalance.balance(new int[] {0, 1}, 0)).containsOnly(LaneBalance.NOBODY);
    }

    @Test
    void whatIsDueComesOutByTimeAndThenByOrder() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            DueQueue<long[]> queue = new DueQueue<>();
            List<long[]> model = new ArrayList<>();
            List<DueQueue.Due<long[]>> handles = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                long[] what = {random.nextInt(20), i};
                handles.add(queue.add(what[0], what));
                model.add(what);
            }
            for (int i = 0; i < 100; i += 1 + random.nextInt(10)) {
                assertThat(queue.remove(handles.get(i))).isTrue();
                assertThat(queue.remove(handles.get(i))).isFalse();
                int number = i;
                model.removeIf(what -> what[1] == number);
            }
            model.sort(Comparator.<long[]>comparingLong(what -> what[0]).thenComparingLong(what -> what[1]));
            assertThat(queue.all()).containsExactlyElementsOf(model);
            for (long now = 0; now < 20; now++) {
                for (long[] what = queue.poll(now); what != null; what = queue.poll(now)) {
                    assertThat(what).isSameAs(model.remove(0));
                    assertThat(what[0]).isEqualTo(now);
                }
            }
            assertThat(model).isEmpty();
            assertThat(queue.next()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void historyForgetsWhatIsTooOldAndNothingElse() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            History history = new History(Duration.ofMillis(50));
            List<Long> stored = new ArrayList<>();
            long now = 0;
            for (int i = 0; i < 200; i++) {
                now += random.nextInt(5);
                history.add(new Entry(Message.builder("m", new byte[0]).build(), "t", now));
                stored.add(now);
                long time = now;
                assertThat(history.select(now, e -> true))
                        .extracting(e -> e.storedAt)
                        .containsExactlyElementsOf(
                                stored.stream().filter(at -> time - at <= 50).toList());
            }
            assertThat(history.select(now + 51, e -> true)).isEmpty();
            assertThat(history.size()).isZero();
        }
        History forEver = new History(Duration.ofSeconds(Long.MAX_VALUE));
        forEver.add(entry(1, null));
        assertThat(forEver.select(Long.MAX_VALUE, e -> true)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "orders, orders, true",
        "orders, order, false",
        "orders.*, orders.eu, true",
        "orders.*, orders, false",
        "orders.*, orders.eu.created, false",
        "orders.*.created, orders.eu.created, true",
        "orders.*.created, orders.eu.paid, false",
        "orders.#, orders, true",
        "orders.#, orders.eu.created, true",
        "orders.#, ordersx.eu, false",
        "orders.*.#, orders, false",
        "orders.*.#, orders.eu, true",
        "orders.#.created, orders.a.b.created, true",
        "orders.#.created, orders.a.b, false"
    })
    void patternsMatchBySegments(String pattern, String topic, boolean matches) {
        assertThat(TopicNames.matches(pattern, topic)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"order-1, 8, 4", "order-2, 8, 4", "'', 16, 12", "schlüssel, 16, 1", "🔑, 1024, 847", "any, 1, 0"})
    void aKeyStaysOnItsLaneInEveryRelease(String key, int lanes, int lane) {
        assertThat(Keys.lane(key, lanes)).isEqualTo(lane);
    }

    @Test
    void keysSpreadOverLanes() {
        for (int lanes : new int[] {2, 3, 8, 12}) {
            int[] count = new int[lanes];
            for (int i = 0; i < 12_000; i++) {
                count[Keys.lane("order-" + i, lanes)]++;
            }
            int share = 12_000 / lanes;
            assertThat(Arrays.stream(count).boxed()).allMatch(n -> n > share * 0.8 && n < share * 1.2);
        }
    }
}
