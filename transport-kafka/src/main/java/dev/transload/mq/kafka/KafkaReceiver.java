package dev.transload.mq.kafka;

import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.Place.Role;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * Deliveries of one place from the partitions that its consumer group gives this client.
 *
 * <p>Thread-safe.
 */
final class KafkaReceiver implements Receiver, Outlet.Feed {

    private final ReceiveSpec spec;
    private final Outlet outlet;
    private final int high;
    private final int low;
    private volatile GroupMember member;

    /** Guarded by the member's lock: messages that wait for credit. */
    private int buffered;
    /** Guarded by the member's lock: whether no more are fetched for now. */
    private boolean full;
    /** Guarded by the member's lock. */
    private boolean stopped;

    @SuppressWarnings("NullAway.Init") // it joins before anyone else has it
    KafkaReceiver(ReceiveSpec spec, Sink sink) {
        this.spec = spec;
        this.outlet = new Outlet(sink, this);
        this.high = Math.max(1, spec.maxCredit());
        this.low = high / 2;
    }

    void joined(GroupMember group) {
        member = group;
    }

    ReceiveSpec spec() {
        return spec;
    }

    Outlet outlet() {
        return outlet;
    }

    /** The topics it reads, as far as their names are known in advance. */
    Set<String> topics() {
        return topics(spec);
    }

    /** The topics to read, as far as their names are known in advance. */
    static Set<String> topics(ReceiveSpec spec) {
        Set<String> topics = new LinkedHashSet<>();
        Place from = spec.from();
        if (from.role() == Role.GROUP && from.topic() != null && !spec.pattern()) {
            topics.add(from.topic());
        }
        topics.add(KafkaNames.topic(from));
        return topics;
    }

    /** Whether it receives from the partition, which is one of its topics'. */
    boolean reads(TopicPartition partition) {
        int only = KafkaNames.partition(spec.from());
        return only < 0 || only == partition.partition();
    }

    /** What a message of a topic was sent to, as far as the topic tells. */
    String destination(String topic, dev.transload.mq.Message message) {
        return destination(spec.from(), topic, message);
    }

    /** What a message of a topic was sent to, for one who receives from a place. */
    static String destination(Place from, String topic, dev.transload.mq.Message message) {
        if (from.role() != Role.GROUP || from.topic() == null) {
            return from.name();
        }
        boolean own = topic.equals(KafkaNames.topic(from));
        return own
                ? message.annotations().getOrDefault(dev.transload.mq.spi.Annotations.DESTINATION, from.topic())
                : topic;
    }

    @Override
    public void credit(int n) {
        outlet.credit(n);
    }

    @Override
    public void take(List<? super Incoming> into, int most) {
        member.deliveries().take(this, into, most);
    }

    @Override
    public CompletableFuture<Void> stop() {
        return member.stop(this);
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        return member.leave(this, timeout);
    }

    @Override
    public long lastContact() {
        return member.lastContact();
    }

    // ---- with the member's lock held

    boolean isStopped() {
        return stopped;
    }

    void stopped() {
        stopped = true;
    }

    void bufferedMore(int n) {
        buffered += n;
        if (buffered >= high) {
            full = true;
        }
    }

    /** Returns whether it has room again. */
    boolean bufferedLess(int n) {
        buffered -= n;
        if (full && buffered <= low) {
            full = false;
            return true;
        }
        return false;
    }

    boolean isFull() {
        return full;
    }

    boolean hasBuffered() {
        return buffered > 0;
    }
}
