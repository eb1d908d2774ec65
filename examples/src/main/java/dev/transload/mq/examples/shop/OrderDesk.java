package dev.transload.mq.examples.shop;

import static dev.transload.mq.examples.shop.Places.EVENTS;
import static dev.transload.mq.examples.shop.Places.MAILS;
import static dev.transload.mq.examples.shop.Places.ORDERS;
import static dev.transload.mq.examples.shop.Places.PRICES;

import dev.transload.mq.Delivery;
import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.SendOptions;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.time.Duration;
import java.util.List;

/** Takes orders: asks for the price, has the customer written to, and tells all who care. Thread-safe. */
final class OrderDesk {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final MqClient mq;
    private final Pace pace;

    OrderDesk(MqClient mq, Pace pace) {
        this.mq = mq;
        this.pace = pace;
    }

    /** Opens; an order that was sent twice is taken once. */
    void open(IdempotencyStore store, Journal journal) {
        mq.subscribe(
                ORDERS,
                journal.noting("order desk", this::take),
                SubscribeOptions.builder()
                        .concurrency(4)
                        .retry(pace.orders())
                        .idempotency(Idempotency.byMessageId(store))
                        .listener(journal.listener("order desk"))
                        .build());
    }

    // Whatever this sends has an id of the order's, so that what is sent once more after a failure is known again.
    private void take(Delivery<Order> delivery) {
        Order order = delivery.payload();
        Price price = mq.request(PRICES, new PriceQuery(order.article()), Price.class, PATIENCE);
        Mail confirmation = new Mail(order.customer(), order.article() + " for " + order.quantity() * price.cents());
        Mail reminder = new Mail(order.customer(), "how do you like it?");
        mq.send(MAILS, confirmation, SendOptions.id("confirmation-" + order.orderId()));
        mq.send(MAILS, reminder, SendOptions.id("reminder-" + order.orderId()).delay(pace.reminder()));
        for (String what : List.of("accepted", "paid", "shipped")) {
            OrderEvent event =
                    new OrderEvent(order.orderId(), order.customer(), what, order.article(), order.quantity());
            mq.send(EVENTS, event, SendOptions.key(order.customer()).id(order.orderId() + "-" + what));
        }
    }
}
