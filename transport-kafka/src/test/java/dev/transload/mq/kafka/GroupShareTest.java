package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class GroupShareTest {

    private static final List<TopicPartition> PARTITIONS = List.of(
            new TopicPartition("orders", 0),
            new TopicPartition("orders", 1),
            new TopicPartition("orders--billing", 0),
            new TopicPartition("orders--billing", 1));

    @Test
    void eachPartitionKeepsAMemberAtWork() {
        assertThat(GroupShare.shares(PARTITIONS, false)).isEqualTo(4);
    }

    @Test
    void partitionsOfOneNumberKeepOneMemberAtWorkWhereTheyGoTogether() {
        assertThat(GroupShare.shares(PARTITIONS, true)).isEqualTo(2);
    }
}
