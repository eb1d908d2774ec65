package dev.transload.mq.inmemory;

import dev.transload.mq.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A topic: who gets its messages, and what it keeps of them. Guarded by the broker's lock. */
final class TopicState implements Target {

    final String name;
    final Shape shape;
    final List<Mailbox> groups = new ArrayList<>();
    final @Nullable History history;

    private final Broker broker;
    private boolean deleted;

    TopicState(Broker broker, String name, Shape shape) {
        this.broker = broker;
        this.name = name;
        this.shape = shape;
        this.history = shape.retained() == null ? null : new History(shape.retained());
    }

    @Override
    public void arrive(Entry entry) {
        if (deleted) {
            return;
        }
        if (history != null) {
            Entry kept = entry.fresh();
            kept.seq = broker.nextSeq();
            history.add(kept);
        }
        for (int i = 0; i < groups.size(); i++) {
            groups.get(i).arrive(entry.fresh());
        }
    }

    /** Messages kept for replay. */
    int depth() {
        return history == null ? 0 : history.size();
    }

    void delete() {
        deleted = true;
        groups.clear();
        if (history != null) {
            history.clear();
        }
    }
}
