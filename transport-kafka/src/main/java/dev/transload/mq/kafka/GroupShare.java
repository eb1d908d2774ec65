package dev.transload.mq.kafka;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the share of a member that comes to a group which has others: they hear of it at their next heartbeat, and it
 * hears at its own that they have let go, which by the settings brokers ship with takes up to ten seconds. A group that
 * has a member for each partition has nothing for one more.
 *
 * <p>Blocks for the broker. Thread-safe.
 */
final class GroupShare {

    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(50).toNanos();
    private static final int ASK_EVERY = 5;

    private final KafkaAsk ask;

    GroupShare(KafkaAsk ask) {
        this.ask = ask;
    }

    /**
     * Waits until the member has a partition, or will not get any, or for so long.
     *
     * @param together whether partitions of one number, of whatever topic, go to one member
     */
    void await(GroupMember member, Collection<String> topics, boolean together, Duration most)
            throws ExecutionException, InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        List<TopicPartition> partitions = List.of();
        for (int look = 0; isWaiting(member) && System.nanoTime() < deadline; look++) {
            if (look % ASK_EVERY == 0) {
                partitions = partitions.isEmpty() ? ask.partitions(topics) : partitions;
                ConsumerGroupDescription group = describe(member.group());
                if (group == null || group.members().size() > shares(partitions, together)) {
                    return;
                }
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    private static boolean isWaiting(GroupMember member) {
        return !member.isEnding() && member.lanes().all().isEmpty();
    }

    /** How many members such partitions can keep at work. */
    static long shares(List<TopicPartition> partitions, boolean together) {
        return together
                ? partitions.stream()
                        .mapToInt(TopicPartition::partition)
                        .distinct()
                        .count()
                : partitions.size();
    }

    // Null if this client may not know.
    private @Nullable ConsumerGroupDescription describe(String group) throws ExecutionException, InterruptedException {
        try {
            return ask.get(ask.admin().describeConsumerGroups(List.of(group)).all())
                    .get(group);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException) {
                return null;
            }
            throw e;
        }
    }
}
