package dev.transload.mq.spi;

import dev.transload.mq.Topology;
import java.time.Duration;

/**
 * What the engine lends a transport. Implemented by the engine only, so it may gain methods.
 *
 * <p>Thread-safe.
 */
public interface TransportContext {

    /** Where to connect and with which options. */
    TransportUri uri();

    /**
     * A name for connections, group members and threads: made up for each client, unless the application gave one, which
     * it may have given to two. What must be unique needs something of its own.
     */
    String clientId();

    /** Whether missing broker objects may be made. */
    Topology topology();

    /** Longest time a connection attempt may take before it counts as failed. */
    Duration connectTimeout();

    /**
     * How many sends of the application may be on their way at once, from the hand-over to their end, 1 to 1,000,000; sends
     * of the engine come on top. For a transport whose broker is given several of them together.
     */
    int maxOutstandingSends();

    /** Time and timers of the system. Timers run on a thread of the engine: what blocks needs one of the transport. */
    TimeSource time();

    /**
     * Told when the connection is lost and when it is back with topology and receivers restored; after {@link
     * TransportProvider#open} it counts as up. Never blocks, never throws.
     */
    void connection(boolean up, String why);
}
