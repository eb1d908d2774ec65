package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.kafka.StayingAssignor.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.GroupSubscription;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class StayingAssignorTest {

    private static final List<TopicPartition> LANES =
            IntStream.range(0, 11).mapToObj(StayingAssignorTest::lane).toList();

    private final Map<String, Member> members = new HashMap<>();

    private static TopicPartition lane(int number) {
        return new TopicPartition("lanes", number);
    }

    private void member(String id, int generation, List<TopicPartition> owned) {
        members.put(id, new Member(Set.of("lanes"), owned, generation));
    }

    private Map<String, List<TopicPartition>> share() {
        return StayingAssignor.share(members, LANES);
    }

    @Test
    void theFirstMemberHasAll() {
        member("a", -1, List.of());
        assertThat(share()).containsOnlyKeys("a").extractingByKey("a").isEqualTo(LANES);
    }

    @Test
    void aMemberThatJoinsTakesNothingFromOthers() {
        member("b", 1, LANES);
        member("a", -1, List.of());
        assertThat(share()).isEqualTo(Map.of("a", List.of(), "b", LANES));
    }

    @Test
    void whatAMemberLeavesBehindGoesToThoseWithLeast() {
        member("a", 2, LANES.subList(0, 4));
        member("b", 2, LANES.subList(4, 5));
        member("c", -1, List.of());
        Map<String, List<TopicPartition>> shares = share();
        assertThat(shares.get("a")).isEqualTo(LANES.subList(0, 4));
        assertThat(shares.get("b")).hasSize(4).contains(lane(4));
        assertThat(shares.get("c")).hasSize(3);
    }

    @Test
    void whoGotAPartitionLastHasItIfTwoThinkSo() {
        member("a", 3, LANES);
        member("b", 4, LANES.subList(0, 2));
        Map<String, List<TopicPartition>> shares = share();
        assertThat(shares.get("a")).isEqualTo(LANES.subList(2, 11));
        assertThat(shares.get("b")).isEqualTo(LANES.subList(0, 2));
    }

    @Test
    void whatIsNotThereAnyMoreIsForgotten() {
        member("a", 1, List.of(new TopicPartition("lanes", 99), new TopicPartition("other", 0)));
        assertThat(share().get("a")).isEqualTo(LANES);
    }

    @Test
    void aTopicThatNobodyWantsIsNobodys() {
        members.put("a", new Member(Set.of("other"), List.of(), 1));
        assertThat(share().get("a")).isEmpty();
    }

    @Test
    void everyPartitionHasOneMemberWhoeverComesAndGoes() {
        Random random = new Random(7);
        member("m0", -1, List.of());
        for (int round = 1; round < 500; round++) {
            Map<String, List<TopicPartition>> before = share();
            assertThat(before.values().stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(LANES);
            int generation = round;
            before.forEach((id, owned) -> member(id, generation, owned));
            if (random.nextBoolean() || members.size() == 1) {
                member("m" + round, -1, List.of());
            } else {
                members.remove(new ArrayList<>(members.keySet()).get(random.nextInt(members.size())));
            }
            Map<String, List<TopicPartition>> after = share();
            members.keySet().forEach(id -> assertThat(after.get(id)).containsAll(before.getOrDefault(id, List.of())));
        }
    }

    @Test
    void aConsumerCanMakeItAndHearsOfNoTopicThatIsNotThere() throws ReflectiveOperationException {
        ConsumerPartitionAssignor assignor =
                StayingAssignor.Assignor.class.getDeclaredConstructor().newInstance();
        Node node = new Node(1, "localhost", 9092);
        List<PartitionInfo> infos = LANES.stream()
                .map(lane -> new PartitionInfo(lane.topic(), lane.partition(), node, new Node[0], new Node[0]))
                .toList();
        Cluster cluster = new Cluster("c", List.of(node), infos, Set.of(), Set.of());
        var assigned = assignor.assign(
                        cluster, new GroupSubscription(Map.of("a", new Subscription(List.of("lanes", "absent")))))
                .groupAssignment();
        assertThat(assigned).containsOnlyKeys("a");
        assertThat(assigned.get("a").partitions()).isEqualTo(LANES);
    }
}
