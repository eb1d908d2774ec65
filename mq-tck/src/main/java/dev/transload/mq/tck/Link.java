package dev.transload.mq.tck;

import java.time.Duration;

/**
 * The way all clients of a broker take to it, and what can go wrong on it. Faults add up, apply to present and later
 * connections, and are in force when the method that asks for one returns; {@link #heal} takes all of them back. What
 * the owner of the link does not offer throws {@link UnsupportedOperationException}.
 *
 * <p>For a broker that is reached by TCP this is a {@link TcpProxy} in front of it.
 */
public interface Link {

    /** Ends every present connection at once, without a farewell; later ones pass. */
    void cut();

    /** Ends every present connection and refuses new ones. */
    void down();

    /**
     * Carries nothing more, and tells nobody: no bytes, no end of a stream. What is on its way waits and passes after
     * {@link #heal}; on a connection that was given up meanwhile it may reach the broker all the same.
     *
     * @param directions which ways; both if none is given
     */
    void freeze(Direction... directions);

    /**
     * Ends every present connection once so many more bytes have passed in a direction, in the middle of whatever is
     * under way. Happens once; connections made afterwards pass.
     *
     * @param bytes at least 1
     */
    void cutAfter(Direction direction, long bytes);

    /**
     * Delays everything that arrives from now on, in both directions.
     *
     * @param delay of each direction, so that a round trip takes twice as long
     * @param jitter at most so much more or less than {@code delay}, at random; the order of bytes is kept
     */
    void latency(Duration delay, Duration jitter);

    /**
     * Hands bytes on in pieces, each by itself.
     *
     * @param bytes the largest piece, at least 1
     */
    void slice(int bytes);

    /**
     * Limits how much passes on a connection in each direction.
     *
     * @param bytesPerSecond at least 1
     */
    void bandwidth(long bytesPerSecond);

    /** Takes back every fault. */
    void heal();

    /** How many connections have ended so far, by a fault or otherwise. */
    long ended();
}
