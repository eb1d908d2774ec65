package dev.transload.mq.kafka;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.ReceiveSpec;
import dev.transload.mq.spi.Receiver;
import dev.transload.mq.spi.Sink;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries of one place from a share group, in which consumers take messages one by one and as many consumers as one
 * likes share a partition.
 *
 * <p>A share consumer brings nothing new while one of the messages it lent out has no outcome. So a receiver has several,
 * its {@link ShareSlots slots}: one at first, and one more, of those {@link SlotSizes} has, whenever all of them hold
 * messages and the engine would take more.
 *
 * <p>Thread-safe, under the receiver's lock. The engine's calls change state and wake a slot; no call waits. When it
 * closes, every slot tells the outcomes it has, and what has none goes back to the group.
 */
final class ShareReceiver implements Receiver, Outlet.Feed {

    private final ReceiveSpec spec;
    private final Outlet outlet;
    private final MemberLock lock = new MemberLock();
    private final BiConsumer<ShareReceiver, @Nullable Throwable> onEnd;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Guarded: messages that wait for credit. */
    private final ArrayDeque<ShareDelivery> buffer = new ArrayDeque<>();
    /** Guarded. */
    private final ShareSlots slots;

    /** Guarded: how many more deliveries the engine takes. */
    private int credit;
    /** Guarded: bytes that had come when someone last looked. */
    private double seenBytes;

    private boolean stopped;
    private boolean closing;
    private @Nullable Throwable fatal;
    private volatile Duration closeWithin = Duration.ZERO;
    private final TimeSource time;
    private volatile long lastContact;

    /**
     * @param topics what it reads
     * @param divided those of them that have more than one partition
     * @param onEnd told when all slots have ended, with the cause if it was not closed
     */
    ShareReceiver(
            ReceiveSpec spec,
            Sink sink,
            Set<String> topics,
            Set<String> divided,
            TimeSource time,
            Opener opener,
            BiConsumer<ShareReceiver, @Nullable Throwable> onEnd) {
        this.spec = spec;
        this.outlet = new Outlet(sink, this);
        this.slots = new ShareSlots(spec, topics, divided, (size, needs) -> opener.open(this, size, needs));
        this.onEnd = onEnd;
        this.time = time;
        this.lastContact = time.nanos();
    }

    /** Makes slots of a receiver, see {@link ShareSlots.Opener}. */
    interface Opener {
        ShareSlot open(ShareReceiver receiver, int size, int needs);
    }

    /** Begins with one slot. */
    void start() {
        lock.run(slots::add);
    }

    ReceiveSpec spec() {
        return spec;
    }

    Outlet outlet() {
        return outlet;
    }

    MemberLock lock() {
        return lock;
    }

    /** The topics it reads. */
    Set<String> topics() {
        return lock.get(slots::topics);
    }

    /** The topics that a slot reads. */
    Set<String> topics(ShareSlot slot) {
        return lock.get(() -> slots.topics(slot));
    }

    /** It reads these topics from now on. */
    void reads(Collection<String> now) {
        lock.run(() -> slots.reads(now));
    }

    /** A topic has so many partitions. */
    void found(String topic, int partitions) {
        lock.run(() -> slots.found(topic, partitions));
    }

    String destination(String topic, Message message) {
        return KafkaReceiver.destination(spec.from(), topic, message);
    }

    // ---- for the engine

    @Override
    public void credit(int n) {
        lock.run(() -> {
            credit += n;
            wakeThoseWithRoom();
        });
        outlet.credit(n);
    }

    @Override
    public void take(List<? super Incoming> into, int most) {
        lock.run(() -> {
            for (int i = 0; i < most && !stopped && !buffer.isEmpty(); i++) {
                ShareDelivery next = buffer.removeFirst();
                next.handedOut();
                into.add(next);
                credit--;
            }
        });
    }

    void ack(ShareDelivery delivery, Completion completion) {
        if (!settle(delivery, AcknowledgeType.ACCEPT, completion)) {
            tooLate(delivery, completion);
        }
    }

    /** The message goes back; as long as this receiver takes more, to the head of those that wait here. */
    void release(ShareDelivery delivery, boolean failed, Completion completion) {
        boolean again = lock.get(() -> {
            if (stopped || delivery.stage != ShareDelivery.Stage.HANDED) {
                return false;
            }
            delivery.stage = ShareDelivery.Stage.BUFFERED;
            delivery.failedHere += failed ? 1 : 0;
            buffer.addFirst(delivery);
            return true;
        });
        if (again) {
            completion.done();
            outlet.pass();
        } else if (!settle(delivery, AcknowledgeType.RELEASE, completion)) {
            tooLate(delivery, completion);
        }
    }

    /** The slot renews by itself. */
    void renew(ShareDelivery delivery, Completion completion) {
        if (lock.get(() -> delivery.stage == ShareDelivery.Stage.HANDED)) {
            completion.done();
        } else {
            tooLate(delivery, completion);
        }
    }

    private boolean settle(ShareDelivery delivery, AcknowledgeType outcome, Completion completion) {
        return lock.get(() -> {
            if (delivery.stage != ShareDelivery.Stage.HANDED) {
                return false;
            }
            settled(delivery, outcome, completion);
            return true;
        });
    }

    // Lock held.
    private static void settled(ShareDelivery delivery, AcknowledgeType outcome, Completion completion) {
        delivery.stage = ShareDelivery.Stage.SETTLED;
        delivery.outcome = outcome;
        delivery.completion = completion;
        delivery.slot().settled(delivery);
    }

    private void tooLate(ShareDelivery delivery, Completion completion) {
        boolean settled = lock.get(() -> delivery.stage == ShareDelivery.Stage.SETTLED);
        outlet.tell(() -> completion.failed(
                settled ? new IllegalStateException("kafka: the delivery is settled already") : late(delivery.id())));
    }

    static LeaseLostException late(ShareDelivery.Id id) {
        return new LeaseLostException(
                "kafka: the share group took back offset " + id.offset() + " of " + id.topic() + "-" + id.partition(),
                null);
    }

    @Override
    public CompletableFuture<Void> stop() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        lock.run(this::stopIntake);
        outlet.tell(() -> done.complete(null));
        return done;
    }

    // Lock held. What waits here goes back, which the broker counts.
    private void stopIntake() {
        stopped = true;
        for (ShareDelivery waiting : buffer) {
            settled(waiting, AcknowledgeType.RELEASE, Completion.IGNORED);
        }
        buffer.clear();
        slots.all().forEach(ShareSlot::wake);
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        lock.run(() -> {
            closeWithin = timeout;
            closing = true;
            stopIntake();
            if (slots.all().isEmpty()) {
                ended.complete(null);
            }
        });
        return ended.copy();
    }

    @Override
    public long lastContact() {
        look();
        return lastContact;
    }

    /** Looks whether brokers answer, and whether slots ask them. To be called now and then. */
    void look() {
        long now = time.nanos();
        lock.run(() -> {
            double bytes = 0;
            for (ShareSlot slot : slots.all()) {
                bytes += slot.bytes();
            }
            if (bytes != seenBytes) {
                seenBytes = bytes;
                lastContact = now;
            }
        });
    }

    /** Has polls begin anew that have stopped asking. Seconds apart. */
    void lookAtPolls() {
        lock.run(() -> slots.all().forEach(ShareSlot::look));
    }

    // ---- for the slots

    Duration closeWithin() {
        return closeWithin;
    }

    boolean isClosing() {
        return lock.get(() -> closing);
    }

    /** Whether it takes no more. */
    boolean isStopped() {
        return lock.get(() -> stopped);
    }

    /** Keeps room for what a slot's poll may bring; false if the engine would not take so many, or others come before. */
    boolean reserve(ShareSlot slot) {
        return lock.get(() -> !stopped && slots.reserve(slot, free()));
    }

    /** A slot ends that kept room. */
    void unreserve(ShareSlot slot) {
        lock.run(() -> {
            slots.unreserve(slot);
            wakeThoseWithRoom();
        });
    }

    // Lock held.
    private void wakeThoseWithRoom() {
        if (!stopped && slots.isOneWaitingThatMay(free())) {
            lock.signalAll();
        }
    }

    // Lock held. How many messages the engine would take beside those that wait for it.
    private int free() {
        return credit - buffer.size();
    }

    /** Waits until a slot may poll, or the receiver takes no more; at most so long. */
    void awaitRoom(ShareSlot slot, long nanos) throws InterruptedException {
        lock.lock();
        try {
            slot.awaitsRoom = true;
            long left = nanos;
            while (left > 0 && !stopped && !slots.mayBring(slot, free())) {
                left = lock.await(left);
            }
        } finally {
            slot.awaitsRoom = false;
            lock.unlock();
        }
    }

    /**
     * Waits until all the slot holds has outcomes, or the receiver closes; at most so long.
     *
     * @param one whether the first outcome is enough
     */
    void awaitOutcomes(ShareSlot slot, boolean one, long nanos) throws InterruptedException {
        lock.lock();
        try {
            slot.awaitsOne = one;
            long left = nanos;
            while (left > 0 && !closing && !slot.hasOutcomes(one)) {
                left = lock.await(left);
            }
        } finally {
            slot.awaitsOne = false;
            lock.unlock();
        }
    }

    /** Waits, unless the receiver closes. */
    void awaitClose(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && !closing) {
                left = lock.await(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets other slots bring what the engine would take: one that waits for its turn, or one more.
     *
     * @param least how many one more would have to bring at least
     */
    void grow(int least) {
        lock.run(() -> {
            if (!stopped && !slots.grow(least, free())) {
                wakeThoseWithRoom();
            }
        });
    }

    /** Whether a slot is one too many, since a topic has more partitions than before. */
    boolean isTooMany(ShareSlot slot) {
        return lock.get(() -> slots.isTooMany(slot));
    }

    /** Records came to a slot. */
    void arrived(ShareSlot slot, List<ShareDelivery> deliveries) {
        lock.run(() -> {
            slots.unreserve(slot);
            slot.holds(deliveries.size());
            if (stopped) {
                for (ShareDelivery late : deliveries) {
                    settled(late, AcknowledgeType.RELEASE, Completion.IGNORED);
                }
            } else {
                buffer.addAll(deliveries);
            }
        });
        outlet.pass();
    }

    /** The group has taken deliveries back, whatever their outcome will be. */
    void lost(Collection<ShareDelivery> deliveries, String why) {
        List<ShareDelivery> out = new ArrayList<>();
        lock.run(() -> {
            for (ShareDelivery delivery : deliveries) {
                if (delivery.stage == ShareDelivery.Stage.HANDED) {
                    out.add(delivery);
                } else if (delivery.stage == ShareDelivery.Stage.BUFFERED) {
                    buffer.remove(delivery);
                }
                if (delivery.stage != ShareDelivery.Stage.SETTLED) {
                    delivery.stage = ShareDelivery.Stage.LOST;
                    delivery.slot().lost();
                }
            }
        });
        if (!out.isEmpty()) {
            outlet.tell(() -> outlet.sink().lost(out, why));
        }
    }

    /** A slot has ended; with a cause, so do the others. */
    void slotEnded(ShareSlot slot, @Nullable Throwable cause) {
        boolean last = lock.get(() -> {
            slots.remove(slot);
            if (cause != null) {
                fatal = fatal == null ? cause : fatal;
                closing = true;
                stopIntake();
            }
            return slots.all().isEmpty();
        });
        if (last) {
            onEnd.accept(this, lock.get(() -> fatal));
            ended.complete(null);
        }
    }
}
