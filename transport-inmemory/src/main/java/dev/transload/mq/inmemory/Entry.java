package dev.transload.mq.inmemory;

import dev.transload.mq.Message;
import org.jspecify.annotations.Nullable;

/** A message stored in one mailbox, with what the broker remembers of it. Guarded by the broker's lock. */
final class Entry {

    final Message message;
    final String destination;

    /** When it was stored, in milliseconds since 1970. */
    final long storedAt;

    /** Its place among the others; given when it becomes ready, kept when it comes back. */
    long seq;

    /** Earlier deliveries that count, noted failures apart. */
    int counted;

    /** The delivery that was lost last without a handler; one may begin until its client has been told. */
    @Nullable
    InMemoryDelivery lost;

    /** Failures noted under a lease. */
    int noted;

    /** Its lane, once an ordered mailbox has taken it in. */
    @Nullable
    Lane lane;

    /** Its key's place, once a mailbox that holds keys has taken it in. */
    KeyBacklog.@Nullable Keyed keyed;

    Entry(Message message, String destination, long storedAt) {
        this.message = message;
        this.destination = destination;
        this.storedAt = storedAt;
    }

    /** Counts a handler that began after its delivery was lost; called before the next delivery. */
    void countLateHandler() {
        InMemoryDelivery before = lost;
        lost = null;
        if (before != null && before.began && !before.accounted) {
            counted++;
        }
    }

    /** The same message for another mailbox, never delivered there. */
    Entry fresh() {
        return new Entry(message, destination, storedAt);
    }

    /** Same message and counts at the same place, as a broker hands out twice. */
    Entry twin() {
        Entry twin = fresh();
        twin.seq = seq;
        twin.counted = counted;
        twin.noted = noted;
        twin.lane = lane;
        twin.keyed = keyed;
        return twin;
    }
}
