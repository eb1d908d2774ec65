package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BatchedCallTest {

    private final List<String> told = new ArrayList<>();

    private BatchedCall call(String mark, String id) {
        BatchedCall.Together together =
                new BatchedCall.Together(Script.ACK, List.of(Bytes.of("stream")), List.of(Bytes.of("group")), mark);
        return new BatchedCall(together, part(id));
    }

    private BatchedCall.Part part(String id) {
        return new BatchedCall.Part() {
            @Override
            byte[] id() {
                return Bytes.of(id);
            }

            @Override
            void ended(long number) {
                told.add(id + "=" + number);
            }

            @Override
            void failed(RuntimeException cause) {
                told.add(id + " failed");
            }
        };
    }

    private static List<String> ids(BatchedCall call) {
        byte[][] all = call.arguments();
        return Stream.of(all).skip(4).map(Bytes::text).toList();
    }

    @Test
    void idsAreWrittenInTheOrderTheyWereAdded() {
        BatchedCall all = call("a", "1-0");
        assertThat(all.add(part("2-0"))).isTrue();
        assertThat(all.add(part("3-0"))).isTrue();
        BatchedCall other = call("a", "4-0");
        assertThat(other.add(part("5-0"))).isTrue();
        assertThat(all.join(other)).isTrue();

        assertThat(ids(all)).containsExactly("1-0", "2-0", "3-0", "4-0", "5-0");
        all.answer().answered(List.of(1L, 0L, -1L, 1L, 0L));
        assertThat(told).containsExactly("1-0=1", "2-0=0", "3-0=-1", "4-0=1", "5-0=0");
    }

    @Test
    void aCallThatIsWrittenTakesNoMoreIds() {
        BatchedCall all = call("a", "1-0");
        assertThat(ids(all)).containsExactly("1-0");

        assertThat(all.add(part("2-0"))).isFalse();
        all.answer().answered(1L);
        assertThat(told).containsExactly("1-0=1");
    }

    @Test
    void aCallTakesNoMoreThanOneScriptCan() {
        BatchedCall all = call("a", "1-0");
        for (int i = 2; i <= 512; i++) {
            assertThat(all.add(part(i + "-0"))).isTrue();
        }
        assertThat(all.add(part("513-0"))).isFalse();
        assertThat(all.join(call("a", "513-0"))).isFalse();
        assertThat(ids(all)).hasSize(512);
    }

    @Test
    void ofIdsThatManyThreadsAddEachIsToldOnce() {
        Set<Integer> once = ConcurrentHashMap.newKeySet();
        AtomicInteger number = new AtomicInteger();
        AtomicReference<BatchedCall> open = new AtomicReference<>(call("a", "0-0"));
        List<BatchedCall> written = Collections.synchronizedList(new ArrayList<>(List.of(open.get())));
        List<CompletableFuture<Void>> adding = IntStream.range(0, 4)
                .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        int mine = number.incrementAndGet();
                        BatchedCall.Part part = new BatchedCall.Part() {
                            @Override
                            byte[] id() {
                                return Bytes.of(mine);
                            }

                            @Override
                            void ended(long number) {
                                assertThat(once.add(mine)).isTrue();
                            }

                            @Override
                            void failed(RuntimeException cause) {
                                throw new AssertionError(cause);
                            }
                        };
                        if (!open.get().add(part)) {
                            BatchedCall next = new BatchedCall(open.get().together(), part);
                            written.add(next);
                            open.set(next);
                        } else if (thread == 0 && i % 7 == 0) {
                            byte[][] unused = open.get().arguments();
                        }
                    }
                }))
                .toList();
        adding.forEach(CompletableFuture::join);
        written.forEach(call -> call.answer().answered(1L));

        assertThat(once).hasSize(8_000);
    }

    @Test
    void callsThatDifferInTheirIdsAloneBecomeOneAndEachIsToldItsOwn() {
        BatchedCall all = call("a", "1-0");
        assertThat(all.join(call("a", "2-0"))).isTrue();
        assertThat(all.join(call("a", "3-0"))).isTrue();
        assertThat(all.arguments().length).isEqualTo(2 + 1 + 1 + 3);
        all.answer().answered(List.of(1L, 0L, -1L));
        assertThat(told).containsExactly("1-0=1", "2-0=0", "3-0=-1");
    }

    @Test
    void aNumberByItselfIsToldToAll() {
        BatchedCall all = call("a", "1-0");
        assertThat(all.join(call("a", "2-0"))).isTrue();
        all.answer().answered(1L);
        assertThat(told).containsExactly("1-0=1", "2-0=1");
    }

    @Test
    void callsOfOneMarkGoTogetherAndOthersDoNot() {
        assertThat(call("a", "1-0").together()).isEqualTo(call("a", "2-0").together());
        assertThat(call("a", "1-0").together()).isNotEqualTo(call("b", "1-0").together());
    }

    @Test
    void aCallThatFailsFailsForAll() {
        BatchedCall all = call("a", "1-0");
        assertThat(all.join(call("a", "2-0"))).isTrue();
        all.answer().failed(new IllegalStateException());
        assertThat(told).containsExactly("1-0 failed", "2-0 failed");
    }

    @Test
    void aServerThatHasForgottenTheScriptIsGivenItsSource() {
        RedisCall again = call("a", "1-0").withSource();
        assertThat(new String(again.arguments()[0], java.nio.charset.StandardCharsets.UTF_8))
                .startsWith("-- Ends deliveries");
    }
}
