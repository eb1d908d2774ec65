package dev.transload.mq.client;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides which delivery may run now. On an ordered source deliveries of one key run one at a time, in the order they
 * came; a key whose first delivery runs or is held is closed, and other keys go on. On any other source, and for deliveries without a key, it is a plain queue.
 *
 * <p>A key is remembered only while it has deliveries. Keys take turns: a key that has run goes to the
 * end of the line.
 *
 * <p>Pure: no clock, no I/O. Not thread-safe; {@link SubscriptionFlow} guards it.
 *
 * @param <D> a delivery
 */
final class KeyLanes<D extends KeyLanes.Item<D>> {

    private final boolean ordered;
    private final Map<String, Lane<D>> lanes = new HashMap<>();
    private final ArrayDeque<D> runnable = new ArrayDeque<>();
    private int size;

    KeyLanes(boolean ordered) {
        this.ordered = ordered;
    }

    /** What lanes need to know of a delivery, and what they keep with it. */
    abstract static class Item<D extends Item<D>> {
        private @Nullable Lane<D> lane;

        /** Unit of order, or null for none. */
        abstract @Nullable String orderKey();
    }

    /** Takes a delivery in. */
    void add(D delivery) {
        size++;
        String key = ordered ? delivery.orderKey() : null;
        if (key == null) {
            runnable.add(delivery);
            return;
        }
        Lane<D> lane = lanes.get(key);
        if (lane == null) {
            lane = new Lane<>();
            lanes.put(key, lane);
            runnable.add(delivery);
        }
        setLane(delivery, lane);
        lane.items.add(delivery);
    }

    /** Takes out the next delivery to run and closes its key, or returns null if none may run. */
    @Nullable
    D take() {
        return runnable.poll();
    }

    /** The delivery that {@link #take} would return. */
    @Nullable
    D peek() {
        return runnable.peek();
    }

    /** The delivery taken is settled or lost: it leaves, and its key goes on. */
    void done(D delivery) {
        size--;
        Lane<D> lane = laneOf(delivery);
        if (lane == null) {
            return;
        }
        setLane(delivery, null);
        boolean head = lane.items.peek() == delivery;
        lane.items.remove(delivery);
        if (head) {
            advance(delivery, lane);
        }
    }

    /** A delivery that was held may run. */
    void reopen(D delivery) {
        runnable.add(delivery);
    }

    /** A delivery that never ran leaves: it was lost or given back. */
    void remove(D delivery) {
        runnable.remove(delivery);
        done(delivery);
    }

    /** Deliveries that may run now. */
    int runnable() {
        return runnable.size();
    }

    /** Deliveries inside: running, runnable, held, and those behind them. */
    int size() {
        return size;
    }

    /** Keys remembered. */
    int keys() {
        return lanes.size();
    }

    private void advance(D finished, Lane<D> lane) {
        D next = lane.items.peek();
        if (next != null) {
            runnable.add(next);
        } else {
            forget(finished, lane);
        }
    }

    private void forget(D finished, Lane<D> lane) {
        String key = finished.orderKey();
        if (key != null) {
            lanes.remove(key, lane);
        }
    }

    private @Nullable Lane<D> laneOf(D delivery) {
        Item<D> item = delivery;
        return item.lane;
    }

    private void setLane(D delivery, @Nullable Lane<D> lane) {
        Item<D> item = delivery;
        item.lane = lane;
    }

    /** One key. The first item is the one that runs or is held. */
    private static final class Lane<D> {
        private final ArrayDeque<D> items = new ArrayDeque<>(4);
    }
}
