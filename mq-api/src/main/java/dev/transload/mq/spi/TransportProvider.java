package dev.transload.mq.spi;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Opens transports for URI schemes. Found by {@link java.util.ServiceLoader}.
 *
 * <p>Implementations are thread-safe and keep no state.
 */
public interface TransportProvider {

    /** Lower-case URI schemes this provider answers to, such as {@code rabbitmqs}. */
    Set<String> schemes();

    /**
     * Options of the URI's query that this transport knows, each with a phrase that says what it is. A name that ends in
     * {@code .*} stands for all that start so.
     */
    Map<String, String> options();

    /**
     * Checks the URI without I/O, connects, probes the broker's version and completes when {@link
     * Transport#capabilities} is final. An opening that fails leaves nothing behind, no thread either. Options that the
     * engine knows are gone from the URI, and others than {@link #options} have been refused.
     *
     * @return fails with {@link dev.transload.mq.AuthenticationException} for bad credentials, {@link
     *     dev.transload.mq.ConnectionLostException} if the broker cannot be reached
     * @throws IllegalArgumentException if the URI or an option is wrong; the text names it
     */
    CompletableFuture<Transport> open(TransportContext context);
}
