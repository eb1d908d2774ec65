/**
 * Transport for RabbitMQ over AMQP 0.9.1, for servers from 3.10 on.
 *
 * <h2>Destination</h2>
 *
 * A queue, a group, dead letters and every other place one receives from is a durable quorum queue of the place's name.
 * A topic is a routing key of the durable topic exchange named by the topic's first segment, and each group's queue is
 * bound to it. Exchanges and queues that start with {@code mq.} are the transport's own.
 *
 * <h2>Guarantees</h2>
 *
 * A send is done when the broker has confirmed a persistent message; one that reaches no queue fails, save to a topic. A
 * delivery is settled on the channel it came over, or reported lost. Connections come back for ever.
 *
 * <h2>Capabilities</h2>
 *
 * Groups, patterns, order by a single active consumer, strict priorities, delays up to four years without a plugin.
 * Newer servers add priorities of quorum queues, uncounted releases and a timeout per consumer (4.3).
 *
 * <h2>Unwraps to</h2>
 *
 * {@link com.rabbitmq.client.Connection}: the receiving connection, while there is one.
 *
 * <h2>Not supported</h2>
 *
 * Replay, since queues have no history; more than one partition of an ordered destination; renewing a lease.
 */
@NullMarked
package dev.transload.mq.rabbitmq;

import org.jspecify.annotations.NullMarked;
