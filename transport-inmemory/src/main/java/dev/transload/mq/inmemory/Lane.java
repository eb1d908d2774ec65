package dev.transload.mq.inmemory;

import org.jspecify.annotations.Nullable;

/** A unit of order: its messages go to one receiver at a time. Guarded by the broker's lock. */
final class Lane {

    final int index;
    final Backlog waiting = new Backlog();

    /** Who receives it now. */
    @Nullable
    Flow owner;

    /** Who shall receive it once nothing of it is out. */
    @Nullable
    Flow heir;

    /** Messages that are out. */
    int out;

    /** Grows with each owner, and when one has lost what it held. */
    long fence;

    /** Whether the owner has it on its list. */
    boolean queued;

    Lane(int index) {
        this.index = index;
    }
}
