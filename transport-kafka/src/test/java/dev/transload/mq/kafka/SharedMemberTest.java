package dev.transload.mq.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.transload.mq.Shape;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SharedMemberTest {

    private static final TopicPartition SECOND = new TopicPartition("mq--delays", 0);
    private static final TopicPartition MINUTE = new TopicPartition("mq--delays", 3);

    private final MemberBench sink = new MemberBench(1);
    private final GroupMember member = new GroupMember("mq--delays", 100, 0);
    private final KafkaReceiver second = lane("mq--delays-1s");
    private final KafkaReceiver minute = lane("mq--delays-64s");

    private KafkaReceiver lane(String name) {
        return new KafkaReceiver(
                ReceiveSpec.builder(Place.of(Role.DELAY_LANE, name, Shape.PLAIN), 10)
                        .build(),
                sink);
    }

    @Test
    void receiversOfOnePartitionEachShareATopic() {
        member.join(second, second.topics());
        member.join(minute, minute.topics());
        member.assigned(SECOND, -1);
        member.assigned(MINUTE, -1);
        assertThat(member.lanes().all())
                .extracting(Lane::partition, Lane::receiver)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(SECOND, second),
                        org.assertj.core.groups.Tuple.tuple(MINUTE, minute));
    }

    @Test
    void aPartitionWaitsForItsReceiver() {
        member.join(second, second.topics());
        member.assigned(SECOND, -1);
        member.assigned(MINUTE, -1);
        assertThat(member.lanes().all()).extracting(Lane::partition).containsExactly(SECOND);
        assertThat(member.isRead(MINUTE)).isFalse();

        member.join(minute, minute.topics());

        assertThat(member.isRead(MINUTE)).isTrue();
        member.assigned(MINUTE, -1);
        assertThat(member.lanes().all()).extracting(Lane::partition).containsExactly(SECOND, MINUTE);
    }
}
