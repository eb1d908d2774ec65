package dev.transload.mq.examples.shop;

import static dev.transload.mq.examples.shop.Places.CUSTOMERS;

import dev.transload.mq.Delivery;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;

/** Shows each customer how far the orders are: never shipped before paid, even if one step has to be tried again. */
final class Newsletter {

    private final Journal journal;

    Newsletter(Journal journal) {
        this.journal = journal;
    }

    void open(MqClient mq, Pace pace) {
        mq.subscribe(
                CUSTOMERS,
                journal.noting("newsletter", this::show),
                SubscribeOptions.builder()
                        .concurrency(8)
                        .retry(pace.orders())
                        .listener(journal.listener("newsletter"))
                        .build());
    }

    private void show(Delivery<OrderEvent> delivery) {
        OrderEvent event = delivery.payload();
        if (event.orderId().equals("o-2") && event.what().equals("paid") && delivery.attempt() == 1) {
            throw new IllegalStateException("the customer's page is locked");
        }
        journal.note("shown to customers", event.customer(), event.orderId() + " " + event.what());
    }
}
