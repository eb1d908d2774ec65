/**
 * What a transport implements. A transport moves bytes and settles deliveries; retry, dead letters, key order,
 * idempotency, request/reply, expiry and draining are the engine's.
 *
 * <p>Three rules hold for every method. It returns without waiting for the network. A {@link
 * dev.transload.mq.spi.Completion} or future completes exactly once, on a thread of the transport, and what it calls
 * does not block. What the broker cannot do is declared in {@link dev.transload.mq.spi.Capabilities} and then never
 * asked for.
 */
@NullMarked
package dev.transload.mq.spi;

import org.jspecify.annotations.NullMarked;
