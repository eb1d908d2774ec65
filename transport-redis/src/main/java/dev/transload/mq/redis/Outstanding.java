package dev.transload.mq.redis;

import dev.transload.mq.ConnectionLostException;
import dev.transload.mq.LeaseLostException;
import dev.transload.mq.Outcome;
import dev.transload.mq.spi.Completion;
import dev.transload.mq.spi.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * The deliveries that one receiver has handed out and whose settle has not been answered, with their leases, and what is
 * to be asked again.
 *
 * <p>Thread-safe. A loss is told on the receiver's thread, by way of its tasks.
 */
final class Outstanding {

    private static final int MOST_REMEMBERED = 10_000;

    private final TimeSource time;
    private final long leaseNanos;
    private final Outlet outlet;
    private final Map<EntryId, RedisDelivery> out = new ConcurrentHashMap<>();
    /** What was lost after its handler had begun, by key, as long as it may come back to this consumer. */
    private final Set<EntryId> begunAndLost = ConcurrentHashMap.newKeySet();

    private final Queue<Runnable> again = new ConcurrentLinkedQueue<>();

    /** What the receiver does for its deliveries. */
    interface Outlet {

        /** Runs a task on the receiver's thread, soon. */
        void run(Runnable task);

        /** A delivery is no longer out. Returns whether it is handed out again from here, which keeps order. */
        void ended(RedisDelivery delivery);

        /** Hands a delivery of an ordered place out again; false if that is not for this receiver to do any more. */
        boolean putBack(RedisDelivery delivery);

        /** Tells the engine of a loss. */
        void lost(List<RedisDelivery> deliveries, String why);

        /** Whether the receiver still looks after what is out. */
        boolean isOpen();
    }

    /** @param leaseNanos how long a delivery may be out without a renewal */
    Outstanding(TimeSource time, long leaseNanos, Outlet outlet) {
        this.time = time;
        this.leaseNanos = leaseNanos;
        this.outlet = outlet;
    }

    /** The server has just given a delivery. */
    void leased(RedisDelivery delivery, long since) {
        delivery.leaseEnd = since + leaseNanos;
    }

    /**
     * A delivery goes out, and one that was out before under the same id is out no more. False if its lease has ended
     * while it waited.
     *
     * @param now in nanoseconds of the engine's clock
     */
    boolean add(RedisDelivery delivery, long now) {
        if (delivery.leaseEnd - now < 0) {
            return false;
        }
        RedisDelivery before = out.put(delivery.entry(), delivery);
        if (before != null && before.become(RedisDelivery.State.OUT, RedisDelivery.State.LOST)) {
            remember(before);
            outlet.lost(List.of(before), "the lease was over, and the message was claimed again");
        }
        return true;
    }

    /** Whether the entry is out. */
    boolean isOut(EntryId entry) {
        return out.containsKey(entry);
    }

    List<RedisDelivery> all() {
        return new ArrayList<>(out.values());
    }

    /** Those whose lease has ended without a renewal; they are out no more. */
    List<RedisDelivery> takeOverdue() {
        long now = time.nanos();
        List<RedisDelivery> over = new ArrayList<>();
        for (RedisDelivery delivery : out.values()) {
            if (delivery.leaseEnd - now < 0 && lose(delivery)) {
                over.add(delivery);
            }
        }
        return over;
    }

    /** Takes a delivery away; false if it is being settled. */
    boolean lose(RedisDelivery delivery) {
        if (delivery.become(RedisDelivery.State.OUT, RedisDelivery.State.LOST)) {
            out.remove(delivery.entry(), delivery);
            remember(delivery);
            return true;
        }
        return false;
    }

    private void remember(RedisDelivery delivery) {
        if (delivery.begun && begunAndLost.size() < MOST_REMEMBERED) {
            begunAndLost.add(delivery.entry());
        }
    }

    /**
     * Whether a handler began with an entry that was lost here, while the server may not have heard so. Asked when it
     * comes again.
     */
    boolean hadBegun(EntryId entry) {
        return begunAndLost.remove(entry);
    }

    /** A delivery has been settled. */
    void settled(RedisDelivery delivery) {
        delivery.become(RedisDelivery.State.SETTLING, RedisDelivery.State.SETTLED);
        out.remove(delivery.entry(), delivery);
        outlet.ended(delivery);
    }

    /** Asks again when there is a connection, as long as the lease lasts; false if there is no point. */
    boolean retryLater(RedisDelivery delivery, RuntimeException cause, Runnable repeat) {
        boolean passing = cause instanceof ConnectionLostException
                || (cause instanceof JedisDataException
                        && RedisErrors.operation("settle", cause).retryable());
        if (!passing || !outlet.isOpen() || delivery.leaseEnd - time.nanos() < 0) {
            return false;
        }
        delivery.askedBefore |= !(cause instanceof ConnectionLostException lost) || lost.outcome() == Outcome.UNKNOWN;
        again.add(repeat);
        return outlet.isOpen() || !again.remove(repeat); // the receiver may have asked for the last time
    }

    /** Asks again what was not answered; called by the receiver's thread when there is a connection, and at its end. */
    void repeat() {
        for (int i = again.size(); i > 0; i--) {
            Runnable next = again.poll();
            if (next != null) {
                next.run();
            }
        }
    }

    /** Takes a delivery to settle it; if that cannot be, the completion fails, by way of the receiver's tasks. */
    boolean taken(RedisDelivery delivery, Completion completion) {
        if (delivery.become(RedisDelivery.State.OUT, RedisDelivery.State.SETTLING)) {
            return true;
        }
        tooLate(delivery, completion);
        return false;
    }

    /**
     * Fails what is asked of a delivery that is settled or lost. Order could break if the engine met a lost lease here before
     * its sink was told, and went on with its key; so that comes first.
     */
    void tooLate(RedisDelivery delivery, Completion completion) {
        RedisDelivery.State state = delivery.state();
        outlet.run(() -> completion.failed(
                state == RedisDelivery.State.LOST
                        ? late(delivery)
                        : new IllegalStateException("redis: the delivery is settled already")));
    }

    /** The server says that someone else has what is to be noted or moved. */
    void notOurs(RedisDelivery delivery, Completion completion) {
        boolean told = lose(delivery);
        if (told) {
            tellLost(delivery, () -> completion.failed(late(delivery)));
        } else {
            outlet.run(() -> completion.failed(late(delivery)));
        }
    }

    /** Tells of a loss on the receiver's thread, and then does what follows. */
    void tellLost(RedisDelivery delivery, Runnable then) {
        outlet.run(() -> {
            outlet.lost(List.of(delivery), "someone else has the message");
            then.run();
        });
    }

    /** Has the receiver hand a delivery out again, unless that is for the lane's next owner. */
    void putBack(RedisDelivery delivery) {
        outlet.run(() -> {
            boolean unused = outlet.putBack(delivery);
        });
    }

    /** The server says that someone else has what is being settled. */
    void lostWhileSettling(RedisDelivery delivery, Completion completion) {
        delivery.become(RedisDelivery.State.SETTLING, RedisDelivery.State.LOST);
        out.remove(delivery.entry(), delivery);
        outlet.ended(delivery);
        outlet.run(() -> completion.failed(late(delivery)));
    }

    static LeaseLostException late(RedisDelivery delivery) {
        return new LeaseLostException(
                "redis: the delivery from " + delivery.source().stream() + " was lost before", null);
    }
}
