package dev.transload.mq.spi;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A running flow of deliveries from one place. It delivers only against credit.
 *
 * <p>Thread-safe. Survives a lost connection: deliveries are reported lost, then it goes on by itself, with the credit
 * that was not used. Each delivery's credit comes back from the engine once, when it is settled or was lost.
 */
public interface Receiver {

    /**
     * Lets {@code n} more deliveries come, 1 or more, beside those it already lets come. No credit given is a pause:
     * leases and membership live on. Called on any thread, also within a call of the {@link Sink}.
     */
    void credit(int n);

    /**
     * Stops intake and completes when no further delivery will come. Deliveries already handed over can still be
     * settled. What the transport has buffered goes back to the broker, uncounted where it can.
     */
    CompletableFuture<Void> stop();

    /**
     * Stops, flushes settles, leaves the group; what is unsettled goes back to the broker. Idempotent, and called as well
     * on a receiver whose {@link Sink#failed} was told.
     */
    CompletableFuture<Void> close(Duration timeout);

    /** {@link TimeSource#nanos()} of the last sign that the broker still serves this receiver. */
    long lastContact();

    /** Address that others reply to; present on a reply inbox only. */
    default Optional<String> replyTo() {
        return Optional.empty();
    }
}
