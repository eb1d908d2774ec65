package dev.transload.mq.inmemory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries that are out, by the end of their lease. As the leases of one receiver are equally long, adding finds its
 * place at the end and is O(1) but in rare cases. Guarded by the broker's lock.
 */
final class Leases {

    private @Nullable InMemoryDelivery first;
    private @Nullable InMemoryDelivery last;

    void add(InMemoryDelivery delivery) {
        InMemoryDelivery before = last;
        while (before != null && before.leaseEnd > delivery.leaseEnd) {
            before = before.earlier;
        }
        InMemoryDelivery after = before == null ? first : before.later;
        delivery.earlier = before;
        delivery.later = after;
        if (before == null) {
            first = delivery;
        } else {
            before.later = delivery;
        }
        if (after == null) {
            last = delivery;
        } else {
            after.earlier = delivery;
        }
    }

    void remove(InMemoryDelivery delivery) {
        InMemoryDelivery before = delivery.earlier;
        InMemoryDelivery after = delivery.later;
        if (before == null) {
            first = after;
        } else {
            before.later = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.earlier = before;
        }
        delivery.earlier = null;
        delivery.later = null;
    }

    /** The one whose lease ends first, or null. */
    @Nullable
    InMemoryDelivery first() {
        return first;
    }

    /** Those whose lease is over by then. They stay in. */
    List<InMemoryDelivery> endedBy(long now) {
        List<InMemoryDelivery> ended = new ArrayList<>();
        for (InMemoryDelivery d = first; d != null && d.leaseEnd <= now; d = d.later) {
            ended.add(d);
        }
        return ended;
    }

    void forEach(Consumer<InMemoryDelivery> action) {
        for (InMemoryDelivery d = first; d != null; d = d.later) {
            action.accept(d);
        }
    }
}
