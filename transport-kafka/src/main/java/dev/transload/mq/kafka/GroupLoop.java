package dev.transload.mq.kafka;

import dev.transload.mq.Message;
import dev.transload.mq.spi.TimeSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one member of a consumer group, which alone talks to its consumer: polls, has commits made, and hands
 * partitions over. Handlers never run here, so it polls however slow they are.
 *
 * <p>A member that has heard nothing from its coordinator for as long as a session lasts takes its partitions for lost,
 * since someone else may have them, and asks again where they stand once it hears of it. A consumer that its group does
 * not know any more, as after a broker has lost all it had, is of no use for good: another takes its place.
 */
final class GroupLoop implements ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(GroupLoop.class);

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long AWAITED_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long TROUBLE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** A message keeps the buffer of its fetch for twice as long at most, and a poll. */
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration LEAST_END = Duration.ofMillis(500);

    private final GroupMember member;
    private final Lanes lanes;
    private final Consumer<byte[], ByteBuffer> consumer;
    private final Committer committer;
    private final LaneStarts starts;
    private final Settings settings;
    private final Failed failed;
    private final Runnable another;
    private final TimeSource time;
    private final Contact contact;
    private final Pauses pauses;
    private final Beginning begin;
    private final HeldPartitions held = new HeldPartitions();
    private boolean subscribed;
    /** When it last looked for messages that linger. */
    private long lookedAt = System.nanoTime();
    /** Since when it has taken its partitions for lost, 0 if it has not. */
    private long silentSince;

    /** Told when the member can receive no more. */
    interface Failed {
        void failed(KafkaReceiver receiver, Throwable cause);
    }

    /**
     * How a member behaves.
     *
     * @param revocationWait how long a partition that goes elsewhere waits for its handlers
     * @param session after which silence its coordinator takes a member for dead
     * @param mostSpan how far past the base of a partition its last owner can have come
     * @param mostChars longest metadata of an offset that the broker takes
     */
    record Settings(Duration revocationWait, Duration session, int mostSpan, int mostChars) {}

    /**
     * @param another starts a loop for the member anew, with another consumer
     */
    GroupLoop(
            GroupMember member,
            Consumer<byte[], ByteBuffer> consumer,
            TimeSource time,
            Settings settings,
            Failed failed,
            Runnable another) {
        this.member = member;
        this.lanes = member.lanes();
        this.consumer = consumer;
        this.committer = new Committer(member.group(), lanes, consumer, settings.mostChars(), System::nanoTime);
        this.pauses = new Pauses(lanes, consumer);
        this.begin = new Beginning(lanes, consumer);
        this.settings = settings;
        this.failed = failed;
        this.another = another;
        this.time = time;
        this.contact = new Contact(consumer, settings.session(), System.nanoTime());
        this.starts = new LaneStarts(
                member.group(), lanes, consumer, time, settings.mostSpan(), () -> look(System.nanoTime()));
        member.wakeup(consumer::wakeup);
    }

    /** Starts the thread. */
    void start(String name) {
        KafkaAsk.daemon(this::run, name).start();
    }

    private void run() {
        Throwable fatal = null;
        boolean useless = false;
        try {
            while (!member.isEnding() && fatal == null && !useless) {
                try {
                    step();
                } catch (WakeupException e) {
                    LOG.trace("kafka: woken", e);
                } catch (IllegalStateException e) {
                    // The consumer's own thread may take partitions away between two calls; the next poll tells.
                    LOG.debug("kafka: group {} was not in the state expected, goes on", member.group(), e);
                    member.awaitNudge(TROUBLE_NANOS);
                } catch (KafkaException e) {
                    if (KafkaErrors.isFinalForMembers(e)) {
                        fatal = e;
                    } else {
                        LOG.warn("kafka: trouble in group {}, goes on: {}", member.group(), e.toString());
                        member.awaitNudge(TROUBLE_NANOS);
                        useless = KafkaErrors.isTheEndOfMembership(e);
                    }
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("kafka: group {} is interrupted", member.group());
        } catch (RuntimeException | Error e) {
            LOG.error("kafka: the loop of group {} broke", member.group(), e);
            fatal = e;
        }
        if (fatal != null || !useless) {
            end(fatal);
        } else {
            makeWay();
        }
    }

    private void makeWay() {
        lose(lanes.all().stream().map(Lane::partition).toList(), "its group does not know this member any more");
        Leaving.leave(consumer, false, ANSWER);
        committer.abandon();
        try {
            member.anew();
            another.run();
        } catch (KafkaException e) {
            end(e);
        }
    }

    private void step() throws InterruptedException {
        subscribe();
        if (!subscribed) {
            member.awaitNudge(POLL_NANOS);
            return;
        }
        mind();
        starts.openFresh();
        passOver();
        committer.begin();
        if (begin.isNow()) {
            member.begins();
        }
        boolean fetches = pauses.set();
        Duration wait = Duration.ZERO;
        if (!fetches) {
            member.awaitNudge(committer.isAwaited() ? AWAITED_NANOS : POLL_NANOS);
        } else if (member.beginPoll()) {
            // The answer to a commit is told within a poll, and does not end it.
            wait = Duration.ofNanos(committer.isAwaited() ? AWAITED_NANOS : POLL_NANOS);
        }
        ConsumerRecords<byte[], ByteBuffer> records;
        try {
            records = consumer.poll(wait);
        } finally {
            member.endPoll();
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
            List<TopicPartition> theirs = lanes.all().stream()
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

    // ---- whether it still is a member

    private void mind() {
        long now = System.nanoTime();
        look(now);
        detach(now);
        boolean over = contact.wasOver();
        if (silentSince != 0 && contact.answeredSince(silentSince)) {
            LOG.info("kafka: group {} is heard of again", member.group());
            silentSince = 0;
        } else if (silentSince == 0 && over && !lanes.all().isEmpty()) {
            LOG.warn(
                    "kafka: nothing was heard of group {} for {}, its partitions count as lost",
                    member.group(),
                    settings.session());
            silentSince = now;
            lose(lanes.all().stream().map(Lane::partition).toList(), "nothing was heard of its group for a session");
        }
        if (silentSince == 0) {
            for (TopicPartition partition : held.of(consumer.assignment())) {
                // Taken for lost before, and still this member's after all.
                if (lanes.of(partition) == null && member.isRead(partition)) {
                    member.assigned(partition, -1);
                }
            }
        }
    }

    private void look(long now) {
        if (contact.look(now)) {
            member.contact(time.nanos());
        }
    }

    private void lose(Collection<TopicPartition> partitions, String reason) {
        String why = "kafka: " + reason;
        lanes.gone(lanes.closing(partitions, true, why), true, why);
    }

    // ---- partitions come and go, within a poll

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        member.endPoll();
        LOG.debug("kafka: group {} gets {}", member.group(), partitions);
        held.given(partitions);
        partitions.forEach(partition -> member.assigned(partition, -1));
        pauses.begin(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        member.endPoll();
        LOG.debug("kafka: group {} hands over {}", member.group(), partitions);
        held.taken(partitions);
        handOver(partitions, settings.revocationWait(), true, "its partition goes to another member");
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        member.endPoll();
        LOG.info("kafka: group {} has lost {}", member.group(), partitions);
        held.taken(partitions);
        lose(partitions, "its partition was taken away");
        pauses.forget(partitions);
    }

    /** Lets handlers end, commits what they did, and lets go. */
    private void handOver(Collection<TopicPartition> partitions, Duration most, boolean tell, String reason) {
        if (partitions.isEmpty()) {
            return;
        }
        String why = "kafka: " + reason;
        List<Lane> going = lanes.closing(partitions, tell, why);
        try {
            awaitQuiet(going, most);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        committer.last(going);
        lanes.gone(going, tell, why);
        pauses.forget(partitions);
    }

    // Others of this member go on meanwhile, so their commits are made, too.
    private void awaitQuiet(List<Lane> going, Duration most) throws InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        while (!member.awaitQuiet(going, Math.min(Committer.EVERY_NANOS, Math.max(0, deadline - System.nanoTime())))) {
            long now = System.nanoTime();
            look(now);
            detach(now);
            if (member.isEnding() || now >= deadline || contact.isOver()) {
                return;
            }
            committer.all();
        }
    }

    // ---- what is asked of it

    private void passOver() {
        List<CompletableFuture<Void>> passers = member.takePassers();
        if (passers.isEmpty()) {
            return;
        }
        lanes.passOver(member.takePassing()).forEach(consumer::seek);
        committer.all();
        passers.forEach(passed -> passed.complete(null));
    }

    // ---- records

    private void take(ConsumerRecords<byte[], ByteBuffer> records) {
        lanes.more();
        Set<KafkaReceiver> receivers = new LinkedHashSet<>();
        for (TopicPartition partition : records.partitions()) {
            Lane lane = lanes.of(partition);
            if (lane == null) {
                continue;
            }
            List<ConsumerRecord<byte[], ByteBuffer>> own = records.records(partition);
            if (!lanes.continues(lane, own.get(0).offset())) {
                restart(lane, own.get(0).offset());
                continue;
            }
            List<KafkaDelivery> deliveries = new ArrayList<>(own.size());
            for (ConsumerRecord<byte[], ByteBuffer> record : own) {
                Message message = KafkaMessages.late(record);
                deliveries.add(new KafkaDelivery(
                        lane,
                        record.offset(),
                        message,
                        lane.receiver().destination(record.topic(), message),
                        KafkaMessages.storedAt(record, message)));
            }
            if (lanes.arrived(lane, deliveries)) {
                receivers.add(lane.receiver());
            }
        }
        receivers.forEach(receiver -> receiver.outlet().pass());
    }

    // Offsets that were passed already: the topic was made anew, or its log was cut. What is known is of the old one.
    private void restart(Lane lane, long offset) {
        TopicPartition partition = lane.partition();
        LOG.warn("kafka: {} starts again at offset {}, its log is another one", partition, offset);
        List<TopicPartition> one = List.of(partition);
        lose(one, "the log of its partition is another one");
        member.assigned(partition, offset);
        pauses.begin(one);
    }

    // Whatever its handler does, a message keeps no more than itself in memory before long.
    private void detach(long now) {
        if (now - lookedAt >= LINGER_NANOS) {
            lookedAt = now;
            lanes.lingering().forEach(KafkaDelivery::detach);
        }
    }

    // ---- the end

    private void end(@Nullable Throwable fatal) {
        List<TopicPartition> all = lanes.all().stream().map(Lane::partition).toList();
        try {
            if (fatal == null) {
                handOver(all, Duration.ZERO, false, "the receiver was closed");
            } else {
                lose(all, "its receiver failed");
            }
        } catch (RuntimeException e) {
            LOG.debug("kafka: group {} ends without its last commit", member.group(), e);
        }
        Duration within = member.endWithin().compareTo(ANSWER) < 0 ? member.endWithin() : ANSWER;
        Leaving.leave(consumer, subscribed && fatal == null, within.isZero() ? LEAST_END : within);
        committer.abandon();
        List<KafkaReceiver> receivers = member.ended();
        if (fatal != null) {
            receivers.forEach(receiver -> failed.failed(receiver, fatal));
        }
    }
}
