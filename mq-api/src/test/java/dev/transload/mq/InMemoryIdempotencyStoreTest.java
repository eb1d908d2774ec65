package dev.transload.mq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.transload.mq.IdempotencyStore.Claim;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InMemoryIdempotencyStoreTest {

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Duration RETENTION = Duration.ofHours(1);

    private long now = 1_700_000_000_000L;
    private final InMemoryIdempotencyStore store = new InMemoryIdempotencyStore(new Clock() {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(now);
        }
    });

    private Claim begin() {
        return store.begin("k", "me", LEASE);
    }

    private static String token(Claim claim) {
        return ((Claim.Started) claim).token();
    }

    private void pass(Duration time) {
        now += time.toMillis();
    }

    @Test
    void aKeyGoesFromAbsentToClaimedToDone() {
        String token = token(begin());
        assertThat(begin()).isEqualTo(new Claim.InProgress(Instant.ofEpochMilli(now + 10_000)));

        assertThat(store.complete("k", token, RETENTION)).isTrue();

        assertThat(begin()).isEqualTo(new Claim.Done());
    }

    @Test
    void anAbandonedKeyIsAbsentAgain() {
        assertThat(store.abandon("k", token(begin()))).isTrue();

        assertThat(store.size()).isZero();
        assertThat(begin()).isInstanceOf(Claim.Started.class);
    }

    @Test
    void aClaimEndsWithItsLeaseAndItsTokenHoldsNoMore() {
        String old = token(begin());
        pass(LEASE.minusMillis(1));
        assertThat(begin()).isInstanceOf(Claim.InProgress.class);
        pass(Duration.ofMillis(1));
        String fresh = token(begin());

        assertThat(fresh).isNotEqualTo(old);
        assertThat(store.renew("k", old, LEASE)).isFalse();
        assertThat(store.complete("k", old, RETENTION)).isFalse();
        assertThat(store.abandon("k", old)).isFalse();
        assertThat(begin()).isInstanceOf(Claim.InProgress.class);
        assertThat(store.complete("k", fresh, RETENTION)).isTrue();
    }

    @Test
    void aRenewedClaimLastsFromTheRenewal() {
        String token = token(begin());
        for (int i = 0; i < 5; i++) {
            pass(Duration.ofSeconds(9));
            assertThat(store.renew("k", token, LEASE)).isTrue();
        }
        assertThat(begin()).isEqualTo(new Claim.InProgress(Instant.ofEpochMilli(now + 10_000)));
        pass(LEASE);
        assertThat(store.renew("k", token, LEASE)).isFalse();
    }

    @Test
    void aDoneKeyIsForgottenAfterItsRetention() {
        String token = token(begin());
        store.complete("k", token, RETENTION);
        assertThat(store.renew("k", token, LEASE)).isFalse();
        assertThat(store.abandon("k", token)).isFalse();
        pass(RETENTION.minusMillis(1));
        assertThat(begin()).isEqualTo(new Claim.Done());
        pass(Duration.ofMillis(1));

        assertThat(begin()).isInstanceOf(Claim.Started.class);
    }

    @Test
    void nothingIsLeftOfKeysThatAreOver() {
        for (int i = 0; i < 10_000; i++) {
            store.complete("k" + i, token(store.begin("k" + i, "me", LEASE)), RETENTION);
        }
        assertThat(store.size()).isEqualTo(10_000);
        pass(RETENTION);
        assertThat(store.size()).isZero();
    }

    @Test
    void wrongInputIsRefused() {
        assertThatThrownBy(() -> store.begin("", "me", LEASE)).hasMessage("key must have 1 to 512 characters, had 0");
        assertThatThrownBy(() -> store.begin("k".repeat(513), "me", LEASE)).hasMessageContaining("had 513");
        assertThatThrownBy(() -> store.begin("k", "me", Duration.ZERO)).hasMessage("lease must be positive, was PT0S");
        assertThatThrownBy(() -> store.complete("k", "t", Duration.ofSeconds(-1)))
                .hasMessage("retention must be positive, was PT-1S");
    }

    @Test
    void ofManyThreadsOneGetsTheKey() throws Exception {
        int threads = 64;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 20; round++) {
                String key = "round-" + round;
                CountDownLatch start = new CountDownLatch(1);
                List<Future<Claim>> claims = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    claims.add(pool.submit(() -> {
                        start.await();
                        return store.begin(key, Thread.currentThread().getName(), LEASE);
                    }));
                }
                start.countDown();
                int winners = 0;
                for (Future<Claim> claim : claims) {
                    winners += claim.get() instanceof Claim.Started ? 1 : 0;
                }
                assertThat(winners).isEqualTo(1);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** The same with a token and two times for each key. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theStoreDoesWhatTheModelDoes(long seed) {
        Random random = new Random(seed);
        Map<String, String> claimed = new HashMap<>();
        Map<String, Long> until = new HashMap<>();
        List<String> tokens = new ArrayList<>(List.of("none"));
        for (int step = 0; step < 5000; step++) {
            String key = "k" + random.nextInt(4);
            Duration time = Duration.ofMillis(1 + random.nextInt(50));
            until.values().removeIf(end -> end <= now);
            claimed.keySet().retainAll(until.keySet());
            String holder = claimed.get(key);
            String token = random.nextBoolean() && holder != null ? holder : tokens.get(random.nextInt(tokens.size()));
            boolean holds = token.equals(holder);
            switch (random.nextInt(5)) {
                case 0 -> pass(Duration.ofMillis(random.nextInt(20)));
                case 1 -> {
                    Claim claim = store.begin(key, "me", time);
                    if (claim instanceof Claim.Started started) {
                        assertThat(until).doesNotContainKey(key);
                        assertThat(tokens).doesNotContain(started.token());
                        tokens.add(started.token());
                        claimed.put(key, started.token());
                        until.put(key, now + time.toMillis());
                    } else if (claim instanceof Claim.InProgress progress) {
                        assertThat(holder).isNotNull();
                        assertThat(progress.until().toEpochMilli()).isEqualTo(until.get(key));
                    } else {
                        assertThat(until).containsKey(key);
                        assertThat(holder).isNull();
                    }
                }
                case 2 -> {
                    assertThat(store.renew(key, token, time)).isEqualTo(holds);
                    if (holds) {
                        until.put(key, now + time.toMillis());
                    }
                }
                case 3 -> {
                    assertThat(store.complete(key, token, time)).isEqualTo(holds);
                    if (holds) {
                        claimed.remove(key);
                        until.put(key, now + time.toMillis());
                    }
                }
                default -> {
                    assertThat(store.abandon(key, token)).isEqualTo(holds);
                    if (holds) {
                        claimed.remove(key);
                        until.remove(key);
                    }
                }
            }
        }
    }
}
