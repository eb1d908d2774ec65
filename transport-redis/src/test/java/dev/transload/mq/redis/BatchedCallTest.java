package dev.transload.mq.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchedCallTest {

    private final List<String> told = new ArrayList<>();

    private BatchedCall call(String mark, String id) {
        BatchedCall.Together together =
                new BatchedCall.Together(Script.ACK, List.of(Bytes.of("stream")), List.of(Bytes.of("group")), mark);
        return new BatchedCall(together, Bytes.of(id), new BatchedCall.Ending() {
            @Override
            public void ended(long number) {
                told.add(id + "=" + number);
            }

            @Override
            public void failed(RuntimeException cause) {
                told.add(id + " failed");
            }
        });
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
