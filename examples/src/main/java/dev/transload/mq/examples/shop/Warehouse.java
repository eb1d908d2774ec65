package dev.transload.mq.examples.shop;

import static dev.transload.mq.examples.shop.Places.WAREHOUSE;

import dev.transload.mq.Delivery;
import dev.transload.mq.Idempotency;
import dev.transload.mq.IdempotencyStore;
import dev.transload.mq.SubscribeOptions;
import dev.transload.mq.client.MqClient;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Takes from the stock what was ordered. Thread-safe. */
final class Warehouse {

    private final Map<String, Integer> stock = new ConcurrentHashMap<>(Map.of("book", 100, "lamp", 10, "unicorn", 1));

    /** Opens; an event that comes twice takes once. */
    void open(MqClient mq, Pace pace, IdempotencyStore store, Journal journal) {
        mq.subscribe(
                WAREHOUSE,
                journal.noting("warehouse", this::take),
                SubscribeOptions.builder()
                        .concurrency(4)
                        .retry(pace.orders())
                        .idempotency(Idempotency.byMessageId(store))
                        .listener(journal.listener("warehouse"))
                        .build());
    }

    private void take(Delivery<OrderEvent> delivery) {
        OrderEvent event = delivery.payload();
        if (event.what().equals("accepted")) {
            stock.merge(event.article(), -event.quantity(), Integer::sum);
        }
    }

    /** What is left of each article. */
    Map<String, Integer> stock() {
        return new TreeMap<>(stock);
    }
}
