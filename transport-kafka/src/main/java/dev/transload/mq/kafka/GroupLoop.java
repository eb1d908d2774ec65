package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetMetadataTooLarge;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one member of a consumer group, which alone talks to its consumer: polls, commits, and hands partitions
 * over. Handlers never run here, so it polls however slow they are.
 */
final class GroupLoop implements ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(GroupLoop.class);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TROUBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final int LEAST_CHARS = 16;

    private final GroupMember member;
    private final Consumer<byte[], byte[]> consumer;
    private final TimeSource time;
    private final Duration revocationWait;
    private final int mostSpan;
    private final Failed failed;
    private final Contact contact;
    private final Set<TopicPartition> pausedNow = new HashSet<>();
    private int mostChars;
    private boolean committing;
    private long lastCommit;
    private boolean subscribed;

    /** Told when the member can receive no more. */
    interface Failed {
        void failed(KafkaReceiver receiver, Throwable cause);
    }

    GroupLoop(
            GroupMember member,
            Consumer<byte[], byte[]> consumer,
            TimeSource time,
            Duration revocationWait,
            int mostSpan,
            int mostChars,
            Failed failed) {
        this.member = member;
        this.consumer = consumer;
        this.time = time;
        this.revocationWait = revocationWait;
        this.mostSpan = mostSpan;
        this.mostChars = mostChars;
        this.failed = failed;
        this.contact = new Contact(consumer);
        member.wakeup(consumer::wakeup);
    }

    /** Starts the thread. */
    void start(String name) {
        KafkaAsk.daemon(this::run, name).start();
    }

    private void run() {
        Throwable fatal = null;
        try {
            while (!member.isEnding() && fatal == null) {
                try {
                    step();
                } catch (WakeupException e) {
                    LOG.trace("kafka: woken", e);
                } catch (KafkaException e) {
                    if (isFatal(e)) {
                        fatal = e;
                    } else {
                        LOG.warn("kafka: trouble in group {}, goes on: {}", member.group(), e.toString());
                        member.awaitNudge(TROUBLE_NANOS);
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("kafka: group {} is interrupted", member.group());
        } catch (RuntimeException | Error e) {
            LOG.error("kafka: the loop of group {} broke", member.group(), e);
            fatal = e;
        }
        end(fatal);
    }

    private static boolean isFatal(KafkaException e) {
        return e instanceof AuthorizationException
                || e instanceof AuthenticationException
                || e instanceof InvalidGroupIdException
                || e instanceof InvalidTopicException
                || e instanceof InconsistentGroupProtocolException
                || e instanceof UnsupportedVersionException;
    }

    private void step() throws InterruptedException {
        subscribe();
        if (!subscribed) {
            member.awaitNudge(POLL_NANOS);
            return;
        }
        openFresh();
        passOver();
        commitDue();
        boolean fetches = pause();
        Duration wait = Duration.ZERO;
        if (!fetches) {
            member.awaitNudge(POLL_NANOS);
        } else if (member.beginPoll()) {
            wait = Duration.ofNanos(POLL_NANOS);
        }
        ConsumerRecords<byte[], byte[]> records;
        try {
            records = consumer.poll(wait);
        } finally {
            member.endPoll();
        }
        if (contact.changed()) {
            member.contact(time.nanos());
        }
        if (!records.isEmpty()) {
            take(records);
        }
    }

    private void subscribe() {
        Set<String> topics = member.newTopics();
        if (topics == null) {
            return;
        }
        Map<KafkaReceiver, CompletableFuture<Void>> leaving = member.takeLeaving();
        if (!leaving.isEmpty()) {
            List<TopicPartition> theirs = member.lanes().stream()
                    .filter(lane -> leaving.containsKey(lane.receiver()))
                    .map(Lane::partition)
                    .toList();
            handOver(theirs, Duration.ZERO, false, "the receiver was closed");
        }
        if (topics.isEmpty()) {
            consumer.unsubscribe();
        } else {
            consumer.subscribe(topics, this);
        }
        subscribed = !topics.isEmpty();
        leaving.values().forEach(left -> left.complete(null));
    }

    // ---- partitions come and go, within a poll

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        member.endPoll();
        LOG.debug("kafka: group {} gets {}", member.group(), partitions);
        partitions.forEach(partition -> member.assigned(partition, -1));
        consumer.pause(partitions);
        pausedNow.addAll(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        member.endPoll();
        LOG.debug("kafka: group {} hands over {}", member.group(), partitions);
        handOver(partitions, revocationWait, true, "its partition goes to another member");
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        member.endPoll();
        LOG.info("kafka: group {} has lost {}", member.group(), partitions);
        String why = "kafka: its partition was taken away";
        member.gone(member.closing(partitions, true, why), true, why);
        pausedNow.removeAll(partitions);
    }

    /** Lets handlers end, commits what they did, and lets go. */
    private void handOver(Collection<TopicPartition> partitions, Duration most, boolean tell, String reason) {
        if (partitions.isEmpty()) {
            return;
        }
        String why = "kafka: " + reason;
        List<Lane> going = member.closing(partitions, tell, why);
        try {
            awaitQuiet(going, most);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<Lane.Commit> last = member.lastCommits(going, mostChars);
        commitSync(last);
        member.gone(going, tell, why);
        pausedNow.removeAll(partitions);
    }

    // Others of this member go on meanwhile, so their commits are made, too.
    private void awaitQuiet(List<Lane> going, Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (!member.awaitQuiet(
                going, Math.min(GroupMember.COMMIT_EVERY_NANOS, Math.max(0, deadline - System.nanoTime())))) {
            if (member.isEnding() || System.nanoTime() >= deadline) {
                return;
            }
            commitSync(member.commits(true, mostChars));
        }
    }

    // ---- where a partition goes on

    private void openFresh() {
        Set<TopicPartition> fresh = new LinkedHashSet<>();
        for (Lane lane : member.lanes()) {
            if (lane.state() == Lane.State.FRESH) {
                fresh.add(lane.partition());
            }
        }
        if (fresh.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> committed = again(() -> consumer.committed(fresh, ANSWER));
        Map<TopicPartition, Long> starts = again(() -> consumer.beginningOffsets(fresh, ANSWER));
        Map<TopicPartition, Long> ends = again(() -> consumer.endOffsets(fresh, ANSWER));
        for (TopicPartition partition : fresh) {
            Lane lane = member.lane(partition);
            if (lane == null || lane.state() != Lane.State.FRESH) {
                continue;
            }
            long start = starts.getOrDefault(partition, 0L);
            Progress from = from(lane, committed.get(partition), start)
                    .handedOver(mostSpan, ends.getOrDefault(partition, start));
            consumer.seek(partition, from.base());
            member.lock.lock();
            try {
                lane.open(from, Math.max(from.fence() + 1, time.millis()));
            } finally {
                member.lock.unlock();
            }
        }
    }

    private static Progress from(Lane lane, @Nullable OffsetAndMetadata committed, long start) {
        if (lane.restartAt() >= 0) {
            return Progress.at(lane.restartAt());
        }
        if (committed == null) {
            return Progress.at(start);
        }
        return ProgressText.read(committed.offset(), committed.metadata()).from(start);
    }

    private void passOver() {
        Map<TopicPartition, Long> passing = member.takePassing();
        passing.forEach(consumer::seek);
        List<CompletableFuture<Void>> passers = member.takePassers();
        if (!passers.isEmpty()) {
            commitSync(member.commits(true, mostChars));
            passers.forEach(passed -> passed.complete(null));
        }
    }

    // A wake-up meant for a poll that had just ended.
    private static <T> T again(Supplier<T> call) {
        try {
            return call.get();
        } catch (WakeupException e) {
            return call.get();
        }
    }

    /** Pauses and resumes partitions as it must be; returns whether any is fetched, or may come. */
    private boolean pause() {
        Set<TopicPartition> wanted = member.paused();
        Set<TopicPartition> assigned = consumer.assignment();
        wanted.retainAll(assigned);
        pausedNow.retainAll(assigned);
        if (!wanted.equals(pausedNow)) {
            Set<TopicPartition> resume = new HashSet<>(pausedNow);
            resume.removeAll(wanted);
            Set<TopicPartition> pause = new HashSet<>(wanted);
            pause.removeAll(pausedNow);
            if (!resume.isEmpty()) {
                consumer.resume(resume);
            }
            if (!pause.isEmpty()) {
                consumer.pause(pause);
            }
            pausedNow.clear();
            pausedNow.addAll(wanted);
        }
        return assigned.isEmpty() || wanted.size() < assigned.size();
    }

    // ---- commits

    private void commitDue() {
        if (committing) {
            return;
        }
        boolean due = System.nanoTime() - lastCommit >= GroupMember.COMMIT_EVERY_NANOS;
        List<Lane.Commit> commits = member.commits(due, mostChars);
        if (commits.isEmpty()) {
            return;
        }
        lastCommit = System.nanoTime();
        committing = true;
        try {
            consumer.commitAsync(offsets(commits), (offsets, failure) -> {
                committing = false;
                ended(commits, failure);
            });
        } catch (KafkaException e) {
            committing = false;
            ended(commits, e);
        }
    }

    private void commitSync(List<Lane.Commit> commits) {
        if (commits.isEmpty()) {
            return;
        }
        lastCommit = System.nanoTime();
        try {
            again(() -> {
                consumer.commitSync(offsets(commits), ANSWER);
                return true;
            });
            ended(commits, null);
        } catch (KafkaException e) {
            ended(commits, e);
        }
    }

    private void ended(List<Lane.Commit> commits, @Nullable Exception failure) {
        if (failure instanceof OffsetMetadataTooLarge) {
            mostChars = mostChars < LEAST_CHARS ? 0 : mostChars / 2;
            LOG.warn(
                    "kafka: the broker takes less metadata with an offset than it says, tries {} characters from now on",
                    mostChars);
        } else if (failure != null) {
            LOG.debug("kafka: a commit of group {} failed", member.group(), failure);
        }
        member.committed(commits, failure == null);
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(List<Lane.Commit> commits) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        commits.forEach(commit -> offsets.put(
                commit.lane().partition(),
                new OffsetAndMetadata(
                        commit.base(), Optional.empty(), commit.written().text())));
        return offsets;
    }

    // ---- records

    private void take(ConsumerRecords<byte[], byte[]> records) {
        Set<KafkaReceiver> receivers = new LinkedHashSet<>();
        for (TopicPartition partition : records.partitions()) {
            Lane lane = member.lane(partition);
            if (lane == null) {
                continue;
            }
            List<ConsumerRecord<byte[], byte[]>> own = records.records(partition);
            if (!member.continues(lane, own.get(0).offset())) {
                restart(lane, own.get(0).offset());
                continue;
            }
            List<KafkaDelivery> deliveries = new ArrayList<>(own.size());
            for (ConsumerRecord<byte[], byte[]> record : own) {
                Message message = KafkaMessages.message(record);
                deliveries.add(new KafkaDelivery(
                        lane,
                        record.offset(),
                        message,
                        lane.receiver().destination(record.topic(), message),
                        KafkaMessages.storedAt(record, message)));
            }
            KafkaReceiver receiver = member.arrived(lane, deliveries);
            if (receiver != null) {
                receivers.add(receiver);
            }
        }
        receivers.forEach(receiver -> receiver.outlet().pass());
    }

    // Offsets that were passed already: the topic was made anew, or its log was cut. What is known is of the old one.
    private void restart(Lane lane, long offset) {
        TopicPartition partition = lane.partition();
        LOG.warn("kafka: {} starts again at offset {}, its log is another one", partition, offset);
        String why = "kafka: the log of its partition is another one";
        List<TopicPartition> one = List.of(partition);
        member.gone(member.closing(one, true, why), true, why);
        member.assigned(partition, offset);
        consumer.pause(one);
        pausedNow.add(partition);
    }

    // ---- the end

    private void end(@Nullable Throwable fatal) {
        String why = "kafka: the receiver was closed";
        List<TopicPartition> all = member.lanes().stream().map(Lane::partition).toList();
        boolean tell = fatal != null;
        try {
            if (fatal == null) {
                handOver(all, Duration.ZERO, false, "the receiver was closed");
            } else {
                member.gone(member.closing(all, tell, why), tell, why);
            }
        } catch (RuntimeException e) {
            LOG.debug("kafka: group {} ends without its last commit", member.group(), e);
        }
        Duration within = member.endWithin().compareTo(ANSWER) < 0 ? member.endWithin() : ANSWER;
        try {
            consumer.close(CloseOptions.timeout(within.isZero() ? Duration.ofMillis(500) : within));
        } catch (RuntimeException e) {
            LOG.debug("kafka: the consumer of group {} did not close well", member.group(), e);
        }
        List<KafkaReceiver> receivers = member.ended();
        if (fatal != null) {
            receivers.forEach(receiver -> failed.failed(receiver, fatal));
        }
    }
}
