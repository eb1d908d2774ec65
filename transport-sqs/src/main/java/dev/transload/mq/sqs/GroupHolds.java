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

    /** A group with its first delivery, which is out or waits, and those behind it. */
    private static final class Hold {
        private final Deque<SqsDelivery> behind = new ArrayDeque<>();
        private SqsDelivery first;
        private boolean out = true;

        Hold(SqsDelivery first) {
            this.first = first;
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

    /**
     * The delivery that was out is done: the next of its group, if there is one, is the first now, and still counts as
     * waiting until it is {@link #handedOut}.
     */
    @Nullable
    SqsDelivery next(SqsDelivery done) {
        Hold hold = of(done);
        if (hold == null) {
            return null;
        }
        SqsDelivery next = hold.behind.poll();
        if (next == null) {
            holds.remove(done.group);
            return null;
        }
        hold.first = next;
        hold.out = false;
        return next;
    }

    /** Whether others of its group wait behind the delivery that is out. */
    boolean isFollowed(SqsDelivery out) {
        Hold hold = of(out);
        return hold != null && !hold.behind.isEmpty();
    }

    /** The delivery that was out waits, as another one of the same message, and those behind it with it. */
    void putBack(SqsDelivery out, SqsDelivery again) {
        Hold hold = of(out);
        if (hold != null) {
            hold.first = again;
            hold.out = false;
            size++;
        }
    }

    /** Whether it is the first of its group, and not out. */
    boolean isFirst(SqsDelivery delivery) {
        Hold hold = of(delivery);
        return hold != null && !hold.out;
    }

    /** The first of its group is out now. */
    void handedOut(SqsDelivery first) {
        Hold hold = of(first);
        if (hold != null && !hold.out) {
            hold.out = true;
            size--;
        }
    }

    /** The first of a group goes: those behind it leave, too, and are returned in order; it among them if it was not out. */
    List<SqsDelivery> drop(SqsDelivery first) {
        Hold hold = of(first);
        if (hold == null) {
            return List.of();
        }
        holds.remove(first.group);
        return left(hold);
    }

    /** Groups whose first is not out leave whole; returned in order within each. */
    List<SqsDelivery> dropWaitingInPlace() {
        List<SqsDelivery> all = new ArrayList<>();
        holds.values().removeIf(hold -> {
            if (!hold.out) {
                all.addAll(left(hold));
            }
            return !hold.out;
        });
        return all;
    }

    private List<SqsDelivery> left(Hold hold) {
        List<SqsDelivery> all = new ArrayList<>(hold.behind.size() + 1);
        if (!hold.out) {
            all.add(hold.first);
        }
        all.addAll(hold.behind);
        size -= all.size();
        return all;
    }

    private @Nullable Hold of(SqsDelivery first) {
        Hold hold = first.group == null ? null : holds.get(first.group);
        return hold == null || hold.first != first ? null : hold;
    }

    /** Deliveries that wait. */
    int waiting() {
        return size;
    }

    void forEachWaiting(Consumer<SqsDelivery> action) {
        if (size > 0) {
            List.copyOf(holds.values()).forEach(hold -> {
                if (!hold.out) {
                    action.accept(hold.first);
                }
                hold.behind.forEach(action);
            });
        }
    }

    /** All that wait, in order within each group. */
    List<SqsDelivery> all() {
        List<SqsDelivery> all = new ArrayList<>(size);
        forEachWaiting(all::add);
        return all;
    }

    void clear() {
        holds.clear();
        size = 0;
    }
}
