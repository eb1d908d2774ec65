package dev.transload.mq.inmemory;

import dev.transload.mq.spi.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A place that messages wait in and receivers compete for: a queue, a group, dead letters, an inbox. Guarded by the
 * broker's lock.
 */
abstract class Mailbox implements Target {

    final Broker broker;
    final Place place;

    /** Receivers with messages of this mailbox, those that have stopped included. */
    final List<Flow> flows = new ArrayList<>();

    /** Deliveries whose ack shall be forgotten once. */
    int duplicates;

    private boolean deleted;

    Mailbox(Broker broker, Place place) {
        this.broker = broker;
        this.place = place;
    }

    @Override
    public final void arrive(Entry entry) {
        if (!deleted) {
            entry.seq = broker.nextSeq();
            add(entry);
        }
    }

    /** Takes in a message that is not numbered yet below others, and hands it out if it can. */
    abstract void add(Entry entry);

    /** Puts messages that were out, or were held, back to their places, then hands out what it can. */
    abstract void giveBack(List<Entry> entries);

    /** Takes notice that a message that was out or held will not come back. */
    abstract void settled(Entry entry);

    /** Lets a receiver take part. */
    abstract void join(Flow flow);

    /** Hands nothing more to a receiver; what it has it keeps. */
    abstract void quit(Flow flow);

    /** Takes notice of more credit. */
    abstract void credited(Flow flow);

    /** How many wait, ready to be handed out or behind one of their key. */
    abstract int waiting();

    /** Forgets what waits. */
    abstract void clear();

    abstract void forEachWaiting(Consumer<Entry> action);

    /** Messages that are out. */
    final List<Entry> out() {
        List<Entry> out = new ArrayList<>();
        flows.forEach(flow -> flow.forEachUnsettled(delivery -> out.add(delivery.entry)));
        return out;
    }

    /** Ends for good: nothing arrives any more. */
    final void delete() {
        deleted = true;
        clear();
    }

    final boolean deleted() {
        return deleted;
    }
}
