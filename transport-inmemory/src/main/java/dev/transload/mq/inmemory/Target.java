package dev.transload.mq.inmemory;

/** Where a message arrives: a mailbox or a topic. Guarded by the broker's lock. */
interface Target {

    /** Takes a message that is due; dropped if this was deleted meanwhile. */
    void arrive(Entry entry);
}
