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

    /** A name for connections, group members and threads; unique per client. */
    String clientId();

    /** Whether missing broker objects may be made. */
    Topology topology();

    /** Longest time a connection attempt may take before it counts as failed. */
    Duration connectTimeout();

    /** Time and timers of the system. */
    TimeSource time();

    /** Told when the connection is lost and when it is back with topology and receivers restored. */
    void connection(boolean up, String why);
}
