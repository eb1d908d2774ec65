/**
 * Transport for Amazon SQS, with SNS for topics.
 *
 * <h2>Destination</h2>
 *
 * A queue, dead letters and every other place one receives from is an SQS queue: {@code .} in a name becomes {@code _},
 * and an ordered one is a FIFO queue, whose name ends in {@code .fifo}. Topics that share their first segment are one SNS
 * topic; each group has a queue of its own that subscribes to it. Shapes are kept in tags.
 *
 * <h2>Guarantees</h2>
 *
 * A send is done when the service has answered that it stored the message. A message that is received stays hidden from
 * others for its lease, 12 hours in all.
 *
 * <h2>Capabilities</h2>
 *
 * Durable and ephemeral groups, patterns, order by key with FIFO queues, leases that are renewed, delays up to 15 minutes
 * and, with the engine's help, a week.
 *
 * <h2>Unwraps to</h2>
 *
 * {@link software.amazon.awssdk.services.sqs.SqsAsyncClient}, {@link
 * software.amazon.awssdk.services.sns.SnsAsyncClient} and {@link dev.transload.mq.sqs.SqsUsage}.
 *
 * <h2>Not supported</h2>
 *
 * Replay, since neither service keeps what was handled; browsing without receiving.
 */
@NullMarked
package dev.transload.mq.sqs;

import org.jspecify.annotations.NullMarked;
