package dev.transload.mq;

import java.time.Duration;
import java.time.Instant;

/**
 * Remembers which keys have been handled. A key goes from absent to claimed to done; a claim ends with its lease, so
 * that a consumer that dies does not block its message, and carries a token, so that it cannot settle the claim of the
 * one who came after it.
 *
 * <p>Implementations are thread-safe, atomic among all processes that share the store, measure time by the store's
 * clock, and may block briefly. Any exception means that the store could not answer.
 */
public interface IdempotencyStore {

    /**
     * Claims a key unless it is claimed or done.
     *
     * @param key 1 to 512 characters, any text
     * @param owner who asks, for people who look into the store
     * @param lease how long the claim lasts unless renewed
     */
    Claim begin(String key, String owner, Duration lease);

    /** Prolongs a claim from now. Returns whether the token still held. */
    boolean renew(String key, String token, Duration lease);

    /**
     * Marks a claimed key as done and remembers it for the retention. Returns whether the token still held; if not,
     * nothing is changed.
     */
    boolean complete(String key, String token, Duration retention);

    /** Gives a claim up, so that the key is absent again. Returns whether the token still held. */
    boolean abandon(String key, String token);

    /** Answer to {@link #begin}. */
    sealed interface Claim {

        /** The caller handles the message and settles the claim with this token. */
        record Started(String token) implements Claim {}

        /** Someone else handles the message; the claim ends then, unless it is renewed. */
        record InProgress(Instant until) implements Claim {}

        /** The message was handled. */
        record Done() implements Claim {}
    }
}
