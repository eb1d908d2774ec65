package dev.transload.mq.examples.shop;

import dev.transload.mq.Group;
import dev.transload.mq.Queue;
import dev.transload.mq.Topic;
import java.time.Duration;

/** The queues and topics of the shop: their names and shapes, and nothing about any broker. */
final class Places {

    /** Orders, for whichever desk is free. */
    static final Queue<Order> ORDERS = Queue.of("shop-orders", Order.class);

    /** Questions about prices, answered. */
    static final Queue<PriceQuery> PRICES = Queue.of("shop-prices", PriceQuery.class);

    /** E-mails to send. */
    static final Queue<Mail> MAILS = Queue.of("shop-mails", Mail.class);

    /** What happens to orders, in order for each customer. */
    static final Topic<OrderEvent> EVENTS =
            Topic.of("shop-events", OrderEvent.class).ordered();

    static final Group<OrderEvent> WAREHOUSE = EVENTS.group("warehouse");
    static final Group<OrderEvent> CUSTOMERS = EVENTS.group("customers");

    /** Changes of prices, kept for who comes later. Refused where the broker has no history. */
    static final Topic<String> CATALOGUE =
            Topic.of("shop-catalogue", String.class).ordered().retained(Duration.ofDays(7));

    private Places() {}
}
