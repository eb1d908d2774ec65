package dev.transload.mq.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class UuidsTest {

    @Test
    void anIdIsAUuidOfVersionSevenWithItsMoment() {
        long now = System.currentTimeMillis() + 60_000; // ahead of what other tests have used

        UUID id = UUID.fromString(Uuids.v7(now));

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isBetween(now, now + 1000);
        assertThat(id.toString()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    }

    @Test
    void idsOfOneMillisecondGrow() {
        long now = System.currentTimeMillis();
        String last = Uuids.v7(now);
        for (int i = 0; i < 300_000; i++) { // more than the counter of one millisecond holds
            String next = Uuids.v7(now);
            assertThat(next.compareTo(last)).isPositive();
            last = next;
        }
    }

    @Test
    void idsGrowWhileTheClockStepsBackALittle() {
        long now = System.currentTimeMillis();
        String before = Uuids.v7(now);

        assertThat(Uuids.v7(now - 5000)).isGreaterThan(before);
    }

    @Test
    void aClockThatWasSetBackIsFollowed() {
        Uuids.v7(System.currentTimeMillis());

        UUID id = UUID.fromString(Uuids.v7(1_000_000));

        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(1_000_000);
    }

    @Test
    void anImpossibleMomentStillGivesAnId() {
        assertThat(UUID.fromString(Uuids.v7(Long.MAX_VALUE)).version()).isEqualTo(7);
        assertThat(UUID.fromString(Uuids.v7(Long.MIN_VALUE)).version()).isEqualTo(7);
    }

    @Test
    void threadsNeverMakeTheSameId() throws Exception {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> makers = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                makers.add(() -> {
                    boolean fresh = true;
                    for (int i = 0; i < 25_000; i++) {
                        fresh &= ids.add(Uuids.v7(System.currentTimeMillis()));
                    }
                    return fresh;
                });
            }
            for (Future<Boolean> maker : threads.invokeAll(makers)) {
                assertThat(maker.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(ids).hasSize(100_000);
    }
}
