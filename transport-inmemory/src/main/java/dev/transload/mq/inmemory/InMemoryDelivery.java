package dev.transload.mq.inmemory;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Message;
import dev.transload.mq.spi.Capability;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.Outgoing;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A message that is out at a receiver. Its state is guarded by the broker's lock. */
final class InMemoryDelivery implements Incoming {

    /** What has become of a delivery. */
    enum State {
        OUT,
        SETTLED,
        LOST
    }

    final Flow flow;
    final Entry entry;
    final long handedAt;
    private final int lane;
    private final int count;
    private final int noted;
    private final long fence;

    State state = State.OUT;

    /** Whether a handler began; written without the lock, as it only matters once the delivery is lost. */
    volatile boolean began;

    /** Whether what began has been noted as a failure. */
    volatile boolean accounted;

    long leaseEnd;

    @Nullable
    InMemoryDelivery earlier;

    @Nullable
    InMemoryDelivery later;

    private @Nullable Message copy;

    InMemoryDelivery(Flow flow, Entry entry, int lane, long fence, long handedAt) {
        this.flow = flow;
        this.entry = entry;
        this.lane = lane;
        entry.countLateHandler();
        this.count = 1 + entry.counted + entry.noted;
        this.noted = entry.noted;
        this.fence = fence;
        this.handedAt = handedAt;
    }

    /** A copy of its own, whose body may be spoilt without harm. Made when first asked for, by one thread. */
    @Override
    public Message message() {
        Message message = copy;
        if (message == null) {
            message = Copies.of(entry.message);
            copy = message;
        }
        return message;
    }

    @Override
    public String destination() {
        return entry.destination;
    }

    @Override
    public long storedAt() {
        return entry.storedAt;
    }

    @Override
    public int lane() {
        return lane;
    }

    @Override
    public int brokerCount() {
        return count;
    }

    @Override
    public int notedFailures() {
        return noted;
    }

    @Override
    public long fence() {
        return fence;
    }

    @Override
    public void began() {
        accounted = false;
        began = true;
    }

    @Override
    public void ack(Completion completion) {
        pass(completion, () -> flow.ack(this));
    }

    @Override
    public void release(Duration delay, boolean failed, Completion completion) {
        Duration most = flow.capabilities.maxReleaseDelay();
        if (delay.isNegative() || delay.compareTo(most) > 0) {
            throw new IllegalArgumentException("release delay must be at most " + most + ", was " + delay);
        }
        pass(completion, () -> flow.release(this, delay, failed));
    }

    @Override
    public void renew(Completion completion) {
        flow.require(Capability.RENEW);
        pass(completion, () -> flow.renew(this));
    }

    @Override
    public void note(int failures, Completion completion) {
        flow.require(Capability.NOTE_ATTEMPTS);
        pass(completion, () -> flow.note(this, failures));
    }

    @Override
    public void moveTo(Outgoing outgoing) {
        flow.require(Capability.ATOMIC_MOVE);
        Message message = Copies.of(outgoing.message());
        pass(outgoing, () -> flow.move(this, outgoing, message));
    }

    /** Why a settle comes too late, or null if it does not. */
    @Nullable
    RuntimeException late() {
        return switch (state) {
            case OUT -> null;
            case SETTLED -> new IllegalStateException("inmemory: the delivery is settled already");
            case LOST ->
                new LeaseLostException(
                        "inmemory: the delivery from " + flow.mailbox.place.name() + " was lost before", null);
        };
    }

    private void pass(Completion completion, Supplier<@Nullable Throwable> settle) {
        flow.broker.standstill.pass(() -> tell(completion, flow.broker.call(settle)));
    }

    /** Order could break if the engine met a lost lease here before its sink was told, and went on with its key. */
    private void tell(Completion completion, @Nullable Throwable failure) {
        if (failure == null) {
            completion.done();
        } else if (failure instanceof LeaseLostException) {
            flow.broker.run(() -> flow.outbox.add(new Outbox.Refused(completion, failure)));
        } else {
            completion.failed(failure);
        }
    }

    @Override
    public String toString() {
        return "InMemoryDelivery[" + entry.message.id() + " from " + flow.mailbox.place.name() + "]";
    }
}
