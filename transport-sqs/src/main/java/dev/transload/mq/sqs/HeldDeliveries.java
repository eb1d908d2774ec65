package dev.transload.mq.sqs;

import dev.transload.mq.LeaseLostException;
import dev.transload.mq.MessagingException;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.Incoming;
import dev.transload.mq.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries that one receiver holds: it settles them, keeps their leases by the clock, and of each message group
 * keeps back what is not its turn.
 *
 * <p>Its state belongs to the worker.
 */
final class HeldDeliveries {

    private static final Duration MARGIN = Duration.ofMillis(500);
    private static final int IN_PLACE_SECONDS = 300;
    private static final long LOOK_MILLIS = 200;

    private final SqsAsk ask;
    private final TimeSource time;
    private final Owner owner;
    private final boolean inbox;
    private final GroupHolds groups = new GroupHolds();
    private final Set<SqsDelivery> held = Collections.newSetFromMap(new IdentityHashMap<>());
    private final int leaseSeconds;
    private final long visibleNanos;
    private final long leaseNanos;
    private SqsSettler settler;
    private boolean looking;

    /** The receiver they belong to. Called on the worker. */
    interface Owner {

        /** Whether no new deliveries are wanted. */
        boolean isStopped();

        /** Whether it is over. */
        boolean isClosed();

        /** There may be room for more. */
        void poll();

        /** Hands deliveries out. */
        void deliver(List<SqsDelivery> out);

        /** An order about a delivery has ended. */
        void settled();

        /** Leases have ended. */
        void lost(List<? extends Incoming> deliveries, String why);
    }

    /**
     * @param lease how long a delivery is ours unless it is renewed
     * @param visibility longest time the service is asked to hide it at a time
     */
    HeldDeliveries(
            SqsAsk ask,
            TimeSource time,
            Duration lease,
            Duration visibility,
            QueueRef queue,
            boolean inbox,
            Owner owner) {
        this.ask = ask;
        this.time = time;
        this.owner = owner;
        this.inbox = inbox;
        this.settler = new SqsSettler(ask, queue, time, inbox);
        // At the service it is longer than here, so that whoever holds a delivery knows first that it is over.
        long seconds = (lease.plus(MARGIN).toMillis() + 999) / 1000;
        this.leaseSeconds = (int) Math.min(visibility.toSeconds(), seconds);
        this.visibleNanos = Duration.ofSeconds(leaseSeconds).minus(MARGIN).toNanos();
        this.leaseNanos = Math.max(lease.toNanos(), visibleNanos);
    }

    /** How long the service keeps what it hands out from others. */
    int leaseSeconds() {
        return leaseSeconds;
    }

    /** Until when what is received now is ours by our own clock, if nothing is done about it. */
    long deadline(long nowNanos) {
        return nowNanos + visibleNanos;
    }

    /** Deliveries of message groups that wait for their turn. */
    int waiting() {
        return groups.waiting();
    }

    /** Orders about deliveries that have not ended. */
    int openOrders() {
        return settler.open();
    }

    /** Takes a delivery in, and tells whether it may go out now. */
    boolean enter(SqsDelivery delivery) {
        return groups.enter(delivery);
    }

    /** These have been handed out. */
    void out(List<SqsDelivery> out) {
        out.forEach(delivery -> delivery.leaseNanos = delivery.deadlineNanos - visibleNanos + leaseNanos);
        held.addAll(out);
        look();
    }

    /** Settles what was not handed out, without waiting; it goes with {@link #go}. */
    void dispose(SqsDelivery delivery, int seconds) {
        settler.order(delivery, seconds, failure -> owner.settled());
    }

    void go() {
        settler.go();
    }

    void flush() {
        settler.flush();
    }

    /** The queue is gone, and all its deliveries with it. */
    void loseAll(String why) {
        lose(new ArrayList<>(held), why);
    }

    void forgetGroups() {
        groups.clear();
    }

    /** From now on they are of another queue. */
    void moveTo(QueueRef queue) {
        settler = new SqsSettler(ask, queue, time, inbox);
    }

    /** Gives back what waits in its place for a retry. */
    void dropWaitingInPlace() {
        groups.dropWaitingInPlace().forEach(later -> dispose(later, 0));
        settler.go();
    }

    // ---- settling

    /** Settles a delivery, on any thread. */
    void settle(SqsDelivery delivery, int seconds, Completion completion) {
        boolean handed = ask.worker().run(() -> {
            if (!held.remove(delivery) || isOver(delivery)) {
                completion.failed(lost());
                return;
            }
            if (delivery.renewals > 0) {
                delivery.afterRenewals = () -> order(delivery, seconds, completion);
            } else {
                order(delivery, seconds, completion);
            }
        });
        if (!handed) {
            completion.failed(
                    Worker.closed("settle a message of " + settler.queue().name()));
        }
    }

    private void order(SqsDelivery delivery, int seconds, Completion completion) {
        boolean done = seconds == SqsSettler.DELETE;
        if (!done && !owner.isStopped() && seconds <= IN_PLACE_SECONDS && groups.isFollowed(delivery)) {
            waitInPlace(delivery, seconds, completion);
            return;
        }
        settler.order(delivery, Math.min(seconds, rest(delivery)), failure -> settled(completion, failure));
        SqsDelivery following = null;
        if (done && !owner.isStopped()) {
            following = groups.next(delivery);
        } else {
            // Those of its group that came with it go back behind it, so that none overtakes it.
            int wait = Math.max(0, seconds);
            groups.drop(delivery)
                    .forEach(later -> settler.order(later, Math.min(wait, rest(later)), failure -> owner.settled()));
        }
        settler.go();
        if (following != null) {
            // If the one before cannot be deleted it comes again, after this one: a duplicate, as everywhere.
            handOut(following);
        }
        owner.poll();
    }

    // Given back, it would take those behind it along, and each would count one more delivery.
    private void waitInPlace(SqsDelivery delivery, int seconds, Completion completion) {
        SqsDelivery again = delivery.again();
        groups.putBack(delivery, again);
        look();
        ask.worker().later(seconds * 1_000L, () -> {
            if (!owner.isClosed() && groups.isFirst(again)) {
                handOut(again);
            }
        });
        completion.done();
    }

    private void handOut(SqsDelivery delivery) {
        if (isOver(delivery)) {
            groups.drop(delivery).forEach(later -> dispose(later, 0));
            settler.go();
        } else {
            groups.handedOut(delivery);
            owner.deliver(List.of(delivery));
        }
    }

    private void settled(Completion completion, @Nullable MessagingException failure) {
        if (failure == null) {
            completion.done();
        } else {
            completion.failed(failure);
        }
        owner.settled();
    }

    /** Renews the lease of a delivery, on any thread. */
    void renew(SqsDelivery delivery, Completion completion) {
        boolean handed = ask.worker().run(() -> {
            if (!held.contains(delivery)) {
                completion.failed(lost());
                return;
            }
            delivery.leaseNanos = time.nanos() + leaseNanos;
            prolong(delivery, completion);
        });
        if (!handed) {
            completion.failed(Worker.closed(
                    "renew the lease of a message of " + settler.queue().name()));
        }
    }

    private void prolong(SqsDelivery delivery, Completion completion) {
        int seconds = Math.min(leaseSeconds, rest(delivery));
        if (seconds <= 0 || isOver(delivery)) {
            completion.failed(lost());
            return;
        }
        long asked = time.nanos();
        delivery.renewals++;
        settler.prolong(delivery, seconds, failure -> {
            delivery.renewals--;
            if (failure == null) {
                delivery.deadlineNanos =
                        asked + Duration.ofSeconds(seconds).minus(MARGIN).toNanos();
                completion.done();
            } else {
                completion.failed(failure);
            }
            Runnable after = delivery.afterRenewals;
            if (after != null && delivery.renewals == 0) {
                delivery.afterRenewals = null;
                after.run();
            }
            owner.settled();
        });
        settler.go();
    }

    private LeaseLostException lost() {
        return new LeaseLostException(
                "sqs: the lease of a message of " + settler.queue().name() + " has ended", null);
    }

    /** Seconds until the 12 hours are over. */
    private int rest(SqsDelivery delivery) {
        long held = time.nanos() - delivery.receivedNanos;
        return (int) Math.max(0, SqsCapabilities.LONGEST_LEASE.minusNanos(held).toSeconds() - 1);
    }

    private boolean isOver(SqsDelivery delivery) {
        return delivery.deadlineNanos - time.nanos() <= 0;
    }

    // ---- leases

    void look() {
        if (!looking) {
            looking = true;
            ask.worker().later(LOOK_MILLIS, this::looked);
        }
    }

    private void looked() {
        looking = false;
        if (owner.isClosed()) {
            return;
        }
        List<SqsDelivery> over = held.stream().filter(this::isOver).toList();
        lose(over, "the lease of " + leaseSeconds + " s ended without a renewal");
        groups.forEachWaiting(this::beat);
        held.stream()
                .filter(delivery -> delivery.leaseNanos - delivery.deadlineNanos > 0)
                .forEach(this::beat);
        if (!held.isEmpty() || groups.waiting() > 0) {
            look();
        }
    }

    // The service hides it for a shorter time than it is ours.
    private void beat(SqsDelivery delivery) {
        long left = delivery.deadlineNanos - time.nanos();
        if (left < visibleNanos / 3 * 2 && left > 0 && delivery.renewals == 0) {
            prolong(delivery, Completion.IGNORED);
        }
    }

    void lose(List<? extends Incoming> deliveries, String why) {
        if (!deliveries.isEmpty()) {
            List<SqsDelivery> back = new ArrayList<>();
            for (Incoming one : deliveries) {
                SqsDelivery delivery = (SqsDelivery) one;
                held.remove(delivery);
                back.addAll(groups.drop(delivery));
            }
            back.forEach(later -> dispose(later, 0));
            settler.go();
            owner.lost(deliveries, why);
        }
    }

    /** Gives all back. */
    void giveBack() {
        held.forEach(delivery -> {
            if (!isOver(delivery)) {
                settler.order(delivery, 0, failure -> owner.settled());
            }
            groups.drop(delivery).forEach(later -> settler.order(later, 0, failure -> owner.settled()));
        });
        held.clear();
        groups.all().forEach(later -> settler.order(later, 0, failure -> owner.settled()));
        groups.clear();
    }
}
