/**
 * A broker inside the JVM, with virtual time for tests.
 *
 * <h2>Destination</h2>
 *
 * {@code inmemory:} is one broker for all clients of the JVM, {@code inmemory:orders} one of that name, and {@link
 * dev.transload.mq.inmemory.InMemoryBroker#uri()} names one that a test made for itself. Places keep their logical
 * names: {@code email-queue.dlq}, {@code orders--billing}. A queue and a topic cannot share a name.
 *
 * <h2>Guarantees</h2>
 *
 * A confirmed send is in this process, and ends with it. Bodies are copied in and out. Order is kept in a place, or in
 * a lane of an ordered one; what comes back finds its old place. A lease that ends takes all that its lane has out with
 * it. Deliveries are counted only if a handler began, as far as the {@linkplain dev.transload.mq.inmemory.Profile
 * profile} lets them be.
 *
 * <h2>Capabilities</h2>
 *
 * All but holding keys and filtering by header, which the engine does; a profile takes away what another broker does
 * not have, and imposes its limits.
 *
 * <h2>Unwraps to</h2>
 *
 * {@link dev.transload.mq.inmemory.InMemoryBroker}, a view of the broker the client is connected to.
 *
 * <h2>Not supported</h2>
 *
 * Clients in other processes; messages that outlive the process.
 */
@NullMarked
package dev.transload.mq.inmemory;

import org.jspecify.annotations.NullMarked;
