package dev.transload.mq.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.TopicPartition;

/**
 * Says which member of a group has which partition, and leaves every partition with the member that has it: a member
 * that joins takes nothing from others, and only what a member leaves behind goes elsewhere, to whoever has least. It
 * does not even out. That suits partitions which are little work and must not rest, and groups whose members come and go
 * all the time.
 *
 * <p>Since nothing is ever taken from a member, one round of the cooperative protocol is enough, and whoever has
 * partitions receives from them while it goes on. Pure.
 */
final class StayingAssignor {

    private StayingAssignor() {}

    /**
     * What a member tells of itself.
     *
     * @param topics what it wants to receive from
     * @param owned what it has
     * @param generation the round of the group in which it was given that; a greater one is newer
     */
    record Member(Set<String> topics, Collection<TopicPartition> owned, int generation) {}

    /** Which member has what from now on. */
    static Map<String, List<TopicPartition>> share(Map<String, Member> members, Collection<TopicPartition> all) {
        Map<String, List<TopicPartition>> shares = new TreeMap<>();
        members.keySet().forEach(id -> shares.put(id, new ArrayList<>()));
        Set<TopicPartition> left = new HashSet<>(all);
        // Two may think they have one, if one of them was away for a while: who got it last, has it.
        members.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, Member> one) ->
                                -one.getValue().generation())
                        .thenComparing(Map.Entry::getKey))
                .forEach(one -> one.getValue().owned().forEach(partition -> {
                    if (one.getValue().topics().contains(partition.topic()) && left.remove(partition)) {
                        of(shares, one.getKey()).add(partition);
                    }
                }));
        left.stream()
                .sorted(Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition))
                .forEach(partition -> shares.entrySet().stream()
                        .filter(one -> wants(members, one.getKey(), partition))
                        .min(Comparator.comparingInt(one -> one.getValue().size()))
                        .ifPresent(one -> one.getValue().add(partition)));
        return shares;
    }

    private static boolean wants(Map<String, Member> members, String id, TopicPartition partition) {
        Member member = members.get(id);
        return member != null && member.topics().contains(partition.topic());
    }

    private static List<TopicPartition> of(Map<String, List<TopicPartition>> shares, String id) {
        return shares.computeIfAbsent(id, one -> new ArrayList<>());
    }

    /** The same for a consumer, which makes it by itself. */
    @SuppressWarnings("WeakerAccess")
    public static final class Assignor implements ConsumerPartitionAssignor {

        @SuppressWarnings("RedundantModifier") // the consumer looks for a public one
        public Assignor() {}

        @Override
        public String name() {
            return "mq-staying";
        }

        @Override
        public List<RebalanceProtocol> supportedProtocols() {
            return List.of(RebalanceProtocol.COOPERATIVE, RebalanceProtocol.EAGER);
        }

        @Override
        public GroupAssignment assign(Cluster cluster, GroupSubscription group) {
            Map<String, Member> members = new HashMap<>();
            Set<TopicPartition> all = new HashSet<>();
            group.groupSubscription().forEach((id, subscription) -> {
                members.put(
                        id,
                        new Member(
                                Set.copyOf(subscription.topics()),
                                subscription.ownedPartitions(),
                                subscription.generationId().orElse(-1)));
                subscription
                        .topics()
                        .forEach(topic -> cluster.partitionsForTopic(topic)
                                .forEach(info -> all.add(new TopicPartition(topic, info.partition()))));
            });
            Map<String, Assignment> assignments = new HashMap<>();
            share(members, all).forEach((id, partitions) -> assignments.put(id, new Assignment(partitions)));
            return new GroupAssignment(assignments);
        }
    }
}
