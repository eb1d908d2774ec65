package dev.transload.mq.inmemory;

import dev.transload.mq.spi.Place;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A mailbox whose receivers take turns, each as long as it has credit. Guarded by the broker's lock. */
final class OpenMailbox extends Mailbox {

    private final Shelf shelf;
    private final ArrayDeque<Flow> turns = new ArrayDeque<>();

    OpenMailbox(Broker broker, Place place, Shelf shelf) {
        super(broker, place);
        this.shelf = shelf;
    }

    @Override
    void add(Entry entry) {
        shelf.add(entry);
        dispatch();
    }

    @Override
    void giveBack(List<Entry> entries) {
        if (!deleted()) {
            entries.forEach(shelf::giveBack);
            dispatch();
        }
    }

    @Override
    void settled(Entry entry) {
        shelf.settled(entry);
        dispatch();
    }

    @Override
    void join(Flow flow) {
        credited(flow);
    }

    @Override
    void quit(Flow flow) {
        if (flow.inTurn) {
            flow.inTurn = false;
            turns.remove(flow);
        }
    }

    @Override
    void credited(Flow flow) {
        if (!flow.inTurn && flow.takes()) {
            flow.inTurn = true;
            turns.addLast(flow);
        }
        dispatch();
    }

    private void dispatch() {
        while (!turns.isEmpty()) {
            Entry entry = next();
            if (entry == null) {
                return;
            }
            Flow flow = turns.pollFirst();
            int lane = entry.keyed == null ? 0 : Keys.lane(entry.message, 1 << 16);
            flow.hand(entry, lane, 0);
            if (flow.takes()) {
                turns.addLast(flow);
            } else {
                flow.inTurn = false;
            }
        }
    }

    /** The next message; with a seed, now and then the one after it, as a broker without order may do. */
    private @Nullable Entry next() {
        Entry entry = shelf.poll();
        Random random = broker.random;
        if (entry == null || random == null || entry.keyed != null || random.nextInt(4) != 0) {
            return entry;
        }
        Entry later = shelf.poll();
        if (later == null) {
            return entry;
        }
        shelf.giveBack(entry);
        return later;
    }

    @Override
    int waiting() {
        return shelf.size();
    }

    @Override
    void clear() {
        shelf.clear();
    }

    @Override
    void forEachWaiting(Consumer<Entry> action) {
        shelf.forEach(action);
    }
}
