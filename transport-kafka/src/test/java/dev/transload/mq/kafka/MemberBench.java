package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** A member of a group without a broker: the test does what its loop would do. */
final class MemberBench implements Sink {

    static final int CHARS = ProgressText.MOST_CHARS;

    final List<KafkaDelivery> delivered = new ArrayList<>();
    final List<Incoming> lost = new ArrayList<>();
    final KafkaReceiver receiver;
    final GroupMember member = new GroupMember("g", 100, 0);
    final Lanes lanes = member.lanes();

    MemberBench(int maxCredit) {
        receiver = new KafkaReceiver(
                ReceiveSpec.builder(Place.of(Role.QUEUE, "q", Shape.PLAIN), maxCredit)
                        .build(),
                this);
        member.join(receiver, Set.of("q"));
    }

    static TopicPartition partition(int number) {
        return new TopicPartition("q", number);
    }

    /** A partition is assigned, and its owner's number is committed. */
    Lane open(int number, Progress from) {
        member.assigned(partition(number), -1);
        Lane lane = lanes.of(partition(number));
        lanes.open(lane, from, from.fence() + 1);
        commit();
        return lane;
    }

    Lane open(int number) {
        return open(number, Progress.at(0));
    }

    /** Records with these offsets come. */
    void arrive(Lane lane, long... offsets) {
        List<KafkaDelivery> records = new ArrayList<>();
        for (long offset : offsets) {
            Message message = Message.builder("m" + offset, new byte[0]).build();
            records.add(new KafkaDelivery(lane, offset, message, "q", 0));
        }
        lanes.arrived(lane, records);
        receiver.outlet().pass();
    }

    /** A commit that succeeds; returns what it said. */
    List<Lane.Commit> commit() {
        List<Lane.Commit> commits = lanes.commits(true, CHARS);
        lanes.committed(commits, true);
        return commits;
    }

    /** The partition goes in order, and this is what the next owner starts from. */
    Progress handOver(Lane lane) {
        List<Lane> going = lanes.closing(List.of(lane.partition()), true, "revoked");
        List<Lane.Commit> last = lanes.lastCommits(going, CHARS);
        lanes.committed(last, true);
        lanes.gone(going, true, "revoked");
        return progress(last.get(0));
    }

    static Progress progress(Lane.Commit commit) {
        return ProgressText.read(commit.base(), commit.written().text());
    }

    List<Long> offsets() {
        return delivered.stream().map(CompletionTracker.Entry::offset).toList();
    }

    KafkaDelivery delivery(long offset) {
        return delivered.stream()
                .filter(delivery -> delivery.offset() == offset)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    @Override
    public void deliver(Incoming delivery) {
        delivered.add((KafkaDelivery) delivery);
    }

    @Override
    public void lost(List<? extends Incoming> deliveries, String why) {
        lost.addAll(deliveries);
    }

    @Override
    public void failed(Throwable cause) {
        throw new AssertionError(cause);
    }
}
