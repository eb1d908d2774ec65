/**
 * Transport for Redis, for servers from 7.0 on and clusters of them, and for Valkey.
 *
 * <h2>Destination</h2>
 *
 * A queue is a stream of the queue's name with one consumer group of that name. A topic is a stream, and each of its
 * groups a consumer group of it; what is for one group alone goes to a stream of the group's own name. What waits for its
 * time is in a stream and a sorted set beside, and moved by a script that any client runs. Topics that the option {@code
 * channels} names are Pub/Sub channels of others, received by ephemeral groups at most once.
 *
 * <h2>Guarantees</h2>
 *
 * A send is done when the server has answered the write, and, where asked for, when replicas or disks have it. A delivery
 * is settled by a script that first looks whether it is still its consumer's.
 *
 * <h2>Capabilities</h2>
 *
 * Durable and ephemeral groups, patterns, order by key over streams with one owner each, replay, delays, exact attempts,
 * moves in one step save on a cluster, browsing. Priorities are the engine's lanes.
 *
 * <h2>Redis Cluster</h2>
 *
 * A destination is on one primary, and a group's own stream beside its topic's. Calls go to the node that has the key and
 * follow it; a receiver's connection is to the node that has its place. What moves between destinations is sent and then
 * acked.
 *
 * <h2>Not supported</h2>
 *
 * Header filters at the server; on a cluster, patterns of topics.
 */
@NullMarked
package dev.transload.mq.redis;

import org.jspecify.annotations.NullMarked;
