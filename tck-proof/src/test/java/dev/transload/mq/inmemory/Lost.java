package dev.transload.mq.inmemory;

import java.util.List;

/** How brokers lose what they should keep. */
final class Lost {

    private Lost() {}

    /** What a client holds ends with it. */
    static void alongWith(Flow flow, Leases leases, List<InMemoryDelivery> deliveries, String why) {
        for (InMemoryDelivery delivery : deliveries) {
            leases.remove(delivery);
            delivery.state = InMemoryDelivery.State.LOST;
            flow.mailbox.settled(delivery.entry);
        }
        flow.outbox.add(new Outbox.Lost(deliveries, why));
    }

    /** All that waits for its time. */
    static void held(DueQueue<?> held) {
        held.removeIf(any -> true, gone -> {});
    }
}
