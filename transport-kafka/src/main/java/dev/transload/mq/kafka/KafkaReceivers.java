package dev.transload.mq.kafka;

import dev.transload.mq.MessagingException;
import dev.transload.mq.Topology;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TransportContext;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * All that this client receives with: members of groups, readers without one, and the reply inbox.
 *
 * <p>Thread-safe.
 */
final class KafkaReceivers implements KafkaAdmin.Tenants {

    private static final Duration DELETED = Duration.ofSeconds(5);
    /** How long a start may take before it counts as begun. */
    private static final Duration BEGINS = Duration.ofSeconds(3);

    /** A lane is not kept from all for the sake of one message that cannot be sent on for now. */
    private static final Duration LANE_REVOCATION = Duration.ofMillis(500);
    /** The coordinator is silent for a session while it waits for a member that has just died. */
    private static final Duration LANE_SILENCE = Duration.ofSeconds(2);

    private final TransportContext context;
    private final KafkaOptions options;
    private final BrokerInfo broker;
    private final KafkaAsk ask;
    private final KafkaTopology topology;
    private final KafkaConsumers consumers;
    private final GroupStart groups;
    private final GroupShare shares;
    private final TopicPatterns patterns;
    private final ShareGroups shareGroups;
    private final ShareReceivers sharers;
    private final Map<KafkaReceiver, GroupMember> members = new ConcurrentHashMap<>();
    private final KafkaReaders readers;
    private final AtomicInteger threads = new AtomicInteger();
    private final Lock sharing = new ReentrantLock();
    /** Guarded by {@code sharing}: members with more than one receiver, by group. */
    private final Map<String, GroupMember> shared = new HashMap<>();

    private volatile boolean closed;

    KafkaReceivers(
            TransportContext context,
            KafkaOptions options,
            BrokerInfo broker,
            KafkaAsk ask,
            KafkaTopology topology,
            KafkaConsumers consumers) {
        this.context = context;
        this.options = options;
        this.broker = broker;
        this.ask = ask;
        this.topology = topology;
        this.consumers = consumers;
        this.groups = new GroupStart(ask);
        this.shares = new GroupShare(ask);
        this.patterns = new TopicPatterns(ask);
        this.readers = new KafkaReaders(context, ask, topology, consumers, patterns);
        this.shareGroups = new ShareGroups(ask, groups, topology, broker, options.shares());
        this.sharers = new ShareReceivers(ask, consumers, patterns, context.time());
    }

    GroupStart groups() {
        return groups;
    }

    ShareGroups shareGroups() {
        return shareGroups;
    }

    /** Starts to receive. Blocks. */
    Receiver receive(ReceiveSpec spec, Sink sink) throws ExecutionException, InterruptedException {
        requireOpen("receive from " + spec.from().name());
        if (spec.ephemeral()) {
            return readers.readFromNow(spec, sink);
        }
        Place from = spec.from();
        if (from.role() == Role.GROUP) {
            declareGroup(from, spec.startAt());
        } else {
            topology.declare(from);
            requireThere(from);
        }
        if (shareGroups.reads(from)) {
            return shareFrom(spec, sink);
        }
        KafkaReceiver receiver = new KafkaReceiver(spec, sink);
        Set<String> topics = receiver.topics();
        if (spec.pattern() && from.topic() != null) {
            topics.addAll(matching(from.topic()));
        }
        if (from.role() == Role.DELAY_LANE) {
            return share(receiver, topics);
        }
        GroupMember member = join(receiver, topics);
        member.awaitBegun(BEGINS);
        shares.await(member, topics, isTogether(from), consumers.shareWait());
        return receiver;
    }

    private ShareReceiver shareFrom(ReceiveSpec spec, Sink sink) throws ExecutionException, InterruptedException {
        Place from = spec.from();
        Set<String> topics = KafkaReceiver.topics(spec);
        if (spec.pattern() && from.topic() != null) {
            topics.addAll(matching(from.topic()));
        }
        if (from.role() != Role.GROUP) {
            shareGroups.begin(from, Set.of(), false, null);
        }
        ShareReceiver receiver = sharers.receive(spec, sink, topics);
        if (closed) {
            var unused = receiver.close(Duration.ZERO);
        }
        return receiver;
    }

    private void requireThere(Place from) throws ExecutionException, InterruptedException {
        if (topology.policy() == Topology.NONE && ask.topic(KafkaNames.topic(from)) == null) {
            throw new dev.transload.mq.DestinationNotFoundException(
                    "kafka: there is no topic " + KafkaNames.topic(from), null);
        }
    }

    private void requireOpen(String what) {
        if (closed) {
            throw KafkaAsk.closed(what);
        }
    }

    /** Makes or checks a group, and writes where it starts if it is new. Blocks. */
    void declareGroup(Place group, @Nullable Instant startAt) throws ExecutionException, InterruptedException {
        boolean made = topology.declare(group);
        List<String> topics = new ArrayList<>();
        String topic = group.topic();
        if (topic != null) {
            topics.addAll(KafkaNames.isPattern(topic) ? matching(topic) : Set.of(topic));
        }
        if (shareGroups.reads(group)) {
            shareGroups.begin(group, topics, made, startAt);
        } else if (made) {
            groups.born(group, topics, startAt);
        } else if (topology.policy() == Topology.CREATE) {
            groups.found(group, topics, startAt);
        } else if (groups.offsets(KafkaNames.group(group)).isEmpty()) {
            groups.born(group, topics, startAt);
        }
    }

    // Of an ordered group, partitions of one number go to one member.
    private static boolean isTogether(Place from) {
        return from.role() == Role.GROUP && from.shape().ordered();
    }

    private GroupMember join(KafkaReceiver receiver, Set<String> topics) {
        Place from = receiver.spec().from();
        int span = from.role() == Role.DEAD_LETTERS ? Integer.MAX_VALUE : KafkaCapabilities.SPAN;
        GroupMember member =
                new GroupMember(KafkaNames.group(from), span, context.time().nanos());
        member.join(receiver, topics);
        int records = receiver.spec().maxCredit();
        boolean together = isTogether(from);
        run(
                member,
                () -> consumers.member(member.group(), together, records),
                consumers.revocationWait(receiver.spec().maxProcessingTime()),
                consumers.session());
        remember(receiver, member);
        return member;
    }

    // A close that is under way may have missed it.
    private void remember(KafkaReceiver receiver, GroupMember member) {
        members.put(receiver, member);
        if (closed) {
            var unused = member.leave(receiver, Duration.ZERO);
        }
    }

    private void run(
            GroupMember member,
            Supplier<Consumer<byte[], ByteBuffer>> consumer,
            Duration revocationWait,
            Duration session) {
        GroupLoop.Settings settings =
                new GroupLoop.Settings(revocationWait, session, KafkaCapabilities.SPAN, broker.maxMetadataChars());
        GroupLoop loop = new GroupLoop(
                member,
                consumer.get(),
                context.time(),
                settings,
                this::failed,
                () -> run(member, consumer, revocationWait, session));
        loop.start("mq-kafka-receive-" + threads.incrementAndGet());
    }

    // One member of the group for all of this client's lanes.
    private KafkaReceiver share(KafkaReceiver receiver, Set<String> topics) {
        String group = KafkaNames.group(receiver.spec().from());
        sharing.lock();
        try {
            GroupMember member = shared.get(group);
            if (member == null || !member.join(receiver, topics)) {
                member = new GroupMember(
                        group, KafkaCapabilities.SPAN, context.time().nanos());
                member.join(receiver, topics);
                run(
                        member,
                        () -> consumers.lanes(group),
                        LANE_REVOCATION,
                        KafkaConsumers.lanesSession(options, broker).plus(LANE_SILENCE));
                shared.put(group, member);
            }
            remember(receiver, member);
        } finally {
            sharing.unlock();
        }
        return receiver;
    }

    /** Opens a reply inbox. Blocks. */
    Receiver openInbox(Sink sink) throws ExecutionException, InterruptedException {
        requireOpen("open a reply inbox");
        return readers.openInbox(sink);
    }

    private void failed(KafkaReceiver receiver, Throwable cause) {
        members.remove(receiver);
        MessagingException failure =
                KafkaErrors.operation("receive from " + receiver.spec().from().name(), cause);
        receiver.outlet().tell(() -> receiver.outlet().sink().failed(failure));
    }

    // ---- what the watch finds

    /** All topics that are read. */
    Set<String> topics() {
        Set<String> topics = new LinkedHashSet<>();
        forgetLeft();
        members.forEach((receiver, member) -> topics.addAll(member.reading(receiver)));
        topics.addAll(readers.topics());
        topics.addAll(sharers.topics());
        return topics;
    }

    private void forgetLeft() {
        members.forEach((receiver, member) -> {
            if (member.reading(receiver).isEmpty()) {
                members.remove(receiver);
            }
        });
    }

    /** A topic is there. */
    void found(String topic, Set<TopicPartition> partitions) {
        readers.found(topic, partitions);
        sharers.found(topic, partitions.size());
    }

    /** A topic is gone: whoever receives from the place it stands for has nothing left. */
    void missing(String topic, MessagingException why) {
        members.forEach((receiver, member) -> {
            if (KafkaNames.topic(receiver.spec().from()).equals(topic) && members.remove(receiver, member)) {
                var unused = member.leave(receiver, Duration.ofSeconds(1));
                receiver.outlet().tell(() -> receiver.outlet().sink().failed(why));
            }
        });
        sharers.missing(topic, why);
    }

    void lookForPatterns() throws ExecutionException, InterruptedException {
        sharers.look();
        sharers.lookForPatterns();
        for (Map.Entry<KafkaReceiver, GroupMember> one : members.entrySet()) {
            ReceiveSpec spec = one.getKey().spec();
            if (spec.pattern() && spec.from().topic() != null) {
                Set<String> topics = one.getKey().topics();
                topics.addAll(matching(spec.from().topic()));
                one.getValue().reads(one.getKey(), topics);
            }
        }
        readers.lookForPatterns();
    }

    // ---- what admin asks

    @Override
    public Set<String> matching(String pattern) throws ExecutionException, InterruptedException {
        return patterns.matching(pattern);
    }

    @Override
    public void deleted(Place place) throws InterruptedException {
        topology.forget(KafkaNames.topic(place));
        List<CompletableFuture<Void>> left = new ArrayList<>(sharers.deleted(place, DELETED));
        members.forEach((receiver, member) -> {
            if (receiver.spec().from().name().equals(place.name()) && members.remove(receiver, member)) {
                left.add(member.leave(receiver, DELETED));
                MessagingException why = new dev.transload.mq.DestinationNotFoundException(
                        "kafka: " + place.name() + " was deleted", null);
                receiver.outlet().tell(() -> receiver.outlet().sink().failed(why));
            }
        });
        await(left);
    }

    private static void await(List<CompletableFuture<Void>> all) throws InterruptedException {
        try {
            CompletableFuture.allOf(all.toArray(new CompletableFuture<?>[0]))
                    .get(DELETED.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            // It goes on by itself; what follows finds what it finds.
        }
    }

    @Override
    public boolean passOver(Place place, Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException {
        String group = KafkaNames.group(place);
        List<GroupMember> own = members.values().stream()
                .filter(member -> member.group().equals(group))
                .distinct()
                .toList();
        if (own.isEmpty()) {
            return false;
        }
        ConsumerGroupDescription described = ask.get(
                        ask.admin().describeConsumerGroups(List.of(group)).all())
                .get(group);
        if (described != null && described.members().size() > own.size()) {
            return false;
        }
        await(own.stream().map(member -> member.passOver(ends)).toList());
        return true;
    }

    /** Closes all. */
    CompletableFuture<Void> close(Duration timeout) {
        closed = true;
        List<CompletableFuture<Void>> ends = new ArrayList<>(sharers.close(timeout));
        members.keySet().forEach(receiver -> ends.add(receiver.close(timeout)));
        ends.add(readers.close(timeout));
        return CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]));
    }
}
