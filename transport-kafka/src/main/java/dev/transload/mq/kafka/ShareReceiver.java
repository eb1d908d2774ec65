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
 * its slots: one at first, and one more, of those {@link SlotSizes} has, whenever all of them hold messages and the engine
 * would take more. A slot polls only if the engine would take as many as it may bring: no message is lent out that the
 * credit does not cover.
 *
 * <p>Thread-safe, under the receiver's lock. The engine's calls change state and wake a slot; no call waits. When it
 * closes, every slot tells the outcomes it has, and what has none goes back to the group.
 */
final class ShareReceiver implements Receiver, Outlet.Feed {

    private final ReceiveSpec spec;
    private final Outlet outlet;
    private final MemberLock lock = new MemberLock();
    private final Opener opener;
    private final BiConsumer<ShareReceiver, @Nullable Throwable> onEnd;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Guarded: messages that wait for credit. */
    private final ArrayDeque<ShareDelivery> buffer = new ArrayDeque<>();
    /** Guarded: those that have not ended. */
    private final List<ShareSlot> slots = new ArrayList<>();

    /** Guarded: how many more deliveries the engine takes. */
    private int credit;
    /** Guarded: for records that polls under way may bring. */
    private int reserved;
    /** Guarded: bytes that had come when someone last looked. */
    private double seenBytes;

    private boolean stopped;
    private boolean closing;
    private @Nullable Throwable fatal;
    private Set<String> topics;
    private volatile Duration closeWithin = Duration.ZERO;
    private final TimeSource time;
    private volatile long lastContact;

    /**
     * @param onEnd told when all slots have ended, with the cause if it was not closed
     */
    ShareReceiver(
            ReceiveSpec spec,
            Sink sink,
            Set<String> topics,
            TimeSource time,
            Opener opener,
            BiConsumer<ShareReceiver, @Nullable Throwable> onEnd) {
        this.spec = spec;
        this.outlet = new Outlet(sink, this);
        this.topics = Set.copyOf(topics);
        this.opener = opener;
        this.onEnd = onEnd;
        this.time = time;
        this.lastContact = time.nanos();
    }

    /** Makes a slot of a size, whose thread has not begun. */
    interface Opener {
        ShareSlot open(ShareReceiver receiver, int size);
    }

    /** Begins with one slot. */
    void start() {
        lock.run(this::addSlot);
    }

    // Lock held.
    private void addSlot() {
        ShareSlot slot = opener.open(this, SlotSizes.of(slots.size(), spec.maxCredit()));
        slots.add(slot);
        slot.start();
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
        return lock.get(() -> topics);
    }

    /** It reads these topics from now on. */
    void reads(Collection<String> all) {
        lock.run(() -> {
            topics = Set.copyOf(all);
            slots.forEach(ShareSlot::wake);
        });
    }

    String destination(String topic, Message message) {
        return KafkaReceiver.destination(spec.from(), topic, message);
    }

    // ---- for the engine

    @Override
    public void credit(int n) {
        lock.run(() -> {
            credit += n;
            lock.signalAll();
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
            delivery.stage = ShareDelivery.Stage.SETTLED;
            delivery.slot().settled(delivery, outcome, completion);
            return true;
        });
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
            waiting.stage = ShareDelivery.Stage.SETTLED;
            waiting.slot().settled(waiting, AcknowledgeType.RELEASE, Completion.IGNORED);
        }
        buffer.clear();
        slots.forEach(ShareSlot::wake);
    }

    @Override
    public CompletableFuture<Void> close(Duration timeout) {
        lock.run(() -> {
            closeWithin = timeout;
            closing = true;
            stopIntake();
            if (slots.isEmpty()) {
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
            for (ShareSlot slot : slots) {
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
        lock.run(() -> slots.forEach(ShareSlot::look));
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

    /** Keeps room for what a poll may bring; false if the engine would not take so many. */
    boolean reserve(int size) {
        return lock.get(() -> {
            boolean fits = room() >= size;
            if (fits) {
                reserved += size;
            }
            return fits;
        });
    }

    /** A slot ends that kept room. */
    void unreserve(int size) {
        lock.run(() -> {
            reserved -= size;
            lock.signalAll();
        });
    }

    // Lock held. How many more messages the engine would take.
    private int room() {
        return stopped ? 0 : credit - buffer.size() - reserved;
    }

    /** Waits until there is room for a slot, or the receiver takes no more; at most so long. */
    void awaitRoom(int size, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && !stopped && room() < size) {
                left = lock.await(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the slot has outcomes to tell or the receiver closes; at most so long. */
    void awaitOutcomes(ShareSlot slot, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && !closing && !slot.hasOutcomes()) {
                left = lock.await(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Has one more slot, if the engine would take more and none can bring it. */
    void grow() {
        lock.run(() -> {
            if (!stopped
                    && SlotSizes.of(slots.size(), spec.maxCredit()) > 0
                    && room() >= SlotSizes.of(slots.size(), spec.maxCredit())
                    && slots.stream().noneMatch(slot -> slot.canBring(room()))) {
                addSlot();
            }
        });
    }

    /** Records came, for which there was so much room. */
    void arrived(List<ShareDelivery> deliveries, int size) {
        lock.run(() -> {
            reserved -= size;
            if (stopped) {
                for (ShareDelivery late : deliveries) {
                    late.stage = ShareDelivery.Stage.SETTLED;
                    late.slot().settled(late, AcknowledgeType.RELEASE, Completion.IGNORED);
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
            return slots.isEmpty();
        });
        if (last) {
            onEnd.accept(this, lock.get(() -> fatal));
            ended.complete(null);
        }
    }
}
