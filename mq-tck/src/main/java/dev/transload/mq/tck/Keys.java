package dev.transload.mq.tck;

import dev.transload.mq.IdempotencyStore.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Keys and spans for the tests of stores. */
final class Keys {

    /** For what is to end. */
    static final Duration LEASE = Duration.ofSeconds(1);
    /** For what must last until something has been done, and then end. */
    static final Duration AMPLE = Duration.ofSeconds(5);

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

    /** What so many threads get that claim at the same moment. */
    static List<Claim> claimTogether(int threads, Callable<Claim> claim) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CyclicBarrier together = new CyclicBarrier(threads);
            Callable<Claim> atOnce = () -> {
                together.await();
                return claim.call();
            };
            List<Claim> claims = new ArrayList<>();
            for (Future<Claim> future : pool.invokeAll(Collections.nCopies(threads, atOnce))) {
                claims.add(future.get());
            }
            return claims;
        } finally {
            pool.shutdownNow();
        }
    }
}
