package dev.transload.mq.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * One member of a consumer group as the rest of this client sees it: who receives through it, what it is to do next, and
 * when it ends. Its {@link GroupLoop} alone talks to the broker.
 *
 * <p>Thread-safe, under the member's lock.
 */
final class GroupMember {

    private final String group;
    private final MemberLock lock = new MemberLock();
    private final Lanes lanes;
    private final Deliveries deliveries;
    /** Guarded: what each receiver reads. */
    private final Map<KafkaReceiver, Set<String>> topics = new LinkedHashMap<>();
    /** Guarded: receivers that leave while others stay. */
    private final Map<KafkaReceiver, CompletableFuture<Void>> leaving = new HashMap<>();
    /** Guarded: where the group is to go on. */
    private final Map<TopicPartition, Long> passing = new HashMap<>();
    /** Guarded. */
    private final List<CompletableFuture<Void>> passers = new ArrayList<>();

    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Runnable wakeup = () -> {};
    private boolean topicsChanged;
    private boolean nudged;
    private boolean polling;
    private boolean ending;
    private volatile Duration endWithin = Duration.ZERO;
    private volatile long lastContact;

    /**
     * @param group its id
     * @param mostSpan most messages of a partition that may have come past one that is not done
     */
    GroupMember(String group, int mostSpan, long nanos) {
        this.group = group;
        this.lanes = new Lanes(lock, mostSpan);
        this.deliveries = new Deliveries(lock, lanes, this::nudge);
        this.lastContact = nanos;
    }

    String group() {
        return group;
    }

    Lanes lanes() {
        return lanes;
    }

    Deliveries deliveries() {
        return deliveries;
    }

    /** How the loop is woken from a poll. */
    void wakeup(Runnable how) {
        lock.run(() -> wakeup = how);
    }

    /** Another loop takes over, and subscribes first. */
    void anew() {
        lock.run(() -> topicsChanged = true);
    }

    long lastContact() {
        return lastContact;
    }

    void contact(long nanos) {
        lastContact = nanos;
    }

    // ---- receivers

    /** A receiver joins, with the topics it reads; false if the member has ended or is about to. */
    boolean join(KafkaReceiver receiver, Set<String> names) {
        return lock.get(() -> {
            if (ending || ended.isDone()) {
                return false;
            }
            receiver.joined(this);
            topics.put(receiver, Set.copyOf(names));
            topicsChanged = true;
            nudge();
            return true;
        });
    }

    /** The topics that a receiver reads are these now. */
    void reads(KafkaReceiver receiver, Set<String> names) {
        lock.run(() -> {
            if (topics.containsKey(receiver) && !names.equals(topics.get(receiver))) {
                topics.put(receiver, Set.copyOf(names));
                topicsChanged = true;
                nudge();
            }
        });
    }

    /** Topics that a receiver reads; none once it has left. */
    Set<String> reading(KafkaReceiver receiver) {
        return lock.get(() -> topics.getOrDefault(receiver, Set.of()));
    }

    /** Stops handing out to a receiver. */
    CompletableFuture<Void> stop(KafkaReceiver receiver) {
        CompletableFuture<Void> stopped = new CompletableFuture<>();
        lock.run(() -> {
            receiver.stopped();
            lanes.dropBuffersOf(receiver);
            nudge();
        });
        receiver.outlet().tell(() -> stopped.complete(null));
        return stopped;
    }

    /** A receiver leaves; with the last one, the member does. */
    CompletableFuture<Void> leave(KafkaReceiver receiver, Duration timeout) {
        return lock.get(() -> {
            receiver.stopped();
            if (ended.isDone() || !topics.containsKey(receiver)) {
                return leaving.getOrDefault(receiver, ended).copy();
            }
            if (ending || topics.size() == 1) {
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
            return left.copy();
        });
    }

    /** The group goes past what comes before these offsets; done when the broker knows. */
    CompletableFuture<Void> passOver(Map<TopicPartition, Long> ends) {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        lock.run(() -> {
            if (ending || ended.isDone()) {
                passed.complete(null);
            } else {
                passing.putAll(ends);
                passers.add(passed);
                nudge();
            }
        });
        return passed;
    }

    /** Waits until the member receives from what its group has for it, at most so long. */
    void awaitBegun(Duration most) throws InterruptedException {
        try {
            begun.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Others take their time to let go; it begins when they have.
        }
    }

    // ---- for the loop

    /** It has what the group has for it at first. */
    void begins() {
        begun.complete(null);
    }

    /** The loop looks at once. */
    void nudge() {
        lock.run(() -> {
            nudged = true;
            lock.signalAll();
            if (polling) {
                polling = false;
                wakeup.run();
            }
        });
    }

    /** The loop is about to wait in a poll; false if there is something to do first. */
    boolean beginPoll() {
        return lock.get(() -> {
            polling = !nudged && !ending;
            nudged = false;
            return polling;
        });
    }

    void endPoll() {
        lock.run(() -> polling = false);
    }

    /** Waits until there is something to do, at most so long. */
    void awaitNudge(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!nudged && !ending && left > 0) {
                left = lock.await(left);
            }
            nudged = false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no handler of the lanes runs, at most so long, or the member ends; returns whether none runs. */
    boolean awaitQuiet(List<Lane> going, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!ending && left > 0 && !Lanes.isQuiet(going)) {
                left = lock.await(left);
            }
            return Lanes.isQuiet(going);
        } finally {
            lock.unlock();
        }
    }

    boolean isEnding() {
        return lock.get(() -> ending);
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
            Set<String> all = new LinkedHashSet<>();
            topics.values().forEach(all::addAll);
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Takes out those who leave while others stay. */
    Map<KafkaReceiver, CompletableFuture<Void>> takeLeaving() {
        return lock.get(() -> {
            Map<KafkaReceiver, CompletableFuture<Void>> all = new HashMap<>(leaving);
            leaving.clear();
            return all;
        });
    }

    /** Takes out where the group is to go on. */
    Map<TopicPartition, Long> takePassing() {
        return lock.get(() -> {
            Map<TopicPartition, Long> all = new HashMap<>(passing);
            passing.clear();
            return all;
        });
    }

    /** Takes out those who wait for it. */
    List<CompletableFuture<Void>> takePassers() {
        return lock.get(() -> {
            List<CompletableFuture<Void>> all = List.copyOf(passers);
            passers.clear();
            return all;
        });
    }

    /** A partition is this member's from now on, if one of its receivers reads it. */
    void assigned(TopicPartition partition, long restartAt) {
        lock.run(() -> reader(partition).ifPresent(receiver -> lanes.add(receiver, deliveries, partition, restartAt)));
    }

    /** Whether one of its receivers reads the partition. */
    boolean isRead(TopicPartition partition) {
        return lock.get(() -> reader(partition).isPresent());
    }

    private Optional<KafkaReceiver> reader(TopicPartition partition) {
        return topics.entrySet().stream()
                .filter(one -> one.getValue().contains(partition.topic())
                        && one.getKey().reads(partition))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** The member has ended. Returns those who were its receivers. */
    List<KafkaReceiver> ended() {
        List<KafkaReceiver> all = lock.get(() -> {
            ending = true;
            return List.copyOf(topics.keySet());
        });
        takeLeaving().values().forEach(left -> left.complete(null));
        takePassers().forEach(passed -> passed.complete(null));
        begun.complete(null);
        ended.complete(null);
        return all;
    }
}
