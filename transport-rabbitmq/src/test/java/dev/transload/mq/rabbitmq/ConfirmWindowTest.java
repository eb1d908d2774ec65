package dev.transload.mq.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfirmWindowTest {

    private final ConfirmWindow<String> window = new ConfirmWindow<>(8);
    private final List<String> confirmed = new ArrayList<>();

    @Test
    void aMultipleConfirmCompletesEverythingUpToIt() {
        add("a", "b", "c");

        window.confirm(2, true, confirmed::add);

        assertThat(confirmed).containsExactly("a", "b");
        assertThat(window.span()).isEqualTo(1);
    }

    @Test
    void confirmsOutOfOrderMoveTheWindowOnceTheOldestIsThere() {
        add("a", "b", "c");

        window.confirm(2, false, confirmed::add);
        assertThat(window.span()).isEqualTo(3);
        window.confirm(1, false, confirmed::add);

        assertThat(confirmed).containsExactly("b", "a");
        assertThat(window.span()).isEqualTo(1);
    }

    @Test
    void aMultipleConfirmMovesTheWindowPastWhatWasConfirmedBeforeItsTurn() {
        add("a", "b", "c", "d");

        window.confirm(3, false, confirmed::add);
        window.confirm(2, true, confirmed::add);
        assertThat(window.span()).isEqualTo(1);
        window.confirm(4, false, confirmed::add);

        assertThat(confirmed).containsExactly("c", "a", "b", "d");
        assertThat(window.span()).isZero();
    }

    @Test
    void aConfirmThatComesTwiceOrForNothingIsIgnored() {
        add("a");

        window.confirm(1, false, confirmed::add);
        window.confirm(1, true, confirmed::add);
        window.confirm(7, true, confirmed::add);

        assertThat(confirmed).containsExactly("a");
    }

    @Test
    void theWindowIsFullAtItsCapacity() {
        for (int i = 0; i < 8; i++) {
            assertThat(window.full()).isFalse();
            add("m" + i);
        }
        assertThat(window.full()).isTrue();

        window.confirm(1, false, confirmed::add);

        assertThat(window.full()).isFalse();
    }

    @Test
    void nothingIsAddedToAFullWindowAndWhatIsInItStays() {
        add("a", "b", "c", "d", "e", "f", "g", "h");

        assertThatThrownBy(() -> window.add("i")).isInstanceOf(IllegalStateException.class);

        window.confirm(8, true, confirmed::add);
        assertThat(confirmed).containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
    }

    @Test
    void anEntryTakenBackLeavesItsNumberToTheNext() {
        long sequence = window.add("never written");

        assertThat(window.undo(sequence)).isTrue();

        assertThat(window.add("next")).isEqualTo(sequence);
        assertThat(window.span()).isEqualTo(1);
    }

    @Test
    void aReturnedEntryIsNotConfirmedAsWell() {
        add("a", "b", "c");

        assertThat(window.takeFirst("b"::equals)).isEqualTo("b");
        assertThat(window.takeFirst("x"::equals)).isNull();
        window.confirm(3, true, confirmed::add);

        assertThat(confirmed).containsExactly("a", "c");
    }

    @Test
    void capacityIsAPowerOfTwo() {
        assertThatThrownBy(() -> new ConfirmWindow<>(6))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("capacity must be a power of two, was 6");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyEntryLeavesExactlyOnceWhateverTheBrokerConfirms(long seed) {
        Random random = new Random(seed);
        ConfirmWindow<Long> numbers = new ConfirmWindow<>(64);
        List<Long> left = new ArrayList<>();
        Set<Long> unconfirmed = new HashSet<>();
        long oldest = 1;
        long added = 0;
        for (int step = 0; step < 20_000; step++) {
            if (random.nextBoolean() && !numbers.full()) {
                added = numbers.add(added + 1);
                unconfirmed.add(added);
            } else if (!unconfirmed.isEmpty()) {
                while (!unconfirmed.contains(oldest)) {
                    oldest++;
                }
                long some = oldest + random.nextInt((int) (added - oldest) + 1);
                boolean multiple = random.nextInt(3) == 0;
                numbers.confirm(some, multiple, left::add);
                if (multiple) {
                    unconfirmed.removeIf(s -> s <= some);
                } else {
                    unconfirmed.remove(some);
                }
                long first = unconfirmed.stream().mapToLong(s -> s).min().orElse(added + 1);
                assertThat(numbers.span()).isEqualTo((int) (added + 1 - first));
            }
        }
        numbers.takeAll(left::add);

        assertThat(left).hasSize((int) added).doesNotHaveDuplicates();
    }

    @Test
    void anEntryIsToldOnceAlthoughTheConnectionEndsWhileConfirmsArrive() throws Exception {
        for (int round = 0; round < 200; round++) {
            ConfirmWindow<Integer> racing = new ConfirmWindow<>(1024);
            for (int i = 0; i < 1000; i++) {
                racing.add(i);
            }
            ConcurrentLinkedQueue<Integer> told = new ConcurrentLinkedQueue<>();
            Thread ending = new Thread(() -> racing.takeAll(told::add), "ending");
            ending.start();
            for (int s = 10; s <= 1000; s += 10) {
                racing.confirm(s, true, told::add);
            }
            ending.join();

            assertThat(told).hasSize(1000).doesNotHaveDuplicates();
        }
    }

    private void add(String... entries) {
        for (String entry : entries) {
            window.add(entry);
        }
    }
}
