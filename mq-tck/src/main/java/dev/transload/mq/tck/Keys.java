package dev.transload.mq.tck;

import dev.transload.mq.IdempotencyStore.Claim;
import java.time.Duration;
import java.util.UUID;

/** Keys and spans for the tests of stores. */
final class Keys {

    static final Duration LEASE = Duration.ofSeconds(1);
    static final Duration LONG = Duration.ofMinutes(10);

    private Keys() {}

    /** A key that no other test uses. */
    static String fresh() {
        return "tck-" + UUID.randomUUID();
    }

    /** The token of a claim that was started. */
    static String token(Claim claim) {
        if (claim instanceof Claim.Started started) {
            return started.token();
        }
        throw new AssertionError("the key was to be claimed, was " + claim);
    }
}
