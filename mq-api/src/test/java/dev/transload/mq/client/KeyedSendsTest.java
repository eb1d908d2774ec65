package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyedSendsTest {

    private record Send(String key, int number) {}

    private final KeyedSends<Send> sends = new KeyedSends<>();

    @Test
    void whereTheTransportKeepsOrderSendsRunAhead() {
        assertThat(sends.submit("a", new Send("a", 1), true)).isTrue();
        assertThat(sends.submit("a", new Send("a", 2), true)).isTrue();
    }

    @Test
    void whereItDoesNotOneOfAKeyIsInFlight() {
        Send first = new Send("a", 1);
        Send second = new Send("a", 2);
        assertThat(sends.submit("a", first, false)).isTrue();
        assertThat(sends.submit("a", second, false)).isFalse();
        assertThat(sends.submit("b", new Send("b", 3), false)).isTrue();

        assertThat(sends.ended("a", first)).containsExactly(second);
    }

    @Test
    void afterAFailureTheRestWaitsForTheFirst() {
        Send first = new Send("a", 1);
        Send second = new Send("a", 2);
        Send third = new Send("a", 3);
        sends.submit("a", first, true);
        sends.submit("a", second, true);

        assertThat(sends.failed("a", second)).isEmpty();
        assertThat(sends.submit("a", third, true)).isFalse();
        assertThat(sends.ended("a", first)).containsExactly(second);
        assertThat(sends.ended("a", second)).containsExactly(third);
        assertThat(sends.ended("a", third)).isEmpty();
        assertThat(sends.keys()).isZero();
    }

    @Test
    void whatIsNotKnownIsIgnored() {
        Send send = new Send("a", 1);
        assertThat(sends.ended("a", send)).isEmpty();
        assertThat(sends.failed("a", send)).isEmpty();
        sends.submit("a", send, false);
        sends.ended("a", send);
        assertThat(sends.ended("a", send)).isEmpty();
        assertThat(sends.failed("a", send)).isEmpty();
        assertThat(sends.keys()).isZero();
    }

    /**
     * A broker that stores what reaches it. One that keeps order refuses, after a failure, what was sent after it; the
     * other ends sends in any order.
     */
    @ParameterizedTest
    @CsvSource({"1,true", "2,true", "3,true", "4,true", "1,false", "2,false", "3,false", "4,false"})
    void everyKeyIsStoredInOrderAndNothingIsLeftBehind(long seed, boolean transportKeepsOrder) {
        Random random = new Random(seed);
        Map<String, List<Send>> inFlight = new LinkedHashMap<>();
        Map<String, List<Integer>> stored = new HashMap<>();
        Map<String, List<Integer>> wanted = new HashMap<>();
        int submitted = 0;
        for (int step = 0; step < 20_000 || inFlight.values().stream().anyMatch(list -> !list.isEmpty()); step++) {
            if (submitted < 3_000 && random.nextInt(3) == 0) {
                Send send = new Send("k" + random.nextInt(5), submitted++);
                wanted.computeIfAbsent(send.key, key -> new ArrayList<>()).add(send.number);
                if (sends.submit(send.key, send, transportKeepsOrder)) {
                    fly(inFlight, List.of(send));
                }
                continue;
            }
            List<List<Send>> busy =
                    inFlight.values().stream().filter(list -> !list.isEmpty()).toList();
            if (busy.isEmpty()) {
                continue;
            }
            List<Send> line = busy.get(random.nextInt(busy.size()));
            Send send = line.remove(transportKeepsOrder ? 0 : random.nextInt(line.size()));
            if (random.nextInt(4) > 0) {
                stored.computeIfAbsent(send.key, key -> new ArrayList<>()).add(send.number);
                fly(inFlight, sends.ended(send.key, send));
            } else if (transportKeepsOrder) {
                List<Send> refused = new ArrayList<>(line);
                line.clear();
                List<Send> go = new ArrayList<>(sends.failed(send.key, send));
                refused.forEach(later -> go.addAll(sends.failed(later.key, later)));
                fly(inFlight, go);
            } else {
                fly(inFlight, sends.failed(send.key, send));
            }
        }

        assertThat(submitted).isEqualTo(3_000);
        assertThat(stored).isEqualTo(wanted);
        assertThat(sends.keys()).isZero();
    }

    private static void fly(Map<String, List<Send>> inFlight, List<Send> go) {
        go.forEach(send ->
                inFlight.computeIfAbsent(send.key, key -> new ArrayList<>()).add(send));
    }
}
