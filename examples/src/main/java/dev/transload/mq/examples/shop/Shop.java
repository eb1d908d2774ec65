package dev.transload.mq.examples.shop;

import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.SendOptions;
import dev.transload.mq.client.MqClient;
import dev.transload.mq.examples.shop.MailRoom.MailServer;

/** The whole shop on one client. Each of its parts could as well be a process of its own. Thread-safe. */
final class Shop {

    private final MqClient mq;
    private final PriceList prices = new PriceList();
    private final Warehouse warehouse = new Warehouse();
    private final Journal journal = new Journal();

    /** A shop that is closed. */
    Shop(MqClient mq) {
        this.mq = mq;
    }

    /** Opens all parts; it closes with its client. */
    Shop open(Pace pace, IdempotencyStore store, MailServer mailServer) {
        prices.open(mq);
        warehouse.open(mq, pace, store, journal);
        new Newsletter(journal).open(mq, pace);
        new MailRoom(mailServer, journal).open(mq, pace, store);
        new OrderDesk(mq, pace).open(store, journal);
        return this;
    }

    /** Sends an order; its id is the message's, so that a customer who orders twice by mistake orders once. */
    void order(Order order) {
        mq.send(Places.ORDERS, order, SendOptions.id(order.orderId()));
    }

    PriceList prices() {
        return prices;
    }

    Warehouse warehouse() {
        return warehouse;
    }

    /** What happened so far. */
    Journal journal() {
        return journal;
    }
}
