package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyLanesTest {

    private static final class Item extends KeyLanes.Item<Item> {
        final @Nullable String key;
        final int number;

        Item(@Nullable String key, int number) {
            this.key = key;
            this.number = number;
        }

        @Override
        @Nullable
        String orderKey() {
            return key;
        }

        @Override
        public String toString() {
            return key + "/" + number;
        }
    }

    private final KeyLanes<Item> lanes = new KeyLanes<>(true);

    private Item add(@Nullable String key, int number) {
        Item item = new Item(key, number);
        lanes.add(item);
        return item;
    }

    @Test
    void oneOfAKeyRunsAtATime() {
        Item first = add("a", 1);
        Item second = add("a", 2);

        assertThat(lanes.take()).isSameAs(first);
        assertThat(lanes.take()).isNull();
        lanes.done(first);
        assertThat(lanes.take()).isSameAs(second);
    }

    @Test
    void otherKeysAndKeylessOnesRunBesideAClosedKey() {
        Item a = add("a", 1);
        add("a", 2);
        Item b = add("b", 3);
        Item none = add(null, 4);
        Item alsoNone = add(null, 5);

        assertThat(List.of(lanes.take(), lanes.take(), lanes.take(), lanes.take()))
                .containsExactly(a, b, none, alsoNone);
        assertThat(lanes.take()).isNull();
    }

    @Test
    void keysTakeTurns() {
        for (int i = 0; i < 3; i++) {
            add("a", i);
            add("b", 10 + i);
            add("c", 20 + i);
        }
        List<String> turns = new ArrayList<>();
        for (Item item = lanes.take(); item != null; item = lanes.take()) {
            turns.add(item.key);
            lanes.done(item);
        }

        assertThat(turns).containsExactly("a", "b", "c", "a", "b", "c", "a", "b", "c");
    }

    @Test
    void onAPlainSourceKeysMeanNothing() {
        KeyLanes<Item> plain = new KeyLanes<>(false);
        Item first = new Item("a", 1);
        Item second = new Item("a", 2);
        plain.add(first);
        plain.add(second);

        assertThat(plain.take()).isSameAs(first);
        assertThat(plain.take()).isSameAs(second);
        assertThat(plain.keys()).isZero();
    }

    @Test
    void aHeldDeliveryKeepsItsKeyClosedUntilItIsReopened() {
        Item first = add("a", 1);
        Item second = add("a", 2);
        lanes.take();

        assertThat(lanes.runnable()).isZero();
        lanes.reopen(first);
        assertThat(lanes.take()).isSameAs(first);
        lanes.done(first);
        assertThat(lanes.take()).isSameAs(second);
    }

    @Test
    void aHundredThousandKeysLeaveNothingBehind() {
        for (int i = 0; i < 100_000; i++) {
            add("key-" + i, i);
        }
        assertThat(lanes.keys()).isEqualTo(100_000);
        int ran = 0;
        for (Item item = lanes.take(); item != null; item = lanes.take()) {
            lanes.done(item);
            ran++;
        }

        assertThat(ran).isEqualTo(100_000);
        assertThat(lanes.keys()).isZero();
        assertThat(lanes.size()).isZero();
        assertThat(lanes.runnable()).isZero();
    }

    /** What lanes must do, written down as simply as it can be: a list for each key and a mark on its first. */
    private static final class Model {
        final Map<String, ArrayDeque<Integer>> keys = new HashMap<>();
        final Set<Integer> running = new HashSet<>();
        final Set<Integer> held = new HashSet<>();

        boolean mayRun(Item item) {
            return keys.get(item.key).peek() == item.number
                    && !running.contains(item.number)
                    && !held.contains(item.number);
        }

        int runnable() {
            int n = 0;
            for (Map.Entry<String, ArrayDeque<Integer>> key : keys.entrySet()) {
                Integer head = key.getValue().peek();
                if (head != null && !running.contains(head) && !held.contains(head)) {
                    n++;
                }
            }
            return n;
        }

        int remembered() {
            return (int)
                    keys.values().stream().filter(items -> !items.isEmpty()).count();
        }

        void leave(Item item) {
            keys.get(item.key).remove(item.number);
            running.remove(item.number);
            held.remove(item.number);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void lanesDoWhatTheModelDoes(long seed) {
        Random random = new Random(seed);
        Model model = new Model();
        Map<Integer, Item> inside = new HashMap<>();
        List<Item> running = new ArrayList<>();
        List<Item> held = new ArrayList<>();
        int number = 0;
        for (int step = 0; step < 4000; step++) {
            switch (random.nextInt(9)) {
                case 0, 1, 2 -> {
                    Item item = new Item("k" + random.nextInt(6), number++);
                    lanes.add(item);
                    model.keys
                            .computeIfAbsent(item.key, key -> new ArrayDeque<>())
                            .add(item.number);
                    inside.put(item.number, item);
                }
                case 3, 4, 5 -> {
                    Item item = lanes.take();
                    assertThat(item == null).isEqualTo(model.runnable() == 0);
                    if (item != null) {
                        assertThat(model.mayRun(item))
                                .as("%s in step %d", item, step)
                                .isTrue();
                        model.running.add(item.number);
                        running.add(item);
                    }
                }
                case 6 -> settle(random, model, inside, running);
                case 7 -> holdOrReopen(random, model, running, held);
                default -> removeUnstarted(random, model, inside, running, held);
            }
            assertThat(lanes.size()).isEqualTo(inside.size());
            assertThat(lanes.runnable()).isEqualTo(model.runnable());
            assertThat(lanes.keys()).isEqualTo(model.remembered());
        }
    }

    private void settle(Random random, Model model, Map<Integer, Item> inside, List<Item> running) {
        if (!running.isEmpty()) {
            Item item = running.remove(random.nextInt(running.size()));
            lanes.done(item);
            model.leave(item);
            inside.remove(item.number);
        }
    }

    private void holdOrReopen(Random random, Model model, List<Item> running, List<Item> held) {
        if (random.nextBoolean() && !running.isEmpty()) {
            Item item = running.remove(random.nextInt(running.size()));
            held.add(item);
            model.running.remove(item.number);
            model.held.add(item.number);
        } else if (!held.isEmpty()) {
            Item item = held.remove(random.nextInt(held.size()));
            lanes.reopen(item);
            model.held.remove(item.number);
        }
    }

    private void removeUnstarted(
            Random random, Model model, Map<Integer, Item> inside, List<Item> running, List<Item> held) {
        List<Item> unstarted =
                inside.values().stream().filter(item -> !running.contains(item)).toList();
        if (!unstarted.isEmpty()) {
            Item item = unstarted.get(random.nextInt(unstarted.size()));
            lanes.remove(item);
            held.remove(item);
            model.leave(item);
            inside.remove(item.number);
        }
    }
}
