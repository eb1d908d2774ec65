/**
 * Transport for Kafka, for brokers from 2.1 on.
 *
 * <h2>Destination</h2>
 *
 * A queue, a topic, dead letters and every other place one sends to is a Kafka topic of the place's name. A queue is read
 * by the consumer group of its own name. A group of a topic is the consumer group {@code topic--group}, which reads the
 * topic and a Kafka topic of the group's own name, where messages come that are for this group alone. Shapes are kept
 * with the topic, in a setting that has no other effect. With {@code ?queues=share} what has no order is read by the share
 * group of the same name instead, whose members share partitions.
 *
 * <h2>Guarantees</h2>
 *
 * A send is done when all replicas in sync have it. What is handled and what failed is committed every 100 ms with the
 * offset, message by message, so that a crash brings back what was not done and little else.
 *
 * <h2>Capabilities</h2>
 *
 * Durable and ephemeral groups, patterns, order by key over partitions, replay, exact attempts, browsing. Delays and
 * priorities are the engine's lanes.
 *
 * <h2>Unwraps to</h2>
 *
 * {@link org.apache.kafka.clients.admin.Admin} and {@link org.apache.kafka.clients.producer.Producer}.
 *
 * <h2>Not supported</h2>
 *
 * Transactions. More processes than partitions do not share a queue's work any further, but by a share group.
 */
@NullMarked
package dev.transload.mq.kafka;

import org.jspecify.annotations.NullMarked;
