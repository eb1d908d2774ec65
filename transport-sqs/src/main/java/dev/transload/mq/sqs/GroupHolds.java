package dev.transload.mq.sqs;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps back what a FIFO queue handed out together: of each message group one delivery is out at a time, the others wait
 * for it in order. On a standard queue nothing waits. Not thread-safe.
 */
final class GroupHolds {

    private final Map<String, Hold> holds = new HashMap<>();
    private int size;

    /** A group with the delivery that is out and those behind it. */
    private static final class Hold {
        private final Deque<SqsDelivery> behind = new ArrayDeque<>();
        private SqsDelivery out;

        Hold(SqsDelivery out) {
            this.out = out;
        }
    }

    /** Takes a delivery in, and tells whether it may go out now. */
    boolean enter(SqsDelivery delivery) {
        String group = delivery.group;
        if (group == null || !delivery.isOrdered()) {
            return true;
        }
        Hold hold = holds.get(group);
        if (hold == null) {
            holds.put(group, new Hold(delivery));
            return true;
        }
        hold.behind.add(delivery);
        size++;
        return false;
    }

    /** The delivery that was out is done: the next of its group is out now, if there is one. */
    @Nullable
    SqsDelivery next(SqsDelivery done) {
        Hold hold = of(done);
        if (hold == null) {
            return null;
        }
        SqsDelivery next = hold.behind.poll();
        if (next == null) {
            holds.remove(done.group);
        } else {
            size--;
            hold.out = next;
        }
        return next;
    }

    /** The delivery that was out goes back: those behind it leave, too, and are returned in order. */
    List<SqsDelivery> drop(SqsDelivery out) {
        Hold hold = of(out);
        if (hold == null) {
            return List.of();
        }
        holds.remove(out.group);
        size -= hold.behind.size();
        return new ArrayList<>(hold.behind);
    }

    private @Nullable Hold of(SqsDelivery out) {
        Hold hold = out.group == null ? null : holds.get(out.group);
        return hold == null || hold.out != out ? null : hold;
    }

    /** Deliveries that wait. */
    int waiting() {
        return size;
    }

    void forEachWaiting(Consumer<SqsDelivery> action) {
        if (size > 0) {
            holds.values().forEach(hold -> hold.behind.forEach(action));
        }
    }

    /** All that wait, in order within each group. */
    List<SqsDelivery> all() {
        List<SqsDelivery> all = new ArrayList<>(size);
        holds.values().forEach(hold -> all.addAll(hold.behind));
        return all;
    }

    void clear() {
        holds.clear();
        size = 0;
    }
}
