package dev.transload.mq.client;

import dev.transload.mq.Topology;
import dev.transload.mq.spi.TransportUri;
import java.time.Duration;

/**
 * What one client goes by. Immutable; its text has no secret, since the URI's has none.
 *
 * @param uri where to connect
 * @param clientId name of the client at the broker
 * @param topology what may be made
 * @param sendTimeout how long a send may take, its further tries included
 * @param connectTimeout how long one connection attempt may take
 * @param waitForBroker how long a first connection is tried for, zero for one attempt
 * @param maxOutstandingSends sends that may be unconfirmed at once
 * @param failFastOnBackpressure whether a send at that bound fails instead of waiting
 * @param virtualThreads whether handlers run on virtual threads where the JVM has them
 */
record EngineSettings(
        TransportUri uri,
        String clientId,
        Topology topology,
        Duration sendTimeout,
        Duration connectTimeout,
        Duration waitForBroker,
        int maxOutstandingSends,
        boolean failFastOnBackpressure,
        boolean virtualThreads) {}
