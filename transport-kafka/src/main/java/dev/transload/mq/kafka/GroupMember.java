package dev.transload.mq.kafka;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What one member of a consumer group holds: its receivers and the partitions assigned to it. The member's {@link
 * GroupLoop} talks to the broker; everyone else comes here.
 *
 * <p>Thread-safe: one lock guards receivers, lanes and deliveries. Completions and sinks are called without it.
 */
final class GroupMember {

    private static final int HURRY_AFTER = 1_000;

    final ReentrantLock lock = new ReentrantLock();
    /** Something happened that someone waits for. */
    final Condition changed = lock.newCondition();

    private final String group;
    private final int mostSpan;
    /** Guarded. */
    private final Map<TopicPartition, Lane> lanes = new LinkedHashMap<>();
    /** Guarded. */
    private final Map<KafkaReceiver, Set<String>> topics = new LinkedHashMap<>();
    /** Guarded: receivers that leave while others stay. */
    private final Map<KafkaReceiver, CompletableFuture<Void>> leaving = new HashMap<>();

    /** Guarded: where the group is to go on. */
    private final Map<TopicPartition, Long> passing = new HashMap<>();
    /** Guarded. */
    private final List<CompletableFuture<Void>> passers = new ArrayList<>();

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Runnable wakeup = () -> {};
    /** Guarded. */
    private boolean topicsChanged;
    /** Guarded: whether the loop should look at once. */
    private boolean nudged;
    /** Guarded: whether the loop waits within a poll. */
    private boolean polling;

    private int acksSinceCommit;
    private int lanesMade;
    private boolean ending;
    private Duration endWithin = Duration.ZERO;
    private volatile long lastContact;

    /**
     * @param group its id
     * @param mostSpan most messages of a partition that may have come past one that is not done
     */
    GroupMember(String group, int mostSpan, long nanos) {
        this.group = group;
        this.mostSpan = mostSpan;
        this.lastContact = nanos;
    }

    String group() {
        return group;
    }

    /** How the loop is woken from a poll; set before anyone else has the member. */
    void wakeup(Runnable how) {
        wakeup = how;
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    // ---- receivers

    /** A receiver joins, with the topics it reads; false if the member has ended or is about to. */
    boolean join(KafkaReceiver receiver, Set<String> names) {
        lock.lock();
        try {
            if (ending || ended.isDone()) {
                return false;
            }
            receiver.joined(this);
            topics.put(receiver, Set.copyOf(names));
            topicsChanged = true;
            nudge();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** The topics that a receiver reads are others now. */
    void reads(KafkaReceiver receiver, Set<String> names) {
        locked(() -> {
            if (topics.containsKey(receiver) && !names.equals(topics.get(receiver))) {
                topics.put(receiver, Set.copyOf(names));
                topicsChanged = true;
                nudge();
            }
        });
    }

    /** Topics that its receivers read. */
    Set<String> reading(KafkaReceiver receiver) {
        lock.lock();
        try {
            return topics.getOrDefault(receiver, Set.of());
        } finally {
            lock.unlock();
        }
    }

    /** Stops handing out to a receiver. */
    CompletableFuture<Void> stop(KafkaReceiver receiver) {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        locked(() -> {
            receiver.stopped();
            for (Lane lane : lanes.values()) {
                if (lane.receiver() == receiver) {
                    receiver.bufferedLess(lane.dropBuffer());
                }
            }
            nudge();
        });
        receiver.outlet().tell(() -> stopped.complete(null));
        return stopped;
    }

    /** A receiver leaves; with the last one, the member does. */
    CompletableFuture<Void> leave(KafkaReceiver receiver, Duration timeout) {
        lock.lock();
        try {
            receiver.stopped();
            if (ended.isDone() || !topics.containsKey(receiver)) {
                return leaving.getOrDefault(receiver, ended).copy();
            }
            if (topics.size() == 1) {
                ending = true;
                endWithin = timeout;
                nudge();
                return ended.copy();
            }
            topics.remove(receiver);
            topicsChanged = true;
            CompletableFuture<Void> left = new CompletableFuture<>();
            leaving.put(receiver, left);
            nudge();
            return left;
        } finally {
            lock.unlock();
        }
    }

    List<KafkaReceiver> receivers() {
        lock.lock();
        try {
            return List.copyOf(topics.keySet());
        } finally {
            lock.unlock();
        }
    }

    long lastContact() {
        return lastContact;
    }

    void contact(long nanos) {
        lastContact = nanos;
    }

    // ---- deliveries

    /** Moves messages that wait for credit to the engine's list, the partitions in turn. */
    void take(KafkaReceiver receiver, List<? super Incoming> into, int most) {
        lock.lock();
        try {
            if (!receiver.hasBuffered() || receiver.isStopped()) {
                return;
            }
            List<Lane> all = new ArrayList<>(lanes.values());
            int first = receiver.turn(all.size());
            int taken = 0;
            for (int i = 0; i < all.size() && taken < most; i++) {
                Lane lane = all.get((first + i) % all.size());
                if (lane.receiver() == receiver) {
                    taken += lane.take(into, most - taken);
                }
            }
            if (receiver.bufferedLess(taken)) {
                nudge();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A handler is about to begin. Returns at once, except after a crash, when the start is committed first; and if the
     * delivery is lost, when the engine has been told so.
     */
    void began(KafkaDelivery delivery) {
        Lane lane = delivery.ownLane();
        lock.lock();
        try {
            if (lane.owns(delivery)) {
                lane.noteStart(delivery);
                if (lane.mustNoteStart(delivery)) {
                    awaitNoted(lane, delivery);
                } else {
                    lane.began(delivery);
                }
            }
            while (delivery.stage == KafkaDelivery.Stage.LOST && !delivery.lossTold) {
                changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void awaitNoted(Lane lane, KafkaDelivery delivery) {
        delivery.stage = KafkaDelivery.Stage.STARTING;
        lane.hurry();
        long commit = lane.nextCommit();
        nudge();
        boolean interrupted = false;
        while (delivery.stage == KafkaDelivery.Stage.STARTING && !lane.isCommitted(commit) && !interrupted) {
            try {
                changed.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (delivery.stage == KafkaDelivery.Stage.STARTING) {
            lane.began(delivery);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void ack(KafkaDelivery delivery, Completion completion) {
        Lane lane = delivery.ownLane();
        boolean owned;
        lock.lock();
        try {
            owned = lane.owns(delivery);
            if (owned) {
                lane.ack(delivery, completion);
                if (++acksSinceCommit == HURRY_AFTER) {
                    lane.hurry();
                    nudge();
                }
                tellWhoWaitsForQuiet(lane);
            }
        } finally {
            lock.unlock();
        }
        if (!owned) {
            tooLate(delivery, completion);
        }
    }

    void note(KafkaDelivery delivery, int failures, Completion completion) {
        Lane lane = delivery.ownLane();
        boolean owned;
        lock.lock();
        try {
            owned = lane.owns(delivery);
            if (owned) {
                lane.failed(delivery, failures, completion);
                nudge();
                tellWhoWaitsForQuiet(lane);
            }
        } finally {
            lock.unlock();
        }
        if (!owned) {
            tooLate(delivery, completion);
        }
    }

    void release(KafkaDelivery delivery, boolean cutShort, Completion completion) {
        Lane lane = delivery.ownLane();
        KafkaReceiver receiver = lane.receiver();
        boolean owned;
        boolean later = false;
        boolean again = false;
        lock.lock();
        try {
            owned = lane.owns(delivery);
            if (owned) {
                later = lane.released(delivery, cutShort, completion);
                delivery.lossTold = true; // who gives it back knows
                again = lane.isOpen() && !receiver.isStopped();
                if (again) {
                    lane.putBack(delivery);
                    receiver.bufferedMore(1);
                }
                if (later) {
                    lane.hurry();
                    nudge();
                }
                tellWhoWaitsForQuiet(lane);
            }
        } finally {
            lock.unlock();
        }
        if (!owned) {
            tooLate(delivery, completion);
        } else if (!later) {
            completion.done();
        }
        if (again) {
            receiver.outlet().pass();
        }
    }

    void renew(KafkaDelivery delivery, Completion completion) {
        boolean owned;
        lock.lock();
        try {
            owned = delivery.ownLane().owns(delivery);
        } finally {
            lock.unlock();
        }
        if (owned) {
            completion.done();
        } else {
            tooLate(delivery, completion);
        }
    }

    // Lock held.
    private void tellWhoWaitsForQuiet(Lane lane) {
        if (lane.state() == Lane.State.CLOSING && lane.running() == 0) {
            changed.signalAll();
        }
    }

    // Order could break if the engine met a lost lease here before its sink was told, and went on with its key.
    private void tooLate(KafkaDelivery delivery, Completion completion) {
        boolean settled = delivery.stage == KafkaDelivery.Stage.SETTLED;
        delivery.ownLane()
                .receiver()
                .outlet()
                .tell(() -> completion.failed(
                        settled
                                ? new IllegalStateException("kafka: the delivery is settled already")
                                : late(delivery.ownLane())));
    }

    private static LeaseLostException late(Lane lane) {
        return new LeaseLostException("kafka: partition " + lane.partition() + " was lost before", null);
    }

    // ---- for the loop

    /** Lock held or not: the loop looks at once. */
    void nudge() {
        locked(() -> {
            nudged = true;
            changed.signalAll();
            if (polling) {
                polling = false;
                wakeup.run();
            }
        });
    }

    /** The loop is about to wait in a poll; false if there is something to do first. */
    boolean beginPoll() {
        lock.lock();
        try {
            polling = !nudged && !ending;
            nudged = false;
            return polling;
        } finally {
            lock.unlock();
        }
    }

    void endPoll() {
        locked(() -> polling = false);
    }

    /** Waits until there is something to do, at most so long. */
    void awaitNudge(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!nudged && !ending && left > 0) {
                left = changed.awaitNanos(left);
            }
            nudged = false;
        } finally {
            lock.unlock();
        }
    }

    boolean isEnding() {
        lock.lock();
        try {
            return ending;
        } finally {
            lock.unlock();
        }
    }

    Duration endWithin() {
        return endWithin;
    }

    /** All topics, if they are others than at the last call; else null. */
    @Nullable
    Set<String> newTopics() {
        lock.lock();
        try {
            if (!topicsChanged) {
                return null;
            }
            topicsChanged = false;
            Set<String> all = new java.util.LinkedHashSet<>();
            topics.values().forEach(all::addAll);
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** The group goes past what comes before these offsets; done when the broker knows. */
    CompletableFuture<Void> passOver(Map<TopicPartition, Long> ends) {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        lock.lock();
        try {
            if (ending || ended.isDone()) {
                passed.complete(null);
            } else {
                passing.putAll(ends);
                passers.add(passed);
                nudge();
            }
        } finally {
            lock.unlock();
        }
        return passed;
    }

    /** Lanes that go past something, and where to; those who wait for it are told with the next commit. */
    Map<TopicPartition, Long> takePassing() {
        Map<TopicPartition, Long> taken = new HashMap<>();
        locked(() -> {
            for (Map.Entry<TopicPartition, Long> one : passing.entrySet()) {
                Lane lane = lanes.get(one.getKey());
                if (lane != null && lane.isOpen()) {
                    lane.receiver().bufferedLess(lane.buffered());
                    lane.passTo(one.getValue());
                    taken.put(one.getKey(), one.getValue());
                }
            }
            passing.clear();
        });
        return taken;
    }

    /** Those who wait for something to be passed. */
    List<CompletableFuture<Void>> takePassers() {
        lock.lock();
        try {
            List<CompletableFuture<Void>> all = List.copyOf(passers);
            passers.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out those who leave while others stay. */
    Map<KafkaReceiver, CompletableFuture<Void>> takeLeaving() {
        lock.lock();
        try {
            Map<KafkaReceiver, CompletableFuture<Void>> all = new HashMap<>(leaving);
            leaving.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** A partition is this member's from now on. */
    void assigned(TopicPartition partition, long restartAt) {
        locked(() -> {
            for (Map.Entry<KafkaReceiver, Set<String>> one : topics.entrySet()) {
                if (one.getValue().contains(partition.topic())) {
                    Lane lane = new Lane(this, one.getKey(), partition, ++lanesMade, restartAt, mostSpan);
                    lanes.put(partition, lane);
                    return;
                }
            }
        });
    }

    @Nullable
    Lane lane(TopicPartition partition) {
        lock.lock();
        try {
            return lanes.get(partition);
        } finally {
            lock.unlock();
        }
    }

    List<Lane> lanes() {
        lock.lock();
        try {
            return List.copyOf(lanes.values());
        } finally {
            lock.unlock();
        }
    }

    /** The lanes of partitions that go, in the state of closing. What had not begun is lost at once, and told. */
    List<Lane> closing(Collection<TopicPartition> partitions, boolean tell, String why) {
        List<Lane> going = new ArrayList<>();
        Map<KafkaReceiver, List<KafkaDelivery>> lost = new HashMap<>();
        locked(() -> {
            for (TopicPartition partition : partitions) {
                Lane lane = lanes.get(partition);
                if (lane != null) {
                    lane.receiver().bufferedLess(lane.buffered());
                    collect(lost, lane, lane.closing());
                    going.add(lane);
                }
            }
            changed.signalAll();
        });
        tellLost(lost, tell, why);
        return going;
    }

    /** The lanes are someone else's. What their handlers still do is lost, and told. */
    void gone(List<Lane> going, boolean tell, String why) {
        Map<KafkaReceiver, List<KafkaDelivery>> lost = new HashMap<>();
        List<Completion> forsaken = new ArrayList<>();
        locked(() -> {
            for (Lane lane : going) {
                collect(lost, lane, lane.gone());
                forsaken.addAll(lane.forsaken());
                lanes.remove(lane.partition(), lane);
            }
            changed.signalAll();
        });
        tellLost(lost, tell, why);
        going.stream().findFirst().ifPresent(lane -> forsaken.forEach(completion -> completion.failed(late(lane))));
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
            locked(() -> {
                deliveries.forEach(delivery -> delivery.lossTold = true);
                changed.signalAll();
            });
        }));
    }

    /** What is to be committed of lanes with news, if it is time; empty if not. */
    List<Lane.Commit> commits(boolean due, int mostChars) {
        List<Lane.Commit> commits = new ArrayList<>();
        locked(() -> {
            boolean urgent = false;
            for (Lane lane : lanes.values()) {
                urgent |= lane.isDirty() && lane.isUrgent();
            }
            if (!due && !urgent) {
                return;
            }
            acksSinceCommit = 0;
            for (Lane lane : lanes.values()) {
                if (lane.isDirty()) {
                    commits.add(lane.commit(false, mostChars));
                }
            }
        });
        return commits;
    }

    /** What is committed last of lanes that go. */
    List<Lane.Commit> lastCommits(List<Lane> going, int mostChars) {
        List<Lane.Commit> commits = new ArrayList<>();
        locked(() -> going.forEach(lane -> {
            if (lane.state() == Lane.State.CLOSING) {
                commits.add(lane.commit(lane.running() == 0, mostChars));
            }
        }));
        return commits;
    }

    /** Commits ended, one way or the other. */
    void committed(List<Lane.Commit> commits, boolean successful) {
        List<Completion> done = new ArrayList<>();
        locked(() -> {
            for (Lane.Commit commit : commits) {
                Lane lane = commit.lane();
                if (successful) {
                    done.addAll(lane.committed(commit));
                } else {
                    lane.notCommitted(commit);
                }
            }
            changed.signalAll();
        });
        done.forEach(Completion::done);
        if (!successful) {
            forsakeGone(commits);
        }
    }

    private void forsakeGone(List<Lane.Commit> commits) {
        for (Lane.Commit commit : commits) {
            List<Completion> forsaken = new ArrayList<>();
            locked(() -> {
                if (commit.lane().state() == Lane.State.GONE) {
                    forsaken.addAll(commit.lane().forsaken());
                }
            });
            forsaken.forEach(completion -> completion.failed(late(commit.lane())));
        }
    }

    /** Waits until no handler of the lanes runs, at most so long, or the member ends. */
    boolean awaitQuiet(List<Lane> going, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!ending && left > 0 && going.stream().anyMatch(lane -> lane.running() > 0)) {
                left = changed.awaitNanos(left);
            }
            return going.stream().noneMatch(lane -> lane.running() > 0);
        } finally {
            lock.unlock();
        }
    }

    /** Records of one partition came; returns its receiver if there is something to pass on. */
    @Nullable
    KafkaReceiver arrived(Lane lane, List<KafkaDelivery> deliveries) {
        lock.lock();
        try {
            if (!lane.isOpen()) {
                return null;
            }
            KafkaReceiver receiver = lane.receiver();
            if (receiver.isStopped()) {
                return null;
            }
            int wanted = 0;
            for (KafkaDelivery delivery : deliveries) {
                wanted += lane.arrived(delivery) ? 1 : 0;
            }
            receiver.bufferedMore(wanted);
            return wanted == 0 ? null : receiver;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the lane's next record has that offset or a later one; otherwise the log is another one. */
    boolean continues(Lane lane, long offset) {
        lock.lock();
        try {
            return !lane.isOpen() || lane.continues(offset);
        } finally {
            lock.unlock();
        }
    }

    /** Partitions that nothing is to be fetched of for now. */
    Set<TopicPartition> paused() {
        Set<TopicPartition> paused = new java.util.HashSet<>();
        locked(() -> lanes.values().forEach(lane -> {
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

    /** The member has ended. Returns those who were its receivers. */
    List<KafkaReceiver> ended() {
        List<KafkaReceiver> all = receivers();
        takeLeaving().values().forEach(left -> left.complete(null));
        takePassers().forEach(passed -> passed.complete(null));
        ended.complete(null);
        return all;
    }

    /** How long a commit that is not urgent may wait. */
    static final long COMMIT_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
}
