package dev.transload.mq.client;

import dev.transload.mq.Message;
import dev.transload.mq.Shape;
import dev.transload.mq.spi.Capabilities;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import dev.transload.mq.spi.Place;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Priorities where the broker has none: a place for each level, received together. Each level may have its own share of
 * the prefetch unsettled, twice that of the level below it and at least one, so that under a backlog the levels are
 * handled in about that proportion and none starves.
 *
 * <p>A share comes back to its level when a delivery of that level is settled or lost, so the flow's own credit, given
 * once for all, is never exceeded. Thread-safe.
 */
final class PriorityLanes implements Receiver {

    private final List<Lane> lanes;
    private final AtomicBoolean opened = new AtomicBoolean();

    private PriorityLanes(List<Lane> lanes) {
        this.lanes = lanes;
    }

    /** Whether places of a shape need lanes on this broker. */
    static boolean needed(Shape shape, Capabilities capable) {
        return shape.priorities() > 1 && !capable.has(Capability.PRIORITY);
    }

    /** The lanes of a place, lowest level first. */
    static List<Place> of(Place home) {
        List<Place> places = new ArrayList<>();
        for (int level = 0; level < home.shape().priorities(); level++) {
            places.add(Places.priorityLane(home, level));
        }
        return places;
    }

    /** The lane a message belongs on: that of its priority, the lowest for one without or with an unknown one. */
    static Place laneFor(Place home, Message message) {
        int level = Math.max(0, Math.min(message.priority(), home.shape().priorities() - 1));
        return Places.priorityLane(home, level);
    }

    /**
     * How many deliveries of each level may be unsettled, lowest level first.
     *
     * @throws dev.transload.mq.UnsupportedCapabilityException if there are more levels than deliveries
     */
    static int[] shares(String name, int prefetch, int levels, Capabilities capable) {
        if (prefetch < levels) {
            throw Refused.levels(name, levels, prefetch, capable);
        }
        int weights = (1 << levels) - 1;
        int[] shares = new int[levels];
        int rest = prefetch - levels;
        int given = 0;
        for (int level = 0; level < levels; level++) {
            int more = (int) ((long) rest * (1 << level) / weights);
            shares[level] = 1 + more;
            given += 1 + more;
        }
        shares[levels - 1] += prefetch - given;
        return shares;
    }

    /** Receives from all lanes of the spec's place. */
    static CompletableFuture<Receiver> receive(Transport transport, ReceiveSpec spec, Sink sink) {
        List<Place> places = of(spec.from());
        int[] shares = shares(
                spec.from().name(),
                spec.maxCredit(),
                places.size(),
                transport.capabilities(spec.from().shape()));
        List<Lane> lanes = new ArrayList<>();
        List<CompletableFuture<Receiver>> started = new ArrayList<>();
        for (int level = 0; level < places.size(); level++) {
            Lane lane = new Lane(sink, shares[level]);
            ReceiveSpec one = ReceiveSpec.builder(places.get(level), shares[level])
                    .lease(spec.lease())
                    .maxProcessingTime(spec.maxProcessingTime())
                    .ephemeral(spec.ephemeral())
                    .startAt(spec.startAt())
                    .headerFilter(spec.headerFilter())
                    .build();
            lanes.add(lane);
            started.add(transport.receive(one, lane).thenApply(lane::attached));
        }
        return CompletableFuture.allOf(started.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> new PriorityLanes(lanes));
    }

    // The flow gives its whole prefetch at the start; from then on each lane looks after its own share.
    @Override
    public void credit(int n) {
        if (opened.compareAndSet(false, true)) {
            for (int level = lanes.size() - 1; level >= 0; level--) {
                lanes.get(level).open();
            }
        }
    }

    @Override
    public CompletableFuture<Void> stop() {
        return all(lanes.stream().map(lane -> lane.receiver().stop()).toList());
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        return all(lanes.stream().map(lane -> lane.receiver().close(timeout)).toList());
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Void>> futures) {
        return CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]));
    }

    @Override
    public long lastContact() {
        long latest = lanes.get(0).receiver().lastContact();
        for (Lane lane : lanes) {
            latest = Math.max(latest, lane.receiver().lastContact());
        }
        return latest;
    }

    /** One level: the transport's sink, and the keeper of the level's share. */
    private static final class Lane implements Sink {
        private final Sink sink;
        private final int share;
        private final Map<Incoming, LaneDelivery> out = Collections.synchronizedMap(new IdentityHashMap<>());
        private volatile @Nullable Receiver receiver;

        Lane(Sink sink, int share) {
            this.sink = sink;
            this.share = share;
        }

        Receiver attached(Receiver started) {
            receiver = started;
            return started;
        }

        Receiver receiver() {
            Receiver r = receiver;
            if (r == null) {
                throw new IllegalStateException("the lane has not started");
            }
            return r;
        }

        void open() {
            receiver().credit(share);
        }

        void left(Incoming delivery) {
            if (out.remove(delivery) != null) {
                receiver().credit(1);
            }
        }

        @Override
        public void deliver(Incoming delivery) {
            LaneDelivery wrapped = new LaneDelivery(this, delivery);
            out.put(delivery, wrapped);
            sink.deliver(wrapped);
        }

        @Override
        public void lost(List<? extends Incoming> deliveries, String why) {
            List<LaneDelivery> lost = new ArrayList<>();
            for (Incoming delivery : deliveries) {
                LaneDelivery wrapped = out.get(delivery);
                if (wrapped != null) {
                    lost.add(wrapped);
                }
            }
            sink.lost(lost, why);
            lost.forEach(delivery -> left(delivery.delivery()));
        }

        @Override
        public void failed(Throwable cause) {
            sink.failed(cause);
        }
    }

    /** A delivery that brings its share back to its lane when it is settled. */
    private record LaneDelivery(Lane level, Incoming delivery) implements Incoming {

        @Override
        public Message message() {
            return delivery.message();
        }

        @Override
        public String destination() {
            return delivery.destination();
        }

        @Override
        public long storedAt() {
            return delivery.storedAt();
        }

        @Override
        public int lane() {
            return delivery.lane();
        }

        @Override
        public int brokerCount() {
            return delivery.brokerCount();
        }

        @Override
        public int notedFailures() {
            return delivery.notedFailures();
        }

        @Override
        public boolean mayHaveBegun() {
            return delivery.mayHaveBegun();
        }

        @Override
        public long fence() {
            return delivery.fence();
        }

        @Override
        public void began() {
            delivery.began();
        }

        @Override
        public void ack(Completion completion) {
            delivery.ack(completion);
            level.left(delivery);
        }

        @Override
        public void release(Duration delay, boolean failed, Completion completion) {
            delivery.release(delay, failed, completion);
            level.left(delivery);
        }

        @Override
        public void renew(Completion completion) {
            delivery.renew(completion);
        }

        @Override
        public void note(int failures, Completion completion) {
            delivery.note(failures, completion);
        }

        @Override
        public void moveTo(Outgoing outgoing) {
            delivery.moveTo(outgoing);
            level.left(delivery);
        }
    }
}
