package dev.transload.mq.kafka;

import dev.transload.mq.spi.Completion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that one member holds: how they come and go, what of them is committed, what is fetched.
 *
 * <p>Thread-safe, under the member's lock; all but {@link #all} is for the member's loop.
 */
final class Lanes {

    private final MemberLock lock;
    private final int mostSpan;
    /** Guarded. */
    private final Map<TopicPartition, Lane> byPartition = new LinkedHashMap<>();
    /** Guarded: the same, in a list that is never changed. */
    private List<Lane> all = List.of();
    /** Guarded. */
    private int made;
    /** Guarded: how often records came. */
    private long times;

    /**
     * @param mostSpan most messages of a partition that may have come past one that is not done
     */
    Lanes(MemberLock lock, int mostSpan) {
        this.lock = lock;
        this.mostSpan = mostSpan;
    }

    /** All of them. With the lock held, or for a look. */
    List<Lane> all() {
        return lock.get(() -> all);
    }

    @Nullable
    Lane of(TopicPartition partition) {
        lock.lock();
        try {
            return byPartition.get(partition);
        } finally {
            lock.unlock();
        }
    }

    /** A partition is this member's, for a receiver, from now on. */
    void add(KafkaReceiver receiver, Deliveries deliveries, TopicPartition partition, long restartAt) {
        lock.run(() -> {
            byPartition.put(partition, new Lane(deliveries, receiver, partition, ++made, restartAt, mostSpan));
            all = List.copyOf(byPartition.values());
        });
    }

    /** A lane goes on from where the last owner came. */
    void open(Lane lane, Progress from, long ownerNumber) {
        lock.run(() -> lane.open(from, ownerNumber));
    }

    // ---- what comes

    /** Whether the lane's next record has that offset or a later one; otherwise the log is another one. */
    boolean continues(Lane lane, long offset) {
        return lock.get(() -> !lane.isOpen() || lane.continues(offset));
    }

    /** Records of some partitions came at once. */
    void more() {
        lock.run(() -> times++);
    }

    /** Records of one partition came; returns whether there is something to pass on. */
    boolean arrived(Lane lane, List<KafkaDelivery> deliveries) {
        return lock.get(() -> {
            KafkaReceiver receiver = lane.receiver();
            if (!lane.isOpen() || receiver.isStopped()) {
                return false;
            }
            int wanted = 0;
            for (KafkaDelivery delivery : deliveries) {
                delivery.cameWith = times;
                wanted += lane.arrived(delivery) ? 1 : 0;
            }
            receiver.bufferedMore(wanted);
            return wanted > 0;
        });
    }

    /** Partitions that nothing is to be fetched of for now. */
    Set<TopicPartition> paused() {
        Set<TopicPartition> paused = new HashSet<>();
        lock.run(() -> all.forEach(lane -> {
            boolean takes = lane.isOpen()
                    && !lane.receiver().isFull()
                    && !lane.receiver().isStopped()
                    && lane.hasRoom();
            if (!takes) {
                paused.add(lane.partition());
            }
        }));
        return paused;
    }

    /** What is open since before the last call, each message once. */
    List<KafkaDelivery> lingering() {
        List<KafkaDelivery> lingering = new ArrayList<>();
        lock.run(() -> all.forEach(lane -> lane.lingering(lingering)));
        return lingering;
    }

    /** Goes past what comes before these offsets, and says which lanes do. */
    Map<TopicPartition, Long> passOver(Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> passed = new HashMap<>();
        lock.run(() -> ends.forEach((partition, end) -> {
            Lane lane = byPartition.get(partition);
            if (lane != null && lane.isOpen()) {
                lane.receiver().bufferedLess(lane.buffered());
                lane.passTo(end);
                passed.put(partition, end);
            }
        }));
        return passed;
    }

    /** Forgets what waits for credit at a receiver that takes no more. With the lock held. */
    void dropBuffersOf(KafkaReceiver receiver) {
        for (Lane lane : all) {
            if (lane.receiver() == receiver) {
                receiver.bufferedLess(lane.dropBuffer());
            }
        }
    }

    // ---- what goes

    /** The lanes of partitions that go, in the state of closing. What had not begun is lost at once, and told. */
    List<Lane> closing(Collection<TopicPartition> partitions, boolean tell, String why) {
        List<Lane> going = new ArrayList<>();
        Map<KafkaReceiver, List<KafkaDelivery>> lost = new HashMap<>();
        lock.run(() -> {
            for (TopicPartition partition : partitions) {
                Lane lane = byPartition.get(partition);
                if (lane != null) {
                    lane.receiver().bufferedLess(lane.buffered());
                    collect(lost, lane, lane.closing());
                    going.add(lane);
                }
            }
            lock.signalAll();
        });
        tellLost(lost, tell, why);
        return going;
    }

    /** The lanes are someone else's. What their handlers still do is lost, and told. */
    void gone(List<Lane> going, boolean tell, String why) {
        Map<KafkaReceiver, List<KafkaDelivery>> lost = new HashMap<>();
        Map<Lane, List<Completion>> forsaken = new LinkedHashMap<>();
        lock.run(() -> {
            for (Lane lane : going) {
                collect(lost, lane, lane.gone());
                forsaken.put(lane, lane.forsaken());
                byPartition.remove(lane.partition(), lane);
            }
            all = List.copyOf(byPartition.values());
            lock.signalAll();
        });
        lost.values().forEach(deliveries -> deliveries.forEach(KafkaDelivery::detach)); // nobody looks after them now
        tellLost(lost, tell, why);
        forsaken.forEach(Lanes::fail);
    }

    private static void collect(
            Map<KafkaReceiver, List<KafkaDelivery>> lost, Lane lane, List<KafkaDelivery> deliveries) {
        if (!deliveries.isEmpty()) {
            lost.computeIfAbsent(lane.receiver(), r -> new ArrayList<>()).addAll(deliveries);
        }
    }

    private void tellLost(Map<KafkaReceiver, List<KafkaDelivery>> lost, boolean tell, String why) {
        lost.forEach((receiver, deliveries) -> receiver.outlet().tell(() -> {
            if (tell) {
                receiver.outlet().sink().lost(deliveries, why);
            }
            lock.run(() -> {
                deliveries.forEach(delivery -> delivery.lossTold = true);
                lock.signalAll();
            });
        }));
    }

    private static void fail(Lane lane, List<Completion> forsaken) {
        forsaken.forEach(completion -> completion.failed(Deliveries.late(lane)));
    }

    /** Whether a handler of the lanes runs. With the lock held. */
    static boolean isQuiet(List<Lane> going) {
        return going.stream().noneMatch(lane -> lane.running() > 0);
    }

    // ---- commits

    /** What is to be committed of lanes with news, if it is time; empty if not. */
    List<Lane.Commit> commits(boolean due, int mostChars) {
        List<Lane.Commit> commits = new ArrayList<>();
        lock.run(() -> {
            boolean urgent = false;
            for (Lane lane : all) {
                urgent |= lane.isDirty() && lane.isUrgent();
            }
            if (due || urgent) {
                for (Lane lane : all) {
                    if (lane.isDirty()) {
                        commits.add(lane.commit(false, mostChars));
                    }
                }
            }
        });
        return commits;
    }

    /** What is committed last of lanes that go. */
    List<Lane.Commit> lastCommits(List<Lane> going, int mostChars) {
        List<Lane.Commit> commits = new ArrayList<>();
        lock.run(() -> going.forEach(lane -> {
            if (lane.state() == Lane.State.CLOSING) {
                commits.add(lane.commit(lane.running() == 0, mostChars));
            }
        }));
        return commits;
    }

    /** Commits ended, one way or the other. */
    void committed(List<Lane.Commit> commits, boolean successful) {
        List<Completion> done = new ArrayList<>();
        Map<Lane, List<Completion>> forsaken = new LinkedHashMap<>();
        lock.run(() -> {
            for (Lane.Commit commit : commits) {
                Lane lane = commit.lane();
                if (successful) {
                    done.addAll(lane.committed(commit));
                } else {
                    lane.notCommitted(commit);
                    if (lane.state() == Lane.State.GONE) {
                        forsaken.put(lane, lane.forsaken());
                    }
                }
            }
            lock.signalAll();
        });
        done.forEach(Completion::done);
        forsaken.forEach(Lanes::fail);
    }
}
