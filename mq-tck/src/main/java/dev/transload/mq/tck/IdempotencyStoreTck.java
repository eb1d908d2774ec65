package dev.transload.mq.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.IdempotencyStore.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What every {@link IdempotencyStore} must do. The test of a store implements this and returns its store; leases are
 * real and short.
 *
 * <pre>{@code
 * class AcmeStoreTest implements IdempotencyStoreTck {
 *     public IdempotencyStore store() { return acme; }
 * }
 * }</pre>
 */
public interface IdempotencyStoreTck {

    /**
     * The store under test. Called several times in a test: where stores share their keys, such as over a network,
     * another object on the same keys each time.
     */
    IdempotencyStore store();

    /** Lets time pass by the store's clock; waits unless overridden. */
    default void elapse(Duration span) {
        await("time passes").pollDelay(span).atMost(span.plusSeconds(60)).until(() -> true);
    }

    @Test
    @DisplayName("IDM-01 a key is claimed once, then in progress, then done, for every user of the store")
    default void oneClaim() {
        String key = Keys.fresh();
        Claim first = store().begin(key, "one", Keys.LONG);
        assertThat(first).isInstanceOf(Claim.Started.class);
        assertThat(store().begin(key, "two", Keys.LONG)).isInstanceOf(Claim.InProgress.class);
        assertThat(store().begin(key, "one", Keys.LONG))
                .as("the owner itself gets no second claim")
                .isInstanceOf(Claim.InProgress.class);
        assertThat(store().complete(key, Keys.token(first), Keys.LONG)).isTrue();
        assertThat(store().begin(key, "two", Keys.LONG)).isInstanceOf(Claim.Done.class);
        assertThat(store().begin(key, "one", Keys.LONG)).isInstanceOf(Claim.Done.class);
        assertThat(store().abandon(key, Keys.token(first)))
                .as("what is done stays done")
                .isFalse();
        assertThat(store().begin(key, "two", Keys.LONG)).isInstanceOf(Claim.Done.class);
    }

    @Test
    @DisplayName("IDM-02 of many threads that claim one key at once, exactly one wins")
    default void oneWinner() throws Exception {
        for (int round = 0; round < 100; round++) {
            String key = Keys.fresh();
            List<Claim> claims = Keys.claimTogether(64, () -> store().begin(key, "one of many", Keys.LONG));
            assertThat(claims.stream().filter(Claim.Started.class::isInstance)).hasSize(1);
            assertThat(claims.stream().filter(Claim.InProgress.class::isInstance))
                    .hasSize(63);
        }
    }

    @Test
    @DisplayName("IDM-04 a claim that is given up can be taken at once")
    default void abandoned() {
        String key = Keys.fresh();
        String token = Keys.token(store().begin(key, "one", Keys.LONG));
        assertThat(store().abandon(key, token)).isTrue();
        assertThat(store().abandon(key, token)).isFalse();
        assertThat(store().begin(key, "two", Keys.LONG)).isInstanceOf(Claim.Started.class);
    }

    @Test
    @DisplayName("IDM-05 a claim whose owner died is taken over when its lease is over, not before")
    default void takenOver() {
        String key = Keys.fresh();
        Duration lease = Keys.AMPLE;
        assertThat(store().begin(key, "dies", lease)).isInstanceOf(Claim.Started.class);
        assertThat(store().begin(key, "heir", lease)).isInstanceOf(Claim.InProgress.class);
        elapse(lease.dividedBy(2));
        assertThat(store().begin(key, "heir", lease))
                .as("asking does not end the lease, nor does half of its time")
                .isInstanceOf(Claim.InProgress.class);
        elapse(lease.dividedBy(2).plusMillis(300));
        assertThat(store().begin(key, "heir", lease)).isInstanceOf(Claim.Started.class);
    }

    @Test
    @DisplayName("IDM-07 an owner whose lease ended cannot renew, complete or give up the claim of its heir")
    default void zombie() {
        String key = Keys.fresh();
        String old = Keys.token(store().begin(key, "zombie", Keys.LEASE));
        elapse(Keys.LEASE.plusMillis(300));
        String fresh = Keys.token(store().begin(key, "heir", Keys.LONG));

        assertThat(fresh).isNotEqualTo(old);
        assertThat(store().renew(key, old, Keys.LONG)).isFalse();
        assertThat(store().complete(key, old, Keys.LONG)).isFalse();
        assertThat(store().abandon(key, old)).isFalse();
        assertThat(store().begin(key, "third", Keys.LONG)).isInstanceOf(Claim.InProgress.class);
        assertThat(store().complete(key, fresh, Keys.LONG)).isTrue();
    }

    @Test
    @DisplayName("IDM-26 when the lease of an owner that died is over, one of many heirs gets its key")
    default void oneHeir() throws Exception {
        for (int round = 0; round < 3; round++) {
            String key = Keys.fresh();
            String dead = Keys.token(store().begin(key, "dies", Keys.LEASE));
            elapse(Keys.LEASE.plusMillis(300));
            List<Claim> claims = Keys.claimTogether(32, () -> store().begin(key, "heir", Keys.LONG));
            List<String> heirs = claims.stream()
                    .filter(Claim.Started.class::isInstance)
                    .map(Keys::token)
                    .toList();
            assertThat(heirs).hasSize(1).doesNotContain(dead);
            assertThat(store().complete(key, heirs.get(0), Keys.LONG)).isTrue();
        }
    }

    @Test
    @DisplayName("IDM-22 a lease that has ended is lost, even if nobody has taken the key since")
    default void endedLease() {
        String key = Keys.fresh();
        String token = Keys.token(store().begin(key, "slow", Keys.LEASE));
        elapse(Keys.LEASE.plusMillis(300));
        assertThat(store().renew(key, token, Keys.LONG)).isFalse();
        assertThat(store().complete(key, token, Keys.LONG)).isFalse();
        assertThat(store().begin(key, "next", Keys.LONG)).isInstanceOf(Claim.Started.class);
    }

    @Test
    @DisplayName("IDM-23 a renewed claim lasts from the renewal, and says until when")
    default void renewed() {
        String key = Keys.fresh();
        String token = Keys.token(store().begin(key, "one", Keys.AMPLE));
        assertThat(store().renew(key, token, Keys.LONG)).isTrue();
        elapse(Keys.AMPLE.plusMillis(300));
        Claim claim = store().begin(key, "two", Keys.AMPLE);
        assertThat(claim).isInstanceOf(Claim.InProgress.class);
        Instant until = ((Claim.InProgress) claim).until();
        assertThat(Duration.between(Instant.EPOCH, until)).isPositive();
        assertThat(store().complete(key, token, Keys.LONG)).isTrue();
    }

    @Test
    @DisplayName("IDM-09 a handled key is remembered for its retention, then free again")
    default void retention() {
        String kept = Keys.fresh();
        String brief = Keys.fresh();
        store().complete(kept, Keys.token(store().begin(kept, "one", Keys.LONG)), Keys.LONG);
        store().complete(brief, Keys.token(store().begin(brief, "one", Keys.LONG)), Keys.AMPLE);
        assertThat(store().begin(brief, "two", Keys.AMPLE)).isInstanceOf(Claim.Done.class);
        elapse(Keys.AMPLE.plusMillis(300));
        assertThat(store().begin(brief, "two", Keys.AMPLE)).isInstanceOf(Claim.Started.class);
        assertThat(store().begin(kept, "two", Keys.AMPLE)).isInstanceOf(Claim.Done.class);
    }

    @Test
    @DisplayName("IDM-10 keys of any text are kept apart")
    default void anyKey() {
        String unique = Keys.fresh();
        List<String> keys = List.of(
                "k" + unique,
                "K" + unique,
                unique + ":a",
                unique + ":a:b",
                unique + "*",
                unique + "{a}",
                unique + "'; DROP TABLE claims; --",
                unique + "\n\r\0",
                unique + " ",
                unique + "\u00FC\u4E2D\uD83D\uDE80",
                unique + "x".repeat(512 - unique.length()),
                unique + "x".repeat(511 - unique.length()));
        Map<String, String> tokens = new HashMap<>();
        for (String key : keys) {
            Claim claim = store().begin(key, "one", Keys.LONG);
            assertThat(claim).as(key).isInstanceOf(Claim.Started.class);
            tokens.put(key, Keys.token(claim));
        }
        for (String key : keys) {
            assertThat(store().begin(key, "two", Keys.LONG)).as(key).isInstanceOf(Claim.InProgress.class);
        }
        String first = keys.get(0);
        assertThat(store().complete(first, Objects.requireNonNull(tokens.get(first)), Keys.LONG))
                .isTrue();
        for (String key : keys) {
            assertThat(store().begin(key, "three", Keys.LONG))
                    .as("%s, after %s is done", key, first)
                    .isInstanceOf(key.equals(first) ? Claim.Done.class : Claim.InProgress.class);
        }
    }

    @Test
    @DisplayName("IDM-12 null, an empty key, one that is too long and a lease of nothing are refused by name")
    default void badInput() {
        assertThatThrownBy(() -> store().begin(Nulls.of(), "one", Keys.LEASE))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("key");
        assertThatThrownBy(() -> store().begin("", "one", Keys.LEASE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key");
        assertThatThrownBy(() -> store().begin("x".repeat(513), "one", Keys.LEASE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("512");
        assertThatThrownBy(() -> store().begin("k", "one", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lease");
        assertThatThrownBy(() -> store().complete("k", Nulls.of(), Keys.LEASE))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("token");
        assertThat(store().complete("never claimed " + Keys.fresh(), "1", Keys.LEASE))
                .isFalse();
    }
}
